"""What was done to a shop or a warehouse, in order; tests ask it "what was written, and before what"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

By = Literal["api", "person"]
Key = int | str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was done: `what` to the record `key`, by whom, with which value."""

    sequence: int
    at: float
    by: By
    what: str
    key: Key
    value: Any = None

    def __str__(self) -> str:
        return f"{self.what} {self.key}" + ("" if self.value is None else f" {self.value}")


@dataclass
class ChangeLog:
    """All changes of one account, oldest first; `now` gives seconds since 1970."""

    now: Callable[[], float]
    entries: list[Change] = field(default_factory=list)

    def note(self, by: By, what: str, key: Key, value: Any = None) -> None:
        self.entries.append(Change(len(self.entries) + 1, self.now(), by, what, key, value))

    def written(self, key: Key | None = None, what: str = "") -> list[Change]:
        """What the API changed; of one record and of one kind, where given."""
        return [
            change
            for change in self.entries
            if change.by == "api" and key in (None, change.key) and what in ("", change.what)
        ]

"""What a plugin may remember of one client, from run to run."""

from __future__ import annotations

from typing import Any, Protocol


class Memory(Protocol):
    """What a plugin remembers of one client, from run to run: key → what JSON can hold.

    It is saved with the run, or when the lifecycle hook is done. It may be lost, as all state may (SPEC O3): remember
    what saves calls, never what decides whether something was done.
    """

    def get(self, key: str) -> Any:
        """Returns what is remembered, None where there is nothing."""
        ...

    def put(self, key: str, value: Any) -> None:
        """Remembers; the value is not changed afterwards."""
        ...

    def delete(self, key: str) -> None:
        """Forgets; what is not there does no harm."""
        ...


class ShortMemory:
    """A memory that ends with the plugin's instance, for where nothing is to be saved."""

    def __init__(self) -> None:
        self._entries: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self._entries.get(key)

    def put(self, key: str, value: Any) -> None:
        self._entries[key] = value

    def delete(self, key: str) -> None:
        self._entries.pop(key, None)

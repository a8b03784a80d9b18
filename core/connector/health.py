"""Whether a process of `connector run` lives and can do its work, for those who watch it (`/healthz`, `/readyz`)."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from connector.clock import Clock

LONGEST_TURN_S: Final = 60.0
"""Seconds without a turn of the hourly loop after which it counts as dead; it makes one every ten."""

_NAMED: Final = 5


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at; `detail` says what was found."""

    name: str
    ok: bool
    detail: str


class Health(msgspec.Struct, frozen=True):
    """All that was looked at."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether all of it is well."""
        return all(check.ok for check in self.checks)

    def text(self) -> str:
        """Says it in a line for each check, for a person who asks."""
        return "".join(
            f"{'ok' if check.ok else 'FAIL'} {check.name}: {check.detail}\n" for check in self.checks
        )


class Pulse:
    """Remembers when the hourly loop last made a turn; `beat` is called with each."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = clock.monotonic()

    def beat(self) -> None:
        """Notes a turn."""
        self._last = self._clock.monotonic()

    @property
    def silent_s(self) -> float:
        """Seconds since the last turn."""
        return self._clock.monotonic() - self._last


def liveness(silent_s: float | None) -> Health:
    """Decides whether the process lives: whether it is worth a restart. None: it has no hourly loop."""
    if silent_s is None:
        return Health((Check(name="process", ok=True, detail="it answers; it runs no clients"),))
    alive = silent_s <= LONGEST_TURN_S
    return Health((Check(name="hourly loop", ok=alive, detail=f"last turn {silent_s:.0f} s ago"),))


def readiness(silent_s: float | None, state_dir: Path | None, late: Mapping[str, datetime | None]) -> Health:
    """Decides whether the process can do its work.

    `state_dir` is None where states are kept in a database: whether that can be used is seen by reading them.
    `late` says of each client since when it is overdue (`connector.history.overdue_since`; None: it is not). One
    client that is late is a problem of that client; when all are late, something else is wrong.
    """
    kept = () if state_dir is None else (is_writable(state_dir),)
    return Health((*liveness(silent_s).checks, *kept, freshness(late)))


def is_writable(state_dir: Path) -> Check:
    """Looks whether states can be written: a disk may be full or read-only, and rights may be missing."""
    folder = next((path for path in (state_dir, *state_dir.parents) if path.exists()), state_dir)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"connector")
            file.flush()
    except OSError as error:
        return Check(
            name="state_dir", ok=False, detail=f"{state_dir} can't be written: {error.strerror or error}"
        )
    return Check(name="state_dir", ok=True, detail="can be written")


def freshness(late: Mapping[str, datetime | None]) -> Check:
    """Decides from who is late; names some of them, the longest first."""
    overdue = sorted((since, client) for client, since in late.items() if since is not None)
    if not overdue:
        return Check(name="clients", ok=True, detail=f"none of {len(late)} is late")
    named = ", ".join(f"{client} since {since:%Y-%m-%d %H:%M} UTC" for since, client in overdue[:_NAMED])
    more = f" and {len(overdue) - _NAMED} more" if len(overdue) > _NAMED else ""
    detail = f"{len(overdue)} of {len(late)} had no complete run for twice their interval: {named}{more}"
    return Check(name="clients", ok=len(overdue) < len(late), detail=detail)

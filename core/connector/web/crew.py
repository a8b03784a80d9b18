"""What the page shows of those who share a database: a row for each that runs clients."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connector.crew import Crew
from connector.state import WorkerSeen

_PROCESS: Final = re.compile(r"process (\d+) on (.+)")


@dataclass(frozen=True)
class Member:
    """A process on a machine, and how many clients it holds; `worker` is None for one that runs them by hand."""

    host: str
    pid: str
    leases: int
    worker: WorkerSeen | None = None


@dataclass(frozen=True)
class CrewShown:
    """Who works, those first who were not heard of; `waits` tells that clients are due and nobody is there for them."""

    crew: Crew
    members: Sequence[Member]

    @property
    def waits(self) -> bool:
        return self.crew.overdue > 0 and not self.crew.alive


def crew_shown(crew: Crew) -> CrewShown:
    """Makes a crew ready for the template."""
    held = dict(crew.held_by)  # of two with the same name, the one that began later lives
    newest_first = sorted(crew.workers, key=lambda worker: worker.started, reverse=True)
    members = [Member(*place_of(each.name), held.pop(each.name, 0), each) for each in newest_first]
    members.sort(key=lambda member: member.worker is not None and member.worker.alive)
    members += [Member(*place_of(name), count) for name, count in held.items()]
    return CrewShown(crew, members)


def mark_of(crew: Crew | None) -> str:
    """Returns a text that is another one when the crew looks different; how long things last is left out."""
    if crew is None:
        return ""
    workers = [(each.name, each.running, each.places, each.alive) for each in crew.workers]
    troubled = [(each.client, each.crashes, each.holder) for each in crew.troubled]
    past_end = [each.client for each in crew.past_end]
    waiting = crew.queue.waiting if crew.queue else None
    return repr((workers, crew.held_by, crew.overdue, crew.is_unattended, past_end, troubled, waiting))


def place_of(name: str) -> tuple[str, str]:
    """Returns machine and process of a holder; of one that is named otherwise, the name alone."""
    found = _PROCESS.fullmatch(name)
    return (found[2], found[1]) if found else (name, "")

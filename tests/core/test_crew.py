"""Who works on the clients, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connector.crew import Crew, QueueSeen, crew_lines
from connector.state import LeaseSeen, WorkerSeen
from connector.testing.clock import NOON


def worker(name: str, *, alive: bool = True) -> WorkerSeen:
    return WorkerSeen(
        name=name,
        started=NOON - timedelta(hours=2),
        last_seen=NOON - timedelta(minutes=0 if alive else 3),
        silent_s=0 if alive else 180,
        running=37,
        places=50,
        alive=alive,
    )


def lease(client: str, crashes: int) -> LeaseSeen:
    times: dict[str, Any] = dict.fromkeys(("holder", "held_since", "lease_until"))
    return LeaseSeen(client=client, crashes=crashes, due_at=NOON, overdue_s=0, **times)


IDLE = Crew(workers=(worker("process 7 on one"),), held=37, overdue=0, longest_overdue_s=0, troubled=())
LOST = Crew(
    workers=(worker("process 7 on one", alive=False),), held=0, overdue=3, longest_overdue_s=75, troubled=()
)
BUSY = Crew(
    workers=(worker("process 7 on one"), worker("process 8 on two")),
    held=74,
    overdue=0,
    longest_overdue_s=0,
    troubled=(lease("acme", 3),),
    queue=QueueSeen(waiting=12, oldest_s=3, begun=74),
)

# what is seen, a line that it makes
SEEN = [
    (IDLE, "1 worker, 37 of 50 places taken"),
    (IDLE, "  process 7 on one: 37 of 50 places taken, up for 2 h 00 min"),
    (BUSY, "2 workers, 74 of 100 places taken"),
    (BUSY, "queue: 12 waiting, the first for 3.0 s"),
    (BUSY, "acme: its run vanished 3 times in a row, tried again at 12:00:00 UTC"),
    (LOST, "0 workers, 0 of 0 places taken"),
    (LOST, "  process 7 on one: not heard of for 3 min 00 s: it was killed, or is cut off from the database"),
    (LOST, "3 clients due and waiting, the first for 1 min 15 s"),
    (LOST, "  nobody runs them: start `connector worker`, or `connector run`"),
]


@pytest.mark.parametrize(("crew", "line"), SEEN)
def test_what_a_person_wants_to_know_of_the_workers(crew: Crew, line: str) -> None:
    assert line in list(crew_lines(crew, NOON))


def test_nothing_is_said_of_what_is_in_order() -> None:
    assert len(list(crew_lines(IDLE, NOON))) == 2

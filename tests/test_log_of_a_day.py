"""The log of a day with 50 merchants: what needs a person stands out, since nothing else is a warning."""

from __future__ import annotations

import asyncio

from tests.logged import Logged
from tests.town import Town

CLIENTS, HOURS = 50, 24


def test_the_log_of_a_day_with_50_clients_and_no_faults_holds_no_warning(logged: Logged) -> None:
    town = Town(CLIENTS)
    reports = asyncio.run(town.live(HOURS))
    assert logged.needs_a_person() == []
    assert [report for report in reports if not report.completed] == []
    finished = [line for line in logged.lines if line["event"] == "run finished"]
    assert len(finished) == CLIENTS * HOURS
    assert sum(report.flows["orders"].sent for report in reports) == sum(
        len(m.orders) for m in town.merchants
    )

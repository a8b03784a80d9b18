"""What a process does for a schedule that it shares with others."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connector.cli.duties import Duties, Intervals
from connector.http import asgi_transport
from connector.state.postgres import PostgresStore
from tests.core.web.office import Office
from tests.logged import Logged
from tests.world import World

ANSWER_S = 250.0
NOBODY = "postgresql://nobody@127.0.0.1:1/states"


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    """A client that runs every five minutes, although its services take minutes for each answer."""
    office = Office(tmp_path, world)
    office.add("acme", "interval_minutes = 5\nmax_run_minutes = 60\n")
    return office


def slowly(app: ASGIApp, world: World) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await world.clock.sleep(ANSWER_S)
        await app(scope, receive, send)

    return call


def due(office: Office) -> Duties:
    world = office.world
    apps = {"billbee": world.sandbox.billbee_app(), "wemalo": world.sandbox.wemalo_app()}
    shared = replace(
        world.shared(), transport=lambda service: asgi_transport(slowly(apps[service.name.lower()], world))
    )
    inst = office.installation()
    schedule = PostgresStore(NOBODY, world.clock, lease_s=45).schedule  # nobody asks it who is due
    return Duties(inst, shared, Intervals(inst, ()), (), schedule)


def test_each_slot_that_comes_while_the_run_goes_on_is_told(office: Office, logged: Logged) -> None:
    asyncio.run(due(office).run("acme"))
    office.world.later(hours=1)
    began = office.world.clock.monotonic()
    asyncio.run(due(office).run("acme"))
    took = office.world.clock.monotonic() - began
    told = [
        line
        for line in logged.needs_a_person()
        if line["event"] == "no complete run for twice the interval" and "is being run by" in line["reason"]
    ]
    assert took > 600
    assert len(told) in {int(took // 300), int(took // 300) + 1}

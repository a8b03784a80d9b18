"""Lifecycle hooks: what other packages are told, what they remember, and that none of them can break a run."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import msgspec
import pluggy
import pytest

from connector import hookspecs
from connector.api import ClientNews, FinishedRun, TransientError, hookimpl
from connector.engine import run_client, watch_client
from connector.history import PastRun, note_run
from connector.hookspecs import GROUP
from connector.plugins import Lifecycle, Plugins
from connector_sandbox.seed import ean13
from tests.logged import Logged
from tests.world import PLUGINS, World, problem


class GreeterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a plugin that is neither source nor target."""

    greeting: str = "hello"


def plugged(**hooks: Callable[..., object]) -> Plugins:
    """Returns the installed plugins, with one package more that has these hooks."""
    module = ModuleType("greeter")
    vars(module).update({name: hookimpl(hook) for name, hook in hooks.items()})
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(module)
    return msgspec.structs.replace(PLUGINS, lifecycle=Lifecycle({"greeter": manager}))


def listening(world: World, hook: str = "connector_run_finished") -> list[Any]:
    """Lets a hook take down what it is told."""
    heard: list[Any] = []
    told = {
        "connector_run_finished": lambda run: heard.append(run),  # noqa: PLW0108  (pluggy goes by the name)
        "connector_client_late": lambda client: heard.append(client),  # noqa: PLW0108  (the same)
    }
    world.plugins = plugged(**{hook: told[hook]})
    return heard


def without_ean(world: World) -> int:
    return world.shop.add_product(SKU="SKU-1", Title="Cup")


def test_a_hook_is_told_how_a_run_went_and_what_is_open(world: World) -> None:
    heard = listening(world)
    without_ean(world)
    report = world.run(plugins={"greeter": GreeterSettings(greeting="moin")})
    (run,) = heard
    assert (run.client, run.run_id, run.completed, run.language) == ("acme", report.run_id, True, "de")
    assert run.flows["products"]["refused"] == 1
    assert run.calls == report.calls
    (found,) = run.problems
    assert (found.code, found.level, found.is_passing) == ("product_ean_missing", "error", False)
    assert "hat keine EAN" in found.reason
    assert run.settings(GreeterSettings).greeting == "moin"


def test_a_hook_may_be_async_and_remembers_from_run_to_run(world: World) -> None:
    async def count(run: FinishedRun) -> None:
        await asyncio.sleep(0)
        run.memory.put("runs", (run.memory.get("runs") or 0) + 1)
        heard.append(run.memory.get("runs"))

    heard: list[int] = []
    world.plugins = plugged(connector_run_finished=count)
    for _ in range(3):
        world.run()
    assert heard == [1, 2, 3]


def bug(run: FinishedRun) -> None:
    raise ZeroDivisionError("by zero")


def refusal(run: FinishedRun) -> None:
    raise TransientError("the bell is broken")


def hanging(run: FinishedRun) -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        (bug, "greeter konnte nach dem Lauf seine Arbeit nicht tun: ZeroDivisionError: by zero"),
        (refusal, "the bell is broken"),
        (hanging, "it took longer than 120 s"),
    ],
)
def test_a_hook_that_fails_is_a_problem_and_the_run_is_complete(
    world: World, hook: Callable[[FinishedRun], Any], said: str
) -> None:
    world.plugins = plugged(connector_run_finished=hook)
    report = world.run()
    assert report.completed
    assert said in problem(report, "plugin_failed").reason
    assert problem(world.run(), "plugin_failed").count == 2
    world.plugins = plugged(connector_run_finished=lambda run: None)
    assert world.run().problems == []


def test_a_bug_in_a_hook_leaves_a_traceback_with_the_name_of_its_package(
    world: World, logged: Logged
) -> None:
    world.plugins = plugged(connector_run_finished=bug)
    world.run()
    (line,) = [line for line in logged.lines if "exception" in line]
    assert (line["plugin"], line["hook"]) == ("greeter", "connector_run_finished")


def test_a_hook_is_told_of_a_run_that_failed(world: World) -> None:
    heard = listening(world)
    world.run(username="nobody")
    assert "does not accept the credentials" in heard[0].failure
    assert [found.code for found in heard[0].problems] == ["credentials_refused"]


def test_no_hook_is_told_of_a_rehearsal(world: World) -> None:
    heard = listening(world)
    asyncio.run(run_client(world.settings(), world.shared(), rehearse=True))
    assert heard == []


def test_no_hook_keeps_a_run_that_was_asked_to_end(world: World) -> None:
    async def stopped() -> None:
        shared = world.shared()
        shared.stop.request()
        await run_client(world.settings(), shared)

    heard = listening(world)
    asyncio.run(stopped())
    assert heard == []


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (1, 0),  # not late yet
        (3, 1),
    ],
)
def test_a_hook_is_told_of_a_client_that_can_not_run_and_is_late(world: World, hours: int, told: int) -> None:
    async def watch() -> None:
        shared = world.shared()
        async with await shared.store.acquire("acme") as state:
            at = world.clock.now() - timedelta(hours=hours)
            note_run(state, PastRun(run_id="acme-1", started=at, ended=at, completed=True), {})
            await state.save()
        await watch_client("acme", world.settings(), shared, {"greeter": GreeterSettings()})

    heard = listening(world, "connector_client_late")
    asyncio.run(watch())
    assert [found.code for client in heard for found in client.problems] == ["freshness"] * told


def test_settings_that_nobody_registered_are_a_bug_of_the_plugin(world: World) -> None:
    world.plugins = plugged(connector_run_finished=lambda run: run.settings(GreeterSettings))
    said = problem(world.run(), "plugin_failed").reason
    assert "GreeterSettings is registered by no connector_register_settings" in said


def test_what_a_plugin_is_told_shows_no_settings() -> None:
    shown = {field.name for field in dataclasses.fields(ClientNews) if field.repr}
    assert "plugin_settings" not in shown


def test_a_product_that_was_completed_closes_for_the_hooks_too(world: World) -> None:
    heard = listening(world)
    cup = without_ean(world)
    world.run()
    world.shop.change_product(cup, EAN=ean13(1))
    world.run()
    assert [len(run.problems) for run in heard] == [1, 0]

"""A plugin is a good neighbour: it blocks nobody, leaves nothing behind, and keeps clients apart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from connector.contracts import can
from connector.testing.checks import check
from connector.testing.groups import Group
from connector.testing.guard import guarded
from connector.testing.lab import Lab
from connector.testing.using import read_everything, use_everything
from connector.testing.verdicts import Broken, brief, expect


@check(Group.HYGIENE)
async def nothing_blocks_or_goes_past_the_client(lab: Lab[Any]) -> None:
    """Nothing blocks the event loop, waits by itself, or opens a connection past the HTTP client."""
    error: Exception | None = None
    with guarded() as guard:
        try:
            await use_everything(lab)
        except Exception as raised:  # noqa: BLE001  (what was noticed says more than what came of it)
            error = raised
    hint = "reach the service through `http` alone, and leave pauses and time-outs to it"
    expect(not guard.seen, "calls through Http alone, and no pause of its own", "; ".join(guard.seen), hint)
    if error is not None:
        raise error


@check(Group.HYGIENE)
async def closing_leaves_nothing_behind(lab: Lab[Any]) -> None:
    """When a run ends, nothing of it goes on: no task is left, and no further call is made."""
    with _tasks_kept() as tasks:
        await use_everything(lab)
    await lab.close()
    mark = lab.mark
    for _ in range(3):
        await asyncio.sleep(0)
    left = [str(task.get_coro()) for task in tasks if not (task.done() or _is_ours(task))]
    expect(not left, "no task of its own after the end of the run", "; ".join(left), "asyncio.create_task")
    expect(lab.mark == mark, "no call after the end of the run", lab.calls_since(mark))


@contextmanager
def _tasks_kept() -> Iterator[list[asyncio.Task[Any]]]:
    """Collects the tasks that are started; the event loop itself forgets those that nobody else remembers."""
    tasks: list[asyncio.Task[Any]] = []

    def started(loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> asyncio.Task[Any]:
        tasks.append(asyncio.Task(work, loop=loop, **named))
        return tasks[-1]

    loop = asyncio.get_running_loop()
    loop.set_task_factory(started)
    try:
        yield tasks
    finally:
        loop.set_task_factory(None)


def _is_ours(task: asyncio.Task[Any]) -> bool:
    """The clock's own task moves the time, also after the last sleeper was cancelled."""
    return "FakeClock" in getattr(task.get_coro(), "__qualname__", "")


@check(Group.HYGIENE)
async def a_list_that_nobody_reads_on_makes_no_call(lab: Lab[Any]) -> None:
    """A list is read page by page as it is asked for; given up in the middle, it makes no further call."""
    for listing in lab.tables.listings.values():
        driver = lab.case.driver
        if not (can(lab.case.plugin, *listing.methods) and all(map(driver.can, listing.drives))):
            continue
        await listing.fill(lab, await lab.start(), lab.more_than_two_pages)
        pages = listing.read(await lab.start())
        async for _ in pages:
            break
        mark = lab.mark
        if hasattr(pages, "aclose"):
            await pages.aclose()
        await asyncio.sleep(0)
        expect(lab.mark == mark, f"no call after {listing.method}() was given up", lab.calls_since(mark))


@check(Group.HYGIENE)
async def a_run_that_is_cancelled_ends(lab: Lab[Any]) -> None:
    """A method that is cancelled in the middle of a call ends with CancelledError: it catches no BaseException."""
    world = await lab.tables.furnish(lab)
    for read in lab.tables.reads.values():
        if not can(lab.case.plugin, read.method):
            continue
        mark = lab.mark
        task = asyncio.ensure_future(read.ask(await lab.start(), world))
        lab.network.watch = partial(_cancel, task)
        found = "CancelledError"
        try:
            found = f"it returned {brief(await task)}"
        except asyncio.CancelledError:
            continue
        finally:
            lab.network.watch = lambda: None
        expect(lab.mark == mark, f"CancelledError when {read.method} is cancelled", found, read.method)


def _cancel(task: asyncio.Future[Any]) -> None:
    task.cancel()


@check(Group.HYGIENE)
async def two_clients_are_kept_apart(lab: Lab[Any]) -> None:
    """What one client's instance does goes through its own client, never through another's."""
    other = type(lab)(lab.case, lab.tables)
    try:
        mine, theirs = await lab.start(), await other.start()
        world = await lab.tables.furnish(lab)
        mark = other.mark
        for read in lab.tables.reads.values():
            if can(lab.case.plugin, read.method):
                await read.ask(mine, world)
        expect(mine is not theirs, "a new instance for each client", "the same one", "build")
        calls = [str(call) for call in other.calls_since(mark)]
        expect(
            not calls, "no call of one client through another's", "; ".join(calls), "class variables, caches"
        )
    finally:
        await other.close()


@check(Group.HYGIENE)
async def reading_only_reads(lab: Lab[Any]) -> None:
    """Methods that read, and `check`, send nothing that could write, so that a dry run may use them (SPEC R6)."""
    try:
        await read_everything(lab, read_only=True)
    except RuntimeError as error:
        hint = "a POST that only reads is an Endpoint with reads=True"
        raise Broken("GET, or endpoints with reads=True", str(error), hint) from error

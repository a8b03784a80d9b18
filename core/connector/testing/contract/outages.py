"""What goes wrong while something is read is told as what it is, and never taken for an answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import Any, Final

from connector.contracts import can
from connector.errors import AuthenticationError, ConnectorError, TransientError
from connector.testing.checks import check, check_each
from connector.testing.faults import (
    FORBIDDEN,
    LIMITED,
    OUTAGES,
    RETRY_AFTER_S,
    SHORT,
    UNAUTHORIZED,
    UNAVAILABLE,
    UNREADABLE,
    Fault,
)
from connector.testing.groups import Group
from connector.testing.lab import Lab
from connector.testing.network import pause_after
from connector.testing.tables import Read
from connector.testing.verdicts import Broken, expect, expect_same, in_words, raised

CREDENTIALS: Final = {fault.name: fault for fault in (UNAUTHORIZED, FORBIDDEN)}
PASSING: Final = {fault.name: fault for fault in (*OUTAGES, *UNREADABLE)}

_MOST_TRIES: Final = 4
"""Calls that a read may take until it says that the credentials are refused: some services want a new session first."""


async def _each_read(lab: Lab[Any]) -> AsyncIterator[tuple[Read, Any, Any]]:
    """Yields every read that the plugin has, with a new instance and a world in which it finds something."""
    world = await lab.tables.furnish(lab)
    for read in lab.tables.reads.values():
        if can(lab.case.plugin, read.method):
            yield read, await lab.start(), world


async def _raised(
    lab: Lab[Any], kind: type[ConnectorError], work: Awaitable[object], when: str, look_at: str
) -> None:
    """Expects an error; a method that knows its answer without a call has none to raise."""
    mark = lab.mark
    try:
        await raised(kind, work, when, look_at)
    except Broken:
        if lab.mark > mark:
            raise


@check(Group.FAULTS)
async def a_read_that_goes_well_raises_nothing(lab: Lab[Any]) -> None:
    """Every method that reads works when nothing goes wrong."""
    async for read, plugin, world in _each_read(lab):
        try:
            await read.ask(plugin, world)
        except ConnectorError as error:
            raise Broken(f"an answer from {read.method}", in_words(error), read.method) from error


@check_each(Group.FAULTS, CREDENTIALS)
async def refused_credentials_are_told_at_once(lab: Lab[Any], fault: Fault) -> None:
    """Credentials that are refused raise an AuthenticationError, after one call or a few (SPEC R1)."""
    async for read, plugin, world in _each_read(lab):
        lab.network.fail(fault)
        mark, when = lab.mark, f"every call of {read.method} {fault.name}"
        await _raised(lab, AuthenticationError, read.ask(plugin, world), when, read.method)
        calls = lab.mark - mark
        expect(
            calls <= _MOST_TRIES, f"at most {_MOST_TRIES} calls when {when}", f"{calls} calls", read.method
        )
        lab.network.heal()


@check(Group.FAULTS, drives=("revoke",))
async def credentials_that_the_service_refuses_in_its_own_way_are_recognised(lab: Lab[Any]) -> None:
    """Credentials that the service refuses in its own way raise an AuthenticationError, too (SPEC R1)."""
    reads = [each async for each in _each_read(lab)]
    lab.case.driver.revoke()
    for read, plugin, world in reads:
        when = f"the credentials are revoked and {read.method} is called"
        await _raised(lab, AuthenticationError, read.ask(plugin, world), when, "service(): `verdict`")


@check_each(Group.FAULTS, PASSING)
async def a_passing_fault_is_told_as_one(lab: Lab[Any], fault: Fault) -> None:
    """A fault that lasts raises a TransientError: it is no refusal, no bug, and above all no answer (SPEC R3, R4)."""
    async for read, plugin, world in _each_read(lab):
        lab.network.fail(fault)
        when = f"every call of {read.method} {fault.name}"
        await _raised(lab, TransientError, read.ask(plugin, world), when, read.method)
        lab.network.heal()


@check_each(Group.FAULTS, {fault.name: fault for fault in SHORT})
async def a_short_fault_is_got_over(lab: Lab[Any], fault: Fault) -> None:
    """A fault that happens once changes nothing of what is read (SPEC R3)."""
    async for read, plugin, world in _each_read(lab):
        wanted = await read.ask(await lab.start(), world)
        lab.network.fail(fault, times=1)
        try:
            found = await read.ask(plugin, world)
        except ConnectorError as error:
            when = f"one call of {read.method} {fault.name}"
            raise Broken("another try", in_words(error), read.method, when) from error
        expect_same(found, wanted, f"the same from {read.method} as without the fault", read.method)


@check(Group.FAULTS)
async def a_limited_read_waits(lab: Lab[Any]) -> None:
    """A call that came too early is sent again after the pause that the service asked for (SPEC R2)."""
    async for read, plugin, world in _each_read(lab):
        lab.network.fail(LIMITED, times=1)
        mark = lab.mark
        try:
            await read.ask(plugin, world)
        except ConnectorError as error:
            when = f"one call of {read.method} {LIMITED.name}"
            raise Broken("another try", in_words(error), "service(): `verdict`, `pause`", when) from error
        calls = lab.calls_since(mark)
        pause = pause_after(calls) if calls else RETRY_AFTER_S
        expect(pause >= RETRY_AFTER_S, f"a pause of {RETRY_AFTER_S} s", f"{pause:.1f} s", "service()")


@check(Group.FAULTS, "check")
async def check_finds_all_in_order(lab: Lab[Any]) -> None:
    """`check` finds nothing wrong where nothing is, and says what it looked at."""
    await lab.tables.furnish(lab)
    findings = await (await lab.start()).check()
    expect(bool(findings), "a finding at least, such as that the credentials are accepted", "none", "check")
    wrong = [f"{each.what}: {each.advice}" for each in findings if not each.ok and each.level == "error"]
    expect(not wrong, "no error among the findings", "; ".join(wrong), "check")


@check_each(
    Group.FAULTS, {fault.name: fault for fault in (UNAUTHORIZED, UNAVAILABLE)}, methods=lambda _: ("check",)
)
async def check_finds_what_is_wrong(lab: Lab[Any], fault: Fault) -> None:
    """`check` raises nothing: what is wrong is a finding, with advice what to do."""
    lab.network.fail(fault)
    try:
        findings = await (await lab.start()).check()
    except ConnectorError as error:
        raise Broken("a finding", in_words(error), "check", f"every call {fault.name}") from error
    wrong = [each for each in findings if not each.ok and each.level == "error"]
    expect(bool(wrong), f"a finding that is not ok when every call {fault.name}", findings, "check")
    expect(all(each.advice for each in wrong), "advice in each finding that is not ok", wrong, "check")

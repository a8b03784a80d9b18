"""Writes: done once, whatever becomes of the calls that they take, and however often they are asked for."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Final

from connector.errors import AuthenticationError, ConnectorError, TransientError
from connector.testing.checks import Check, check_each
from connector.testing.faults import (
    CUT_OFF,
    LIMITED,
    LOST_AFTER,
    REFUSED,
    RETRY_AFTER_S,
    UNAUTHORIZED,
    UNAVAILABLE,
    Fault,
)
from connector.testing.groups import Group
from connector.testing.lab import Lab
from connector.testing.network import pause_after
from connector.testing.tables import Write
from connector.testing.verdicts import Broken, expect, in_words, raised

ONE_CALL: Final = (LOST_AFTER, CUT_OFF)
ALL_CALLS: Final = (LOST_AFTER, UNAVAILABLE)


def write_checks(writes: Mapping[str, Write]) -> tuple[Check, ...]:
    """Returns the checks for every method that writes."""
    checks = (
        a_write_does_what_it_says,
        a_repeated_write_changes_nothing,
        a_write_of_which_one_call_goes_wrong_is_done_once,
        a_write_that_is_broken_off_is_done_once,
        a_limited_write_waits_and_goes_through,
        a_refused_write_is_told_and_not_repeated,
        a_write_with_wrong_credentials_says_so,
    )
    return tuple(
        each
        for function in checks
        for each in check_each(
            Group.WRITES, writes, methods=lambda row: row.methods, drives=lambda row: row.drives
        )(function)
    )


async def a_write_does_what_it_says(lab: Lab[Any], write: Write) -> None:
    """What a write says it did is done."""
    subject = await write.prepare(lab, await lab.start())
    await write.act(await lab.start(), subject, False)
    await write.done(lab, subject)


async def a_repeated_write_changes_nothing(lab: Lab[Any], write: Write) -> None:
    """A write that was done already does nothing further, in the same run and in the next one (SPEC O3, S5)."""
    subject = await write.prepare(lab, await lab.start())
    plugin = await lab.start()
    await write.act(plugin, subject, False)
    await write.act(plugin, subject, True)
    await write.act(await lab.start(), subject, True)
    await write.done(lab, subject)


async def a_write_of_which_one_call_goes_wrong_is_done_once(lab: Lab[Any], write: Write) -> None:
    """Whatever becomes of one of its calls, a write that is repeated is done, and done once (SPEC O3, S5, R3)."""
    await _interrupted(lab, write, ONE_CALL, times=1)


async def a_write_that_is_broken_off_is_done_once(lab: Lab[Any], write: Write) -> None:
    """Broken off at any of its calls, a write that the next run repeats is done, and done once (SPEC O3, S5, R3)."""
    await _interrupted(lab, write, ALL_CALLS, times=None)


async def _interrupted(lab: Lab[Any], write: Write, faults: Sequence[Fault], times: int | None) -> None:
    calls = range(1, await _calls_of(lab, write) + 1)
    for at, fault in itertools.product(calls, faults):
        subject = await write.prepare(lab, await lab.start())
        plugin = await lab.start()
        lab.network.fail(fault, at=at, times=times)
        further = " and all that followed" if times is None else ""
        what = f"call {at} of {write.method}{further} {fault.name}"
        claimed = await _attempted(write, plugin, subject, what)
        lab.network.heal()
        try:
            if claimed:
                await write.done(lab, subject)
            await write.act(await lab.start(), subject, True)
            await write.done(lab, subject)
        except (Broken, ConnectorError) as error:
            raise _told(error, write, what, claimed) from error


async def _calls_of(lab: Lab[Any], write: Write) -> int:
    subject = await write.prepare(lab, await lab.start())
    plugin, mark = await lab.start(), lab.mark
    await write.act(plugin, subject, False)
    return lab.mark - mark


async def _attempted(write: Write, plugin: Any, subject: Any, what: str) -> bool:
    """Tells whether the write says that it went through; it may say with a TransientError that it did not."""
    try:
        await write.act(plugin, subject, False)
    except TransientError:
        return False
    except ConnectorError as error:
        found = f"{in_words(error)}, which is final although the fault passes"
        raise Broken("success, or a TransientError", found, write.method, what) from error
    return True


def _told(error: Exception, write: Write, what: str, claimed: bool) -> Broken:
    said = "it said that all went well" if claimed else "it raised a TransientError, and was repeated"
    found = error.found if isinstance(error, Broken) else in_words(error)
    expected = error.expected if isinstance(error, Broken) else "no error when the write is repeated"
    hint = (
        "let every error through, look before you repeat, "
        "and make no call `repeatable` whose repetition the service does not ignore"
    )
    return Broken(expected, found, f"{write.method}: {hint}", f"{what}: {said}")


async def a_limited_write_waits_and_goes_through(lab: Lab[Any], write: Write) -> None:
    """A call that came too early is sent again after the pause that the service asked for (SPEC R2)."""
    subject = await write.prepare(lab, await lab.start())
    plugin, mark = await lab.start(), lab.mark
    lab.network.fail(LIMITED, each_once=True)
    when = f"each call of {write.method} {LIMITED.name}, the first time"
    try:
        await write.act(plugin, subject, False)
    except ConnectorError as error:
        raise Broken("another try", in_words(error), "service(): `verdict`, `pause`", when) from error
    lab.network.heal()
    pause = pause_after(lab.calls_since(mark))
    expect(pause >= RETRY_AFTER_S, f"a pause of {RETRY_AFTER_S} s", f"{pause:.1f} s", "service(): `pause`")
    await write.done(lab, subject)


async def a_refused_write_is_told_and_not_repeated(lab: Lab[Any], write: Write) -> None:
    """A call that is refused for good raises an error and is not sent again within the run (SPEC R3)."""
    subject = await write.prepare(lab, await lab.start())
    plugin, mark = await lab.start(), lab.mark
    lab.network.fail(REFUSED)
    when = f"every call of {write.method} is refused with 400"
    await raised(ConnectorError, write.act(plugin, subject, False), when, f"{write.method}: swallow no error")
    sent = [(call.method, call.url, call.body) for call in lab.calls_since(mark)]
    again = [f"{method} {url}" for method, url, body in sent if sent.count((method, url, body)) > 1]
    expect(
        not again,
        "each refused call sent once",
        f"more than once: {', '.join(sorted(set(again)))}",
        write.method,
    )


async def a_write_with_wrong_credentials_says_so(lab: Lab[Any], write: Write) -> None:
    """Credentials that are refused stop the run at once: they are no fault of the record (SPEC R1)."""
    subject = await write.prepare(lab, await lab.start())
    plugin = await lab.start()
    lab.network.fail(UNAUTHORIZED)
    when = f"every call of {write.method} is answered with 401"
    await raised(AuthenticationError, write.act(plugin, subject, False), when, write.method)

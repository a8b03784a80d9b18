"""Using everything that a plugin can do, as a day of runs does."""

from __future__ import annotations

from typing import Any

from connector.contracts import can
from connector.errors import ConnectorError
from connector.testing.faults import Fault
from connector.testing.lab import Lab


async def use_everything(lab: Lab[Any], fault: Fault | None = None) -> list[ConnectorError]:
    """Calls every method of the plugin that can be tried, with what it needs; returns the errors that came.

    A fault happens to the calls of these methods alone, not to those by which the world for them is made.
    """
    errors = await read_everything(lab, fault)
    driver = lab.case.driver
    for write in lab.tables.writes.values():
        if not (can(lab.case.plugin, *write.methods) and all(map(driver.can, write.drives))):
            continue
        subject = await write.prepare(lab, await lab.start())
        plugin = await lab.start()
        try:
            _break(lab, fault)
            await write.act(plugin, subject, False)
        except ConnectorError as error:
            errors.append(error)
        finally:
            lab.network.heal()
    return errors


async def read_everything(
    lab: Lab[Any], fault: Fault | None = None, *, read_only: bool = False
) -> list[ConnectorError]:
    """Calls every method of the plugin that reads; returns the errors that came."""
    errors: list[ConnectorError] = []
    world = await lab.tables.furnish(lab)
    _break(lab, fault)
    for read in lab.tables.reads.values():
        if can(lab.case.plugin, read.method):
            plugin = await lab.start(read_only=read_only)
            try:
                await read.ask(plugin, world)
            except ConnectorError as error:
                errors.append(error)
    findings = await (await lab.start(read_only=read_only)).check()
    errors += [ConnectorError(f"{finding.what} {finding.advice}") for finding in findings]
    lab.network.heal()
    return errors


def _break(lab: Lab[Any], fault: Fault | None) -> None:
    if fault is not None:
        lab.network.fail(fault)

"""Notices: tells people what is new with a client, by e-mail, Slack, Teams, webhook and a hundred other ways.

A lifecycle plugin, and an example of one: it registers settings, listens to two hooks, and remembers what it told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from connector.api import ClientNews, ClientSetup, Finding, FinishedRun, hookimpl
from connector_notices.check import check
from connector_notices.settings import NAME, NoticesSettings
from connector_notices.telling import tell

connector_api: Final = "1.0"


@hookimpl
def connector_register_settings() -> Mapping[str, type[msgspec.Struct]]:
    """Takes the table `[plugins.notices]`."""
    return {NAME: NoticesSettings}


@hookimpl
async def connector_run_finished(run: FinishedRun) -> None:
    """Tells what is new after a run."""
    await tell(run)


@hookimpl
async def connector_client_late(client: ClientNews) -> None:
    """Tells that a client can't run, since no run would."""
    await tell(client)


@hookimpl
def connector_check(client: ClientSetup) -> Sequence[Finding]:
    """Looks whether the addresses can be used; sends nothing."""
    return check(client)

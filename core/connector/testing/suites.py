"""All checks, in the order in which they are run."""

from __future__ import annotations

from typing import Final

from connector.testing.checks import Check, checks_of
from connector.testing.contract import (
    hygiene,
    outages,
    secrets,
    settings,
    source_flows,
    source_reading,
    source_records,
    target_flows,
    target_records,
    target_shipments,
)
from connector.testing.contract.lists import list_checks
from connector.testing.contract.source_tables import SOURCE
from connector.testing.contract.target_tables import TARGET
from connector.testing.contract.writes import write_checks
from connector.testing.groups import Group


def _ordered(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """By group; within one, as they stand in their files."""
    order = list(Group)
    return tuple(sorted(checks, key=lambda check: order.index(check.group)))


SOURCE_CHECKS: Final = _ordered(
    (
        *list_checks(SOURCE.listings),
        *checks_of((settings, secrets, hygiene, source_reading, source_records, source_flows, outages)),
        *write_checks(SOURCE.writes),
    )
)
TARGET_CHECKS: Final = _ordered(
    (
        *list_checks(TARGET.listings),
        *checks_of((settings, secrets, hygiene, target_records, target_flows, target_shipments, outages)),
        *write_checks(TARGET.writes),
    )
)

"""A fault that is planted into a plugin, to see that the contract tests catch it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from connector.testing import Group, SourceCase, TargetCase
from connector_billbee.source import BillbeeSource
from connector_sandbox.contract.billbee import billbee_case
from connector_sandbox.contract.wemalo import wemalo_case
from connector_wemalo.target import WemaloTarget


@dataclass(frozen=True)
class Planted:
    """What a broken variant of a plugin does, and the group of tests that has to catch it.

    `patches` replace parts of the plugin, by their dotted names.
    """

    what: str
    group: Group
    case: Callable[[], SourceCase] | Callable[[], TargetCase]
    patches: Mapping[str, Any] = field(default_factory=dict)

    @property
    def side(self) -> str:
        """Says which kind of plugin is broken."""
        return "source" if isinstance(self.case(), SourceCase) else "target"


def in_billbee(what: str, group: Group, **patches: Any) -> Planted:
    """Replaces parts of Billbee's plugin; `service__is_last` is `connector_billbee.service.is_last`."""
    return Planted(
        what, group, functools.partial(billbee_case, BillbeeSource), _dotted("connector_billbee", patches)
    )


def in_wemalo(what: str, group: Group, **patches: Any) -> Planted:
    """Replaces parts of Wemalo's plugin."""
    return Planted(
        what, group, functools.partial(wemalo_case, WemaloTarget), _dotted("connector_wemalo", patches)
    )


def as_billbee(what: str, group: Group) -> Callable[[type[BillbeeSource]], Planted]:
    """Puts a subclass in the place of Billbee's source."""
    return lambda plugin: Planted(what, group, functools.partial(billbee_case, plugin))


def as_wemalo(what: str, group: Group) -> Callable[[type[WemaloTarget]], Planted]:
    """Puts a subclass in the place of Wemalo's target."""
    return lambda plugin: Planted(what, group, functools.partial(wemalo_case, plugin))


def planted_in(module: ModuleType) -> list[Planted]:
    """Returns the faults of a module, in the order in which they stand there."""
    found: list[Planted] = []
    for value in vars(module).values():
        found += [value] if isinstance(value, Planted) else []
        found += [each for each in value if isinstance(each, Planted)] if isinstance(value, list) else []
    return found


def _dotted(package: str, patches: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{package}.{name.replace('__', '.', 1)}": value for name, value in patches.items()}

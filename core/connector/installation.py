"""One installation: its plugins, its settings, its state store, and what the clients of a process share."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from connector.clock import Clock, Stop, SystemClock
from connector.errors import ConfigurationError
from connector.http import Limits
from connector.mapping import Step, describe_step
from connector.plugins import Fault, Plugins, load_plugins
from connector.settings import CommonSettings, Known, Resolved, SettingsFolder
from connector.sides import Shared
from connector.state import StateStore, open_store


@dataclass(frozen=True)
class Installation:
    """The installed plugins and the settings of this installation."""

    plugins: Plugins
    steps: Mapping[str, Step]
    known: Known
    folder: SettingsFolder

    def fresh(self) -> Installation:
        """Returns the same with the settings as they stand now; the plugins stay loaded."""
        return replace(self, folder=SettingsFolder(self.folder.path, os.environ))

    def client(self, name: str) -> Resolved:
        """Reads the settings of one client; raises ConfigurationError, which names plugins that can't be loaded."""
        try:
            return self.folder.client(name, self.known)
        except ConfigurationError as error:
            faults = tuple(f"plugin package {fault.package}: {fault.reason}" for fault in self.plugins.faults)
            if not faults:
                raise
            message, *_ = str(error).split("\n")
            raise ConfigurationError(message, (*error.mistakes, *faults)) from None

    def other_plugins(self) -> Mapping[str, Any] | None:
        """Returns the common settings of the plugins that are neither source nor target, None where they are wrong."""
        try:
            return self.folder.plugins(self.known)
        except ConfigurationError:
            return None


def installed_plugins() -> tuple[Plugins, Mapping[str, Step]]:
    """Loads the plugins; a mapping step that does not describe itself becomes a fault of its package."""
    plugins = load_plugins()
    steps: dict[str, Step] = {}
    faults: list[Fault] = []
    for name, offer in plugins.steps.items():
        try:
            steps[name] = describe_step(name, offer.what)
        except (TypeError, NameError) as error:
            faults.append(Fault(offer.package, str(error)))
    return msgspec.structs.replace(plugins, faults=(*plugins.faults, *faults)), steps


def known_settings(plugins: Plugins, steps: Mapping[str, Step]) -> Known:
    """Returns the settings that the plugins and mapping steps take."""
    return Known(
        sources={name: offer.what.settings_type for name, offer in plugins.sources.items()},
        targets={name: offer.what.settings_type for name, offer in plugins.targets.items()},
        steps={name: step.setting for name, step in steps.items()},
        others={name: offer.what for name, offer in plugins.settings.items()},
    )


def step_help(steps: Mapping[str, Step]) -> Mapping[str, str]:
    """Returns what each mapping step says of itself."""
    return {name: step.help for name, step in steps.items()}


def open_installation(config: Path) -> Installation:
    """Loads plugins and opens the settings folder; raises ConfigurationError."""
    plugins, steps = installed_plugins()
    return Installation(plugins, steps, known_settings(plugins, steps), SettingsFolder(config, os.environ))


def shared(inst: Installation, stop: Stop) -> Shared:
    """Builds what all clients of this process share."""
    clock: Clock = SystemClock()
    return Shared(
        plugins=inst.plugins,
        steps=inst.steps,
        store=state_store(inst.folder.common(), clock),
        limits=Limits(clock),
        clock=clock,
        stop=stop,
        random=random.Random(),  # noqa: S311  (spreads pauses, protects nothing)
    )


def state_store(common: CommonSettings, clock: Clock) -> StateStore:
    """Returns the store in which clients' states are kept; raises ConfigurationError where it can't be used."""
    url = common.state.url.reveal() if common.state.url else None
    return open_store(common.state_dir, url, common.state.lease_seconds, clock)


def chosen_clients(inst: Installation, names: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the clients that were asked for, all of them where none was; raises NotFound for a name nobody has."""
    known = inst.folder.client_names()
    for name in names:
        if name not in known:
            inst.folder.client(name, inst.known)  # raises, with suggestions
    return names or known

"""Finds the installed plugin packages and collects what they offer.

A package that can't be loaded is reported by name and takes nobody down with it. A name that two packages claim
belongs to neither, so that a client never runs with a plugin that it did not mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import msgspec
import pluggy

from connector import hookspecs
from connector.contracts import Source, Target
from connector.hookspecs import GROUP

T = TypeVar("T")


class Offer(msgspec.Struct, Generic[T], frozen=True):
    """Something that a package offers under a name."""

    name: str
    what: T
    package: str
    version: str


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a package: it can't be loaded, or a name of it is taken. `reason` is one line."""

    package: str
    reason: str


class Plugins(msgspec.Struct, frozen=True, kw_only=True):
    """All that the installed packages offer, by the name that settings use."""

    sources: Mapping[str, Offer[type[Source]]] = MappingProxyType({})
    targets: Mapping[str, Offer[type[Target]]] = MappingProxyType({})
    steps: Mapping[str, Offer[Callable[..., Any]]] = MappingProxyType({})
    faults: tuple[Fault, ...] = ()


def load_plugins(found: Iterable[EntryPoint] | None = None) -> Plugins:
    """Loads the packages of the entry point group `connector` (or those of `found`) and asks each for its offers."""
    collected = _Collected()
    for entry in sorted(entry_points(group=GROUP) if found is None else found, key=_package):
        try:
            collected.take(entry, _hooks_of(entry))
        except Exception as error:  # noqa: BLE001  (a foreign package may raise anything; the others must load)
            collected.faults.append(Fault(_package(entry), _reason(entry, error)))
    return collected.plugins()


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value


def _version(entry: EntryPoint) -> str:
    return entry.dist.version if entry.dist else "unknown"


def _reason(entry: EntryPoint, error: Exception) -> str:
    return f"`{entry.value}` can't be loaded: {type(error).__name__}: {' '.join(str(error).split())}"


def _hooks_of(entry: EntryPoint) -> pluggy.PluginManager:
    """Registers one package alone, so that what is wrong in it is known to be its own."""
    module = entry.load()
    unmarked = [
        name
        for name in dir(module)
        if name.startswith("connector_register_") and not hasattr(getattr(module, name), f"{GROUP}_impl")
    ]
    if unmarked:
        raise TypeError(f"{', '.join(unmarked)} lacks the decorator @hookimpl (from connector.api)")
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(module, name=_package(entry))
    manager.check_pending()
    return manager


class _Collected:
    """Offers as they come in, with the names that are claimed twice."""

    def __init__(self) -> None:
        self.kinds: dict[str, dict[str, list[Offer[Any]]]] = {"source": {}, "target": {}, "mapping step": {}}
        self.faults: list[Fault] = []

    def take(self, entry: EntryPoint, hooks: pluggy.PluginManager) -> None:
        """Asks one package for all that it offers; takes all of it or, where something is wrong, nothing."""
        offers = {
            "source": _checked(hooks.hook.connector_register_sources(), Source),
            "target": _checked(hooks.hook.connector_register_targets(), Target),
            "mapping step": _checked(hooks.hook.connector_register_mapping_steps(), None),
        }
        for kind, named in offers.items():
            for name, what in named.items():
                offer = Offer(name, what, _package(entry), _version(entry))
                self.kinds[kind].setdefault(name, []).append(offer)

    def plugins(self) -> Plugins:
        return Plugins(
            sources=self._settled("source"),
            targets=self._settled("target"),
            steps=self._settled("mapping step"),
            faults=tuple(self.faults),
        )

    def _settled(self, kind: str) -> dict[str, Offer[Any]]:
        for name, offers in self.kinds[kind].items():
            if len(offers) > 1:
                packages = " and ".join(offer.package for offer in offers)
                reason = f"the {kind} `{name}` is claimed by {packages}; uninstall one of them"
                self.faults.append(Fault(offers[0].package, reason))
        return {name: offers[0] for name, offers in self.kinds[kind].items() if len(offers) == 1}


def _checked(answers: list[Mapping[str, Any]], contract: type[Any] | None) -> dict[str, Any]:
    named = {name: what for answer in answers for name, what in answer.items()}
    for name, what in named.items():
        if contract is None and not callable(what):
            raise TypeError(f"the mapping step `{name}` is no function")
        if contract is not None and not (isinstance(what, type) and issubclass(what, contract)):
            raise TypeError(f"`{name}` is no subclass of connector.api.{contract.__name__}")
    return named

"""Finds the installed plugin packages and collects what they offer.

A package that can't be loaded, or was made for another version of the framework, is reported by name and takes nobody
down with it. A name that two packages claim belongs to neither, so that a client never runs with a plugin that it did
not mean.
"""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Final, Generic, TypeVar

import msgspec
import pluggy

from connector import hookspecs
from connector.clock import Clock, within
from connector.contracts import Finding, Source, Target
from connector.errors import ConfigurationError, ConnectorError
from connector.hookspecs import API_VERSION, GROUP
from connector.lifecycle import ClientNews, ClientSetup, FinishedRun

T = TypeVar("T")

log: Final = logging.getLogger("connector.plugins")

SPECS: Final = frozenset(name for name in vars(hookspecs) if name.startswith("connector_"))

LONGEST_HOOK_S: Final = 120.0
"""Seconds after which a lifecycle hook is given up: the client is held until it has ended."""

_VERSION: Final = re.compile(r"([0-9]{1,4})(?:\.([0-9]{1,4}))?")
_DECLARED: Final = re.compile(r"^connector_api\b[^=\n]*=\s*[\"']([0-9.]+)[\"']", re.MULTILINE)
_FIRST: Final = "1.0"


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


class Lifecycle:
    """The packages that want to be told, each by its hooks; what one of them raises touches nobody else.

    Each gets news of its own making (`news` takes the plugin's name), since each has a memory of its own.
    """

    def __init__(self, plugins: Mapping[str, pluggy.PluginManager] = MappingProxyType({})) -> None:
        self._plugins = plugins

    async def run_finished(self, news: Callable[[str], FinishedRun], clock: Clock) -> tuple[Fault, ...]:
        """Tells of a run that has ended; returns who failed."""
        return (await self._call("connector_run_finished", "run", news, clock))[1]

    async def client_late(self, news: Callable[[str], ClientNews], clock: Clock) -> tuple[Fault, ...]:
        """Tells of a client that is due, can't run and is late; returns who failed."""
        return (await self._call("connector_client_late", "client", news, clock))[1]

    async def check(self, setup: ClientSetup, clock: Clock) -> list[Finding]:
        """Asks whether the settings of a client will do; one who failed is a finding of its own."""
        answers, faults = await self._call("connector_check", "client", lambda _: setup, clock)
        advice = "report it to those who made the package; the client runs all the same"
        broken = [
            Finding(what=f"{fault.package}: {fault.reason}", ok=False, level="warning", advice=advice)
            for fault in faults
        ]
        return [*(finding for answer in answers for finding in answer), *broken]

    async def _call(
        self, hook: str, argument: str, news: Callable[[str], ClientSetup], clock: Clock
    ) -> tuple[list[Any], tuple[Fault, ...]]:
        """Calls one hook of all who have it; returns the answers, and who failed."""
        answers: list[Any] = []
        faults: list[Fault] = []
        for plugin, manager in self._plugins.items():
            caller: pluggy.HookCaller = getattr(manager.hook, hook)
            if not caller.get_hookimpls():
                continue
            try:
                for answer in caller(**{argument: news(plugin)}):
                    waited = inspect.isawaitable(answer)
                    answers.append(await within(clock, LONGEST_HOOK_S, answer) if waited else answer)
            except (ConnectorError, TimeoutError) as error:
                faults.append(Fault(plugin, str(error) or "TimeoutError"))
            except Exception as error:  # a foreign package may raise anything; the run must end well
                log.exception("hook ended with a bug", extra={"plugin": plugin, "hook": hook})
                faults.append(Fault(plugin, f"{type(error).__name__}: {error}"))
        return answers, tuple(faults)


class Plugins(msgspec.Struct, frozen=True, kw_only=True):
    """All that the installed packages offer, by the name that settings use; `settings` are those of lifecycle hooks."""

    sources: Mapping[str, Offer[type[Source]]] = MappingProxyType({})
    targets: Mapping[str, Offer[type[Target]]] = MappingProxyType({})
    steps: Mapping[str, Offer[Callable[..., Any]]] = MappingProxyType({})
    settings: Mapping[str, Offer[type[msgspec.Struct]]] = MappingProxyType({})
    lifecycle: Lifecycle = Lifecycle()
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
    words = " ".join(str(error).split())
    if isinstance(error, ConfigurationError):
        return words
    return f"`{entry.value}` can't be loaded: {type(error).__name__}: {words}"


def _hooks_of(entry: EntryPoint) -> pluggy.PluginManager:
    """Registers one package alone, so that what is wrong in it is known to be its own."""
    module = _module_of(entry)
    unmarked = [
        name
        for name in dir(module)
        if (name.startswith("connector_register_") or name in SPECS)
        and not hasattr(getattr(module, name), f"{GROUP}_impl")
    ]
    if unmarked:
        raise TypeError(f"{', '.join(unmarked)} lacks the decorator @hookimpl (from connector.api)")
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(module, name=_package(entry))
    manager.check_pending()
    return manager


def check_version(made_for: object, package: str, ours: str = API_VERSION) -> None:
    """Raises ConfigurationError where a package was made for another version of the plugin API than `ours`."""
    found = _VERSION.fullmatch(made_for) if isinstance(made_for, str) else None
    if found is None:
        raise ConfigurationError(
            f"connector_api says for which version of the plugin API it is made, as a text such as "
            f'"{ours}"; it is {made_for!r}'
        )
    major, minor = int(found[1]), int(found[2] or 0)
    our_major, our_minor = map(int, ours.split("."))
    said = f"it is made for version {made_for} of the plugin API, and this connector-framework has {ours}"
    if major < our_major:
        raise ConfigurationError(f"{said}; install a release of {package} for version {our_major}")
    if (major, minor) > (our_major, our_minor):
        raise ConfigurationError(f"{said}; upgrade connector-framework, or install an older {package}")


def _module_of(entry: EntryPoint) -> ModuleType:
    """Imports a package's module; raises ConfigurationError where it was made for another version."""
    try:
        module: ModuleType = entry.load()
    except Exception:
        check_version(_said_in_source(entry.module), _package(entry))  # may be why it can't be imported
        raise
    check_version(getattr(module, "connector_api", _FIRST), _package(entry))
    return module


def _said_in_source(module: str) -> str:
    """Looks for which version a module was made, without importing it."""
    with suppress(ImportError, ValueError, OSError):
        spec = find_spec(module)
        if spec is not None and spec.origin is not None:
            said = _DECLARED.search(Path(spec.origin).read_text(encoding="utf-8"))
            return said[1] if said else _FIRST
    return _FIRST


class _Collected:
    """Offers as they come in, with the names that are claimed twice."""

    def __init__(self) -> None:
        kinds = ("source", "target", "mapping step", "settings table")
        self.kinds: dict[str, dict[str, list[Offer[Any]]]] = {kind: {} for kind in kinds}
        self.hooks: dict[str, pluggy.PluginManager] = {}
        self.faults: list[Fault] = []

    def take(self, entry: EntryPoint, hooks: pluggy.PluginManager) -> None:
        """Asks one package for all that it offers; takes all of it or, where something is wrong, nothing."""
        offers = {
            "source": _checked(hooks.hook.connector_register_sources(), Source),
            "target": _checked(hooks.hook.connector_register_targets(), Target),
            "mapping step": _checked(hooks.hook.connector_register_mapping_steps(), None),
            "settings table": _checked(hooks.hook.connector_register_settings(), msgspec.Struct),
        }
        self.hooks[f"{_package(entry)} ({entry.name})"] = hooks
        for kind, named in offers.items():
            for name, what in named.items():
                offer = Offer(name, what, _package(entry), _version(entry))
                self.kinds[kind].setdefault(name, []).append(offer)

    def plugins(self) -> Plugins:
        return Plugins(
            sources=self._settled("source"),
            targets=self._settled("target"),
            steps=self._settled("mapping step"),
            settings=self._settled("settings table"),
            lifecycle=Lifecycle(self.hooks),
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
            package = "msgspec" if contract is msgspec.Struct else "connector.api"
            raise TypeError(f"`{name}` is no subclass of {package}.{contract.__name__}")
    return named

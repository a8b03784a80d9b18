"""Tells the lifecycle hooks of other packages what happened to a client, and keeps what they remember.

The stream `plugins` holds it: "<plugin>/<key>" → value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from connector import texts
from connector.lifecycle import ClientNews, FinishedRun, OpenProblem
from connector.plugins import Fault, Plugins
from connector.problems import Ledger, Problem, hint, reason
from connector.report import ClientReport
from connector.settings import ClientSettings
from connector.sides import Shared
from connector.state import ClientState

PLUGINS: Final = "plugins"
"""Where problems of lifecycle hooks stand, beside those of the flows; and the stream of what they remember."""


async def tell_run(
    settings: ClientSettings, shared: Shared, state: ClientState, ledger: Ledger, report: ClientReport
) -> bool:
    """Tells of a run that has ended; returns whether that changed the problems: a hook failed, or went well again."""
    problems = _open_problems(ledger, settings.language)

    def news(plugin: str) -> FinishedRun:
        return FinishedRun(
            client=settings.name,
            language=settings.language,
            now=shared.clock.now(),
            problems=problems,
            memory=PluginMemory(state, plugin),
            plugin_settings=with_defaults(settings.plugins, shared.plugins),
            run_id=report.run_id,
            started=report.started,
            ended=report.ended or report.started,
            completed=report.completed,
            failure=report.failure,
            flows={name: msgspec.structs.asdict(counts) for name, counts in report.flows.items()},
            calls=report.calls,
        )

    try:
        return _report(ledger, await shared.plugins.lifecycle.run_finished(news, shared.clock))
    finally:
        await state.save()


async def tell_late(
    client: str,
    language: str,
    plugins: Mapping[str, Any],
    shared: Shared,
    state: ClientState,
    ledger: Ledger,
) -> None:
    """Tells of a client that is late and can't run; the caller saves."""
    problems = _open_problems(ledger, language)

    def news(plugin: str) -> ClientNews:
        return ClientNews(
            client=client,
            language=language,
            now=shared.clock.now(),
            problems=problems,
            memory=PluginMemory(state, plugin),
            plugin_settings=with_defaults(plugins, shared.plugins),
        )

    _report(ledger, await shared.plugins.lifecycle.client_late(news, shared.clock))


def with_defaults(given: Mapping[str, Any], plugins: Plugins) -> Mapping[str, Any]:
    """Adds the defaults of plugins for which a client has no settings, since no files were read for it."""
    registered = {name: offer.what for name, offer in plugins.settings.items() if name not in given}
    optional = {
        name: settings_type
        for name, settings_type in registered.items()
        if not any(field.required for field in msgspec.structs.fields(settings_type))
    }
    return {**given, **{name: settings_type() for name, settings_type in optional.items()}}


class PluginMemory:
    """What one plugin remembers of one client (`connector.remembering.Memory`)."""

    def __init__(self, state: ClientState, plugin: str) -> None:
        self._state = state
        self._plugin = plugin

    def get(self, key: str) -> Any:
        return self._state.stream(PLUGINS).get(self._key(key))

    def put(self, key: str, value: Any) -> None:
        self._state.put(PLUGINS, self._key(key), value)

    def delete(self, key: str) -> None:
        self._state.delete(PLUGINS, self._key(key))

    def _key(self, key: str) -> str:
        return f"{self._plugin}/{key}"


def _open_problems(ledger: Ledger, language: str) -> tuple[OpenProblem, ...]:
    return tuple(_open_problem(problem, language) for problem in ledger.open)


def _open_problem(problem: Problem, language: str) -> OpenProblem:
    return OpenProblem(
        id=problem.id,
        code=problem.code,
        level=problem.level,
        flow=problem.flow,
        record_id=problem.record_id,
        number=problem.number,
        reason=reason(problem, language),
        hint=hint(problem, language),
        first_seen=problem.first_seen,
        count=problem.count,
        is_passing=texts.is_passing(problem.code),
        is_ignored=bool(problem.ignored),
    )


def _report(ledger: Ledger, faults: Iterable[Fault]) -> bool:
    """Makes a problem of each hook that failed; those of hooks that went well again close."""
    before = ledger.open
    for fault in faults:
        params = {"plugin": fault.package, "reason": fault.reason}
        ledger.report("plugin_failed", PLUGINS, fault.package, params=params)
    ledger.settle_flow(PLUGINS)
    return ledger.open != before

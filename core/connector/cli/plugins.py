"""`connector plugins`: what is installed, from which package, and which settings it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click
import msgspec

from connector.cli.wiring import print_json
from connector.contracts import Plugin
from connector.flows import FLOWS
from connector.hookspecs import API_VERSION
from connector.installation import installed_plugins
from connector.mapping import Step
from connector.plugins import Offer, Plugins, load_plugins
from connector.settings import SettingHelp, describe, type_in_words


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def plugins(ctx: click.Context, as_json: bool) -> None:
    """List the installed plugins, what they offer and their settings; check NAME tries and grades one.

    Exit code 1 when a package can't be loaded, was made for another version of the framework, or a name is claimed
    twice.
    """
    if ctx.invoked_subcommand is not None:
        if as_json:
            raise click.UsageError(f"--json belongs to the list; write it after {ctx.invoked_subcommand}")
        return
    found, steps = installed_plugins()
    if as_json:
        print_json(_as_data(found, steps))
    else:
        click.echo("\n".join(_lines(found, steps)))
    ctx.exit(1 if found.faults else 0)


@plugins.command("check")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check_plugin(ctx: click.Context, name: str, as_json: bool) -> None:
    """Try the plugin NAME by the contract tests, offline, and grade it: bronze, silver or gold.

    Its package brings the fake of its system that it is tried against. Exit code 1 when a test fails, or the plugin
    can't be tried.
    """
    from connector.cli.grading import check_offers  # noqa: PLC0415  (the tests cost as much as all other commands)

    ctx.exit(check_offers(load_plugins(), name, as_json))


def _lines(found: Plugins, steps: Mapping[str, Step]) -> Iterable[str]:
    for kind, offers in (("source", found.sources), ("target", found.targets)):
        for offer in offers.values():
            yield f"{kind} {offer.name} from {_origin(offer)}"
            yield f"    flows: {', '.join(_flows_of(offer.what)) or 'none'}"
            yield from _settings_lines(offer.what.settings_type)
    for other in found.settings.values():
        yield f"plugin {other.name} from {_origin(other)}"
        yield from _settings_lines(other.what)
    for name, step in steps.items():
        takes = f"{step.kind.__name__.lower()}s, {type_in_words(step.setting)}"
        yield f"mapping step {name} ({takes}) from {_origin(found.steps[name])}"
        yield f"    {step.help}"
    for fault in found.faults:
        yield f"BROKEN {fault.package}: {fault.reason}"


def _settings_lines(settings_type: type[msgspec.Struct]) -> Iterable[str]:
    for setting in describe(settings_type):
        yield f"    {setting.name}: {setting.type}, {_default(setting)}"
        yield f"        {setting.help}"
    yield ""


def _default(setting: SettingHelp) -> str:
    return "required" if setting.default == "required" else f"default {setting.default}"


def _origin(offer: Offer[Any]) -> str:
    return f"{offer.package} {offer.version}"


def _flows_of(plugin: type[Plugin]) -> list[str]:
    """Returns the flows that this side can do."""
    return [flow.name for flow in FLOWS if flow.possible_on(plugin)]


def _as_data(found: Plugins, steps: Mapping[str, Step]) -> dict[str, Any]:
    def origin(offer: Offer[Any]) -> dict[str, Any]:
        return {"name": offer.name, "package": offer.package, "version": offer.version}

    def plugin(offer: Offer[Any]) -> dict[str, Any]:
        flows, settings = _flows_of(offer.what), describe(offer.what.settings_type)
        return {**origin(offer), "flows": flows, "settings": settings}

    def step(step: Step, offer: Offer[Any]) -> dict[str, Any]:
        return {
            **origin(offer),
            "records": step.kind.__name__.lower(),
            "setting": type_in_words(step.setting),
            "help": step.help,
        }

    return {
        "api_version": API_VERSION,
        "sources": [plugin(offer) for offer in found.sources.values()],
        "targets": [plugin(offer) for offer in found.targets.values()],
        "others": [{**origin(offer), "settings": describe(offer.what)} for offer in found.settings.values()],
        "mapping_steps": [step(steps[name], found.steps[name]) for name in steps],
        "faults": found.faults,
    }

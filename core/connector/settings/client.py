"""Assembles the settings of one client from its layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from connector.settings.check import Checked, raise_mistakes
from connector.settings.common import SECRETS_FILE, SETTINGS_FILE, Shared
from connector.settings.environment import respelt, spelling, variable
from connector.settings.layers import Layer, Path, Stack, Table, layered, stacked, table_at
from connector.settings.schema import (
    ClientBasics,
    ClientSettings,
    CommonSettings,
    Draft,
    Known,
    PluginChoice,
    Resolved,
    StepChoice,
)
from connector.settings.structure import (
    client_keys,
    common_keys,
    is_off,
    keys_of,
    sifted,
    spelt_differently,
)
from connector.settings.words import alternatives

DEFAULTS: Final = Layer("default", {"mapping": {"resolve_sets": True}})
"""The lowest layer: steps that are on, and come first, unless the settings name them."""

MISPLACED: Final[Mapping[str, str]] = {
    **dict.fromkeys(keys_of(CommonSettings), f"this holds for all clients; move it to {SETTINGS_FILE}"),
    "clients": f"only {SECRETS_FILE} has [clients]; leave `clients` and the name out here",
}
"""Keys that are right, but not among the settings of a single client."""

OF_A_SIDE: Final = (
    f"this holds for all clients; move it to {SETTINGS_FILE}, or write it into [source] or [target]"
)
"""What is said of [plugins.<plugin>] in a client's settings where the plugin is its source or target."""


def resolve_client(name: str, file: Layer, shared: Shared, known: Known) -> Resolved:
    """Returns the settings of a client from its file and from what all clients share.

    Raises ConfigurationError with every mistake in them.
    """
    draft = draft_client(name, file, shared, known)
    raise_mistakes(f"client `{name}` has", draft.mistakes)
    if draft.settings is None:
        raise AssertionError("settings without mistakes are complete")
    return Resolved(draft.settings, draft.values)


def draft_client(name: str, file: Layer, shared: Shared, known: Known) -> Draft:
    """Returns the settings of a client as far as they go, and every mistake in them."""
    mistakes = [*shared.misplaced, *(line for meant, line in shared.orphans if meant == name)]
    layers = _sifted_layers(name, file, shared, known, mistakes)
    mistakes += spelt_differently(layer for layer in layers if not layer.is_variable)
    stack = stacked(*layers)
    checked = Checked(stack, _advice(name, file), mistakes)
    fields = checked.table(ClientBasics, stack.data)
    mapping = _mapping(file, known, stack, checked)
    source = _plugin("source", known.sources, stack, checked)
    target = _plugin("target", known.targets, stack, checked)
    plugins = other_plugins(known, stack, checked)
    values = tuple(checked.values)
    if checked.mistakes:
        return Draft(values, tuple(dict.fromkeys(checked.mistakes)), None)
    settings = ClientSettings(
        name=name, mapping=mapping, source=source, target=target, plugins=plugins, **fields
    )
    return Draft(values, (), settings)


def _sifted_layers(
    name: str, file: Layer, shared: Shared, known: Known, mistakes: list[str]
) -> tuple[Layer, ...]:
    """Returns all layers in rising precedence, without keys that nobody knows; those become `mistakes`."""
    secrets = (shared.secrets_of[name],) if name in shared.secrets_of else ()
    variables = spelt_as_known(shared.environment, known)
    own_variables = spelt_as_known(shared.environment_of.get(spelling(name), ()), known)
    common, own = (shared.settings, shared.secrets), (*secrets, *own_variables)
    raw = (*common, file, *variables, *own)
    keys = client_keys(known, _chosen("source", raw), _chosen("target", raw))
    keys_of_all = common_keys(keys, known)
    sifted_common = [sifted(layer, keys_of_all, {}, mistakes) for layer in common]
    sifted_variables = [sifted(layer, keys_of_all, {}, mistakes) for layer in variables]
    sifted_file = sifted(file, keys, _misplaced(file, known), mistakes)
    sifted_own = [sifted(layer, keys, _misplaced(layer, known), mistakes) for layer in own]
    return (DEFAULTS, *sifted_common, sifted_file, *sifted_variables, *sifted_own)


def _misplaced(layer: Layer, known: Known) -> Mapping[str, str]:
    """Says what stands in vain in a layer of a single client."""
    sides = known.sources.keys() | known.targets.keys()
    has_sides = (table_at(layer.data, "plugins").keys() & sides) - known.others.keys()
    return {**MISPLACED, "plugins": OF_A_SIDE} if has_sides else MISPLACED


def spelt_as_known(variables: Iterable[Layer], known: Known) -> tuple[Layer, ...]:
    """Gives the names of plugins and steps in variables the spelling that they have."""
    names = (*known.sources, *known.targets, *known.steps, *known.others)
    return tuple(respelt(layer, names) for layer in variables)


def _chosen(side: str, layers: tuple[Layer, ...]) -> str:
    """Returns the name of the plugin that the uppermost layer chooses, before anything is merged."""
    tables = (table_at(layer.data, side) for layer in reversed(layers))
    return next((str(table["plugin"]) for table in tables if "plugin" in table), "")


def _mapping(file: Layer, known: Known, stack: Stack, checked: Checked) -> tuple[StepChoice, ...]:
    """Returns the steps that are on: the default ones, those of the common settings, those of the client's file.

    A step that is `false` is off, whatever its setting is. Where the client's file names a step, that is its place.
    """
    named = [step for layer in stack.layers[1:] for step in table_at(layer.data, "mapping")]
    own = table_at(file.data, "mapping")
    defaults = [step for step in table_at(DEFAULTS.data, "mapping") if step not in named]
    settings = table_at(stack.data, "mapping")
    chosen = []
    for step in dict.fromkeys([*defaults, *(step for step in named if step not in own), *own]):
        if step not in known.steps or step not in settings:
            continue
        wanted = bool if is_off(settings[step]) else known.steps[step]
        setting = checked.value(wanted, settings[step], ("mapping", step))
        if setting is not False:
            chosen.append(StepChoice(step, setting))
    return tuple(chosen)


def _plugin(
    side: str, plugins: Mapping[str, type[msgspec.Struct]], stack: Stack, checked: Checked
) -> PluginChoice:
    """Returns the plugin of one side with its settings: [plugins.<plugin>], then the client's own table on top."""
    own = table_at(stack.data, side)
    name = _plugin_name(side, own, plugins, checked)
    if name is None:
        return PluginChoice("", None)
    common = table_at(stack.data, "plugins", name)
    shared = {key: value for key, value in common.items() if key in keys_of(plugins[name])}
    settings = {key: value for key, value in own.items() if key != "plugin"}
    checked.beneath[side] = ("plugins", name)
    data = layered([{side: shared}, {side: settings}])[side]
    return PluginChoice(name, checked.struct(plugins[name], data, (side,)))


def other_plugins(known: Known, stack: Stack, checked: Checked) -> dict[str, Any]:
    """Returns the settings of the plugins that are neither source nor target: [plugins.<plugin>] of all layers."""
    return {
        name: checked.struct(settings_type, table_at(stack.data, "plugins", name), ("plugins", name))
        for name, settings_type in known.others.items()
    }


def _plugin_name(side: str, own: Table, plugins: Mapping[str, Any], checked: Checked) -> str | None:
    path = (side, "plugin")
    wanted: Any = Annotated[str, Meta(title=f"the name of a {side} plugin ({', '.join(sorted(plugins))})")]
    if "plugin" not in own:
        checked.missing(wanted, path)
        return None
    name = checked.value(wanted, own["plugin"], path)
    if name is not None and name not in plugins:
        checked.refuse(path, f"unknown {side} plugin{alternatives(name, plugins)}")
    return name if name in plugins else None


def _advice(name: str, file: Layer) -> Callable[[Path, bool], str]:
    secrets_file = FilePath(file.origin).parent.parent / SECRETS_FILE

    def advice(path: Path, secret: bool) -> str:
        place, table = (secrets_file, ("clients", name, *path[:-1])) if secret else (file.origin, path[:-1])
        under = f" under [{'.'.join(table)}]" if table else ""
        return f"set it in {place}{under} or as {variable('clients', name, *path)}"

    return advice

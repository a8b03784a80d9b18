"""Sorts out keys that nobody knows, in every single layer, whether or not another layer covers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec

from connector.settings.layers import EnvText, Layer, Path, Table
from connector.settings.schema import ClientBasics, CommonSettings, Known
from connector.settings.words import mismatch, suggestion

Keys = Mapping[str, Any]
"""Key to the keys of its table, or to None where anything may stand."""

_KINDS: Final[Mapping[Path, str]] = {("mapping",): "mapping step", ("flows",): "flow", ("plugins",): "plugin"}


def keys_of(settings_type: type[msgspec.Struct]) -> dict[str, Any]:
    """Returns the keys that a settings class allows, with those of its tables."""
    return {field.encode_name: _keys_within(field.type) for field in msgspec.structs.fields(settings_type)}


def struct_in(annotation: Any) -> type[msgspec.Struct] | None:
    """Returns the settings class where a setting is a table with fixed keys, else None."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    is_struct = isinstance(annotation, type) and issubclass(annotation, msgspec.Struct)
    return annotation if is_struct else None


def is_off(value: Any) -> bool:
    """Tells whether the value of a mapping step switches it off; every step can be."""
    return value is False or (isinstance(value, EnvText) and value.lower() == "false")


def client_keys(known: Known | None, source: str, target: str) -> dict[str, Any]:
    """Returns the keys of a client's settings; a table may hold anything where nobody knows what it can hold."""
    keys = {**keys_of(ClientBasics), "mapping": None, "source": None, "target": None}
    if known is not None:
        keys["mapping"] = {name: _keys_within(setting) for name, setting in known.steps.items()}
        keys["plugins"] = {name: keys_of(settings_type) for name, settings_type in known.others.items()}
        for side, name, plugins in (("source", source, known.sources), ("target", target, known.targets)):
            if name in plugins:
                keys[side] = {"plugin": None, **keys_of(plugins[name])}
    return keys


def common_keys(keys_of_client: Keys, known: Known | None) -> dict[str, Any]:
    """Returns the keys of the settings for all clients."""
    return {**keys_of_client, **keys_of(CommonSettings), "plugins": known and _plugin_keys(known)}


def _keys_within(annotation: Any) -> dict[str, Any] | None:
    struct = struct_in(annotation)
    return keys_of(struct) if struct else None


def _plugin_keys(known: Known) -> dict[str, Any]:
    """Returns the keys of [plugins]; a name that is both a source and a target has the keys of both."""
    plugins: dict[str, dict[str, Any]] = {}
    for offered in (known.sources, known.targets, known.others):
        for name, settings_type in offered.items():
            plugins[name] = plugins.get(name, {}) | keys_of(settings_type)
    return plugins


def sifted(layer: Layer, keys: Keys, misplaced: Mapping[str, str], mistakes: list[str]) -> Layer:
    """Returns the layer without the keys that nobody knows, after adding a line for each of them to `mistakes`.

    `misplaced` says of outermost keys that stand here in vain where they belong.
    """
    mistakes += [
        f"{'.'.join((*layer.prefix, key))}: {where} ({layer.origin})"
        for key, where in misplaced.items()
        if key in layer.data
    ]
    data = {key: value for key, value in layer.data.items() if key not in misplaced}
    return msgspec.structs.replace(layer, data=_sifted(data, keys, layer, (), mistakes))


def _sifted(data: Table, keys: Keys, layer: Layer, path: Path, mistakes: list[str]) -> Table:
    kept: Table = {}
    for key, value in data.items():
        here = (*path, key)
        name = ".".join((*layer.prefix, *here))
        if key not in keys:
            kind = _KINDS.get(path, "key")
            mistakes.append(f"{name}: unknown {kind}{suggestion(key, keys)} ({layer.origin})")
        elif keys[key] is None or (path == ("mapping",) and is_off(value)):
            kept[key] = value
        elif isinstance(value, dict):
            kept[key] = _sifted(value, keys[key], layer, here, mistakes)
        else:
            mistakes.append(f"{name}: {mismatch(dict, value)} ({layer.origin})")
    return kept


def spelt_differently(layers: Iterable[Layer]) -> Iterator[str]:
    """Yields a mistake for each key that several files spell differently, since merging would make one of both."""
    spelt: dict[Path, tuple[str, str]] = {}
    for layer in layers:
        for path in _paths(layer.data):
            name, origin = spelt.setdefault(
                tuple(key.lower() for key in path), (".".join(path), layer.origin)
            )
            if name != ".".join(path):
                yield f"{'.'.join((*layer.prefix, *path))}: write it as `{name}`, as {origin} does ({layer.origin})"


def _paths(data: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    for key, value in data.items():
        yield (*path, key)
        if isinstance(value, dict):
            yield from _paths(value, (*path, key))

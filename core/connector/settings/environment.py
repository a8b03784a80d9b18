"""Turns environment variables into layers: CONNECTOR_FLOWS__STOCK is the key `stock` in the table `flows`.

The text of a variable is taken exactly as it is given. A `-` in a client's, plugin's or step's name is written `_`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from connector.settings.layers import OWN_KEYS, EnvText, Layer, Path, Table

PREFIX: Final = "CONNECTOR_"
CONFIG: Final = "CONNECTOR_CONFIG"
_SEPARATOR: Final = "__"
_SPELT_BY_PLUGINS: Final = ("plugins", "mapping")


class Environment(msgspec.Struct, frozen=True):
    """Layers for all clients, and those for single ones by the client's name as variables spell it."""

    common: tuple[Layer, ...]
    clients: Mapping[str, tuple[Layer, ...]]
    mistakes: tuple[str, ...]


def read_environment(environ: Mapping[str, str]) -> Environment:
    """Reads all variables that begin with CONNECTOR_, except the one that names the settings folder."""
    common: list[Layer] = []
    clients: dict[str, tuple[Layer, ...]] = {}
    mistakes: list[str] = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name == CONFIG:
            continue
        path = tuple(name.removeprefix(PREFIX).lower().split(_SEPARATOR))
        if name != name.upper():
            mistakes.append(f"environment variable {name}: write it in capital letters, {name.upper()}")
        elif not all(path) or (path[0] == "clients" and len(path) < 3):
            mistakes.append(f"environment variable {name}: this is no setting; write {PREFIX}<TABLE>__<KEY>")
        elif any(part.startswith(OWN_KEYS) for part in path):
            mistakes.append(f"environment variable {name}: this is no setting; tables are always merged")
        elif path[0] == "clients":
            layer = _layer(name, path[2:], environ[name])
            clients[path[1]] = (*clients.get(path[1], ()), layer)
        else:
            common.append(_layer(name, path, environ[name]))
    return Environment(tuple(common), clients, tuple(mistakes))


def variable(*path: str) -> str:
    """Returns the name of the variable for a key path."""
    return PREFIX + _SEPARATOR.join(spelling(part).upper() for part in path)


def spelling(name: str) -> str:
    """Returns a name as variables spell it, in small letters."""
    return name.lower().replace("-", "_")


def respelt(layer: Layer, names: Iterable[str]) -> Layer:
    """Gives the names of plugins and steps in a layer from the environment the spelling that they have."""
    by_spelling = {spelling(name): name for name in names}
    data: Table = dict(layer.data)
    for key in _SPELT_BY_PLUGINS:
        if isinstance(data.get(key), dict):
            data[key] = {by_spelling.get(name, name): value for name, value in data[key].items()}
    return msgspec.structs.replace(layer, data=data)


def _layer(name: str, path: Path, text: str) -> Layer:
    data: Any = EnvText(text)
    for key in reversed(path):
        data = {key: data}
    return Layer(f"environment variable {name}", data, is_variable=True)

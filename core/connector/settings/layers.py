"""Puts the layers of settings on top of each other; the only module that knows dynaconf.

Precedence, later wins (SPEC C4):

    1. the default of the setting
    2. settings.toml
    3. .secrets.toml, without its [clients] part
    4. clients/<client>.toml
    5. environment variables CONNECTOR_…
    6. .secrets.toml, [clients.<client>]
    7. environment variables CONNECTOR_CLIENTS__<CLIENT>__…

The settings of a plugin are layered once more: its defaults, then [plugins.<plugin>] as these layers leave it, then
the client's [source] or [target] as they leave it. Tables are merged key by key, anything else is replaced.

dynaconf is built without its loaders and without its casts: it would otherwise read `*.local.toml`, run a
`dynaconf_hooks.py` that stands beside a file, take options from the process environment and evaluate values
such as `@format` or `@read_file`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from dynaconf.base import Settings  # type: ignore[import-untyped]  # ships no types
from dynaconf.utils.parse_conf import converters  # type: ignore[import-untyped]

CASTS: Final = frozenset(converters)
"""First words of a text on which dynaconf would act; files must not hold them."""

OWN_KEYS: Final = "dynaconf_"
"""How keys begin with which dynaconf is steered from within a table; nothing may hold them."""

Path = tuple[str, ...]
Table = dict[str, Any]

_OPTIONS: Final[Mapping[str, bool]] = {
    "dynaconf_skip_loaders": True,
    "dynaconf_skip_validators": True,
    "AUTO_CAST_FOR_DYNACONF": False,
    "MERGE_ENABLED_FOR_DYNACONF": True,
    "DOTTED_LOOKUP_FOR_DYNACONF": False,
    "NESTED_SEPARATOR_FOR_DYNACONF": False,
}


class EnvText(str):
    """The raw text of an environment variable; it becomes a number or a switch only where a setting wants one."""

    __slots__ = ()


class Layer(msgspec.Struct, frozen=True):
    """Settings from one place. `origin` names it to people; `prefix` is where `data` stands in that place."""

    origin: str
    data: Table
    prefix: Path = ()
    is_variable: bool = False


class Place(msgspec.Struct, frozen=True):
    """Where a value stands: the full key path there, and the file or variable."""

    key: str
    origin: str


class Stack(msgspec.Struct, frozen=True):
    """Layers in rising precedence, and the table that they make together."""

    layers: tuple[Layer, ...]
    data: Table

    def place(self, path: Path) -> Place | None:
        """Finds the uppermost layer with a value at `path`; letter case is ignored, as it is in merging."""
        for layer in reversed(self.layers):
            if _has(layer.data, path):
                return Place(".".join((*layer.prefix, *path)), layer.origin)
        return None


def stacked(*layers: Layer) -> Stack:
    """Puts layers on top of each other."""
    return Stack(layers, layered(layer.data for layer in layers))


def layered(tables: Iterable[Mapping[str, Any]]) -> Table:
    """Merges tables, later ones on top. Keys of the outermost level come out in small letters."""
    settings = Settings(**_OPTIONS)
    for table in tables:
        settings.update(copy.deepcopy(dict(table)), merge=True, dotted_lookup=False, validate=False)
    return {key.lower(): value for key, value in settings.as_dict().items() if key.lower() not in _OPTIONS}


def table_at(table: Mapping[str, Any], *path: str) -> Table:
    """Returns the table at `path`, an empty one where there is none."""
    found: Any = table
    for key in path:
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}


def _has(data: Any, path: Path) -> bool:
    for key in path:
        if not isinstance(data, dict):
            return False
        by_small_letters = {name.lower(): value for name, value in data.items()}
        if key.lower() not in by_small_letters:
            return False
        data = by_small_letters[key.lower()]
    return True

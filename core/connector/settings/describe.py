"""Describes a settings class as data, for `connector plugins`, generated files, questions and the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from connector.settings.check import default_of
from connector.settings.layers import Path
from connector.settings.schema import SettingHelp
from connector.settings.structure import struct_in
from connector.settings.toml import toml_value
from connector.settings.words import is_secret, shown, type_in_words


def leaves(
    settings_type: type[msgspec.Struct], path: Path = ()
) -> Iterator[tuple[Path, msgspec.structs.FieldInfo]]:
    """Yields each setting with its key path, in the order of the class; of a table within it, its settings."""
    for field in msgspec.structs.fields(settings_type):
        here = (*path, field.encode_name)
        if (struct := struct_in(field.type)) is not None:
            yield from leaves(struct, here)
        else:
            yield here, field


def describe(settings_type: type[msgspec.Struct]) -> tuple[SettingHelp, ...]:
    """Returns one entry per setting, in the order of the class; those of a table within it as `table.key`."""
    return tuple(describe_setting(path, field) for path, field in leaves(settings_type))


def describe_setting(path: Path, field: msgspec.structs.FieldInfo) -> SettingHelp:
    """Describes one setting."""
    return SettingHelp(
        name=".".join(path),
        type=type_in_words(field.type),
        default="required" if field.required else shown(default_of(field)),
        help=str(_schema(field.type).get("description", "")),
        secret=is_secret(field.type),
        example=example_of(field.type),
    )


def example_of(annotation: Any) -> str:
    """Returns the first of the examples that stand at a type, as it would stand in a file; empty where none does."""
    examples = _schema(annotation).get("examples", [])
    return toml_value(examples[0]) if examples else ""


def _schema(annotation: Any) -> dict[str, Any]:
    info = inspect.type_info(annotation)
    return (info.extra_json_schema if isinstance(info, inspect.Metadata) else None) or {}

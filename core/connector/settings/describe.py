"""Describes a settings class as data, for `connector plugins` and the documentation."""

from __future__ import annotations

import msgspec
from msgspec import inspect

from connector.settings.check import default_of
from connector.settings.schema import SettingHelp
from connector.settings.structure import struct_in
from connector.settings.words import is_secret, shown, type_in_words


def describe(settings_type: type[msgspec.Struct]) -> tuple[SettingHelp, ...]:
    """Returns one entry per setting, in the order of the class; those of a table within it as `table.key`."""
    entries: list[SettingHelp] = []
    for field in msgspec.structs.fields(settings_type):
        if (struct := struct_in(field.type)) is not None:
            inner = describe(struct)
            entries += [msgspec.structs.replace(e, name=f"{field.encode_name}.{e.name}") for e in inner]
        else:
            entries.append(_entry(field))
    return tuple(entries)


def _entry(field: msgspec.structs.FieldInfo) -> SettingHelp:
    default = "required" if field.required else shown(default_of(field))
    info = inspect.type_info(field.type)
    extra = info.extra_json_schema if isinstance(info, inspect.Metadata) else None
    help_text = str((extra or {}).get("description", ""))
    return SettingHelp(
        field.encode_name, type_in_words(field.type), default, help_text, is_secret(field.type)
    )

"""Turns layered tables into typed settings with msgspec, and collects every mistake on the way (SPEC C4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path as FilePath
from typing import Annotated, Any, get_args, get_origin

import msgspec

from connector.errors import ConfigurationError
from connector.secret import MASK, Secret
from connector.settings.layers import EnvText, Path, Place, Stack, Table, table_at
from connector.settings.schema import Value
from connector.settings.structure import struct_in
from connector.settings.words import is_secret, mismatch, shown, type_in_words

Advice = Callable[[Path, bool], str]


class Checked:
    """What is found while settings are checked: mistakes, added to those given, and values with where they came from.

    `advice` says where a missing setting is to be set, from its key path and whether it is a secret. `beneath` names
    the table that an outermost table lies on: {"source": ("plugins", "billbee")}.
    """

    def __init__(self, stack: Stack, advice: Advice, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        self.values: list[Value] = []
        self.beneath: dict[str, Path] = {}
        self._stack = stack
        self._advice = advice

    def table(self, settings_type: type[msgspec.Struct], data: Table, path: Path = ()) -> dict[str, Any]:
        """Checks the fields of a settings class; returns those that stand in `data`, converted, by name."""
        fields: dict[str, Any] = {}
        for field in msgspec.structs.fields(settings_type):
            here = (*path, field.encode_name)
            if (struct := struct_in(field.type)) is not None:
                fields[field.name] = self.struct(struct, table_at(data, field.encode_name), here)
            elif field.encode_name in data:
                fields[field.name] = self.value(field.type, data[field.encode_name], here)
            elif field.required:
                self.missing(field.type, here)
            else:
                self._show(here, default_of(field), "default")
        return fields

    def struct(self, settings_type: type[msgspec.Struct], data: Table, path: Path) -> Any:
        """Checks a whole settings class; returns its instance, or None where there were mistakes."""
        before = len(self.mistakes)
        fields = self.table(settings_type, data, path)
        if len(self.mistakes) > before:
            return None
        try:
            return settings_type(**fields)
        except (TypeError, ValueError) as error:
            self.mistakes.append(f"{'.'.join(path)}: {_without_secrets(str(error), fields)}")
            return None

    def value(self, annotation: Any, value: Any, path: Path) -> Any:
        """Checks a single value; returns it converted, or None where it is a mistake."""
        struct = struct_in(annotation)
        if isinstance(value, dict) and struct is not None:
            return self.struct(struct, value, path)
        entry_type = _entry_type(annotation)
        if isinstance(value, dict) and entry_type is not None:
            return {key: self.value(entry_type, entry, (*path, key)) for key, entry in value.items()}
        try:
            found = converted(annotation, value)
        except msgspec.ValidationError:
            self.refuse(path, mismatch(annotation, value))
            return None
        self._show(path, found, self._place(path).origin)
        return found

    def missing(self, annotation: Any, path: Path) -> None:
        """Notes that a setting is nowhere to be found."""
        advice = self._advice(path, is_secret(annotation))
        self.mistakes.append(f"{'.'.join(path)}: missing, expected {type_in_words(annotation)}; {advice}")

    def refuse(self, path: Path, why: str) -> None:
        """Notes a mistake in the value at `path`."""
        found = self._place(path)
        self.mistakes.append(f"{found.key}: {why} ({found.origin})")

    def _place(self, path: Path) -> Place:
        beneath = (*self.beneath.get(path[0], ()), *path[1:])
        return self._stack.place(path) or self._stack.place(beneath) or Place(".".join(path), "default")

    def _show(self, path: Path, value: Any, came_from: str) -> None:
        self.values.append(Value(".".join(path), shown(value), came_from))


def default_of(field: msgspec.structs.FieldInfo) -> Any:
    """Returns the default of a field that is not required."""
    return field.default_factory() if field.default is msgspec.NODEFAULT else field.default


def raise_mistakes(who: str, found: Iterable[str]) -> None:
    """Raises ConfigurationError with all mistakes that were found, each once; `who` is the subject and "has"."""
    mistakes = tuple(dict.fromkeys(found))
    if mistakes:
        number = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise ConfigurationError(f"{who} {number}:", mistakes)


def converted(annotation: Any, value: Any) -> Any:
    """Returns a value of the type that a setting has; raises msgspec.ValidationError where it can't be one."""
    if isinstance(value, EnvText):
        return msgspec.convert(str(value), annotation, strict=False, dec_hook=_decode)
    return msgspec.convert(value, annotation, dec_hook=_decode)


def _entry_type(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return get_args(annotation)[1] if get_origin(annotation) is dict else None


def _decode(wanted: type, value: Any) -> Any:
    if not isinstance(value, str) or not value:
        raise ValueError("expected a text")
    if wanted is Secret:
        return Secret(value)
    if wanted is FilePath:
        return FilePath(value)
    raise NotImplementedError(f"settings of the type {wanted.__name__} are not supported")


def _without_secrets(message: str, fields: dict[str, Any]) -> str:
    """Masks secrets in what a settings class says about its fields."""
    for value in fields.values():
        if isinstance(value, dict):
            message = _without_secrets(message, value)
        elif isinstance(value, Secret):
            message = message.replace(value.reveal(), MASK)
    return message

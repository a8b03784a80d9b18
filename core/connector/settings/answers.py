"""The settings of a client that is about to be made, as questions; and answers, checked as the settings are."""

from __future__ import annotations

from typing import Any

import msgspec

from connector.errors import ConfigurationError
from connector.settings.check import converted
from connector.settings.describe import describe_setting, leaves
from connector.settings.layers import EnvText, Path, Table
from connector.settings.schema import ClientBasics, Known, SettingHelp
from connector.settings.structure import is_off
from connector.settings.words import is_secret, mismatch, suggestion


class Question(msgspec.Struct, frozen=True):
    """A setting that a person may be asked for; `help` is None for a mapping step, which has no default."""

    path: Path
    annotation: Any
    help: SettingHelp | None = None

    @property
    def key(self) -> str:
        """The full key, such as `source.username`."""
        return ".".join(self.path)

    @property
    def is_secret(self) -> bool:
        """Whether what is typed must not be seen."""
        return is_secret(self.annotation)


def questions(settings_type: type[msgspec.Struct], path: Path = ()) -> tuple[Question, ...]:
    """Returns a question for each setting of a class that stands in the table `path`."""
    return tuple(
        Question((*path, *place), field.type, describe_setting(place, field))
        for place, field in leaves(settings_type)
    )


def find_question(key: str, known: Known, source: str, target: str) -> Question:
    """Returns the setting of a client with this key; raises ConfigurationError where there is none."""
    steps = tuple(Question(("mapping", name), setting) for name, setting in known.steps.items())
    of_source = questions(known.sources[source], ("source",))
    of_target = questions(known.targets[target], ("target",))
    by_key = {each.key: each for each in (*questions(ClientBasics), *steps, *of_source, *of_target)}
    if key not in by_key:
        raise ConfigurationError(f"{key}: unknown key{suggestion(key, by_key)}")
    return by_key[key]


def answer(question: Question, text: str) -> Any:
    """Returns what a typed text means, as it stands in a file; raises ConfigurationError with what was expected."""
    annotation = question.annotation
    if question.path[0] == "mapping" and is_off(EnvText(text)):
        annotation = bool
    try:
        value = converted(annotation, EnvText(text))
    except msgspec.ValidationError:
        raise ConfigurationError(f"{question.key}: {mismatch(annotation, EnvText(text))}") from None
    return text if question.is_secret else msgspec.to_builtins(value, enc_hook=str)


def put(data: Table, path: Path, value: Any) -> None:
    """Sets a value at a key path, and makes the tables on the way."""
    *tables, key = path
    for table in tables:
        data = data.setdefault(table, {})
    data[key] = value

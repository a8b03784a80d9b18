"""Settings files as text, made from the settings classes: every setting with its help, and what is not set as a note.

Settings that are commented out show their default, so that taking the # away changes nothing.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from connector.settings.common import SECRETS_FILE, SETTINGS_FILE
from connector.settings.describe import describe, example_of
from connector.settings.layers import Table
from connector.settings.schema import ClientBasics, CommonSettings, Known, SettingHelp
from connector.settings.toml import toml_key, toml_value
from connector.settings.words import type_in_words

_WIDTH: Final = 100
_NO_HELP: Final[Mapping[str, str]] = {}

GITIGNORE: Final = f"# Secrets never belong into a repository.\n{SECRETS_FILE}\n{SECRETS_FILE}.*.tmp\n"

_SETTINGS_HEAD: Final = """\
# Settings for all clients. A client's own file, clients/<client>.toml, may override most of them.
# What is commented out shows the default: take the # away to change it. `connector clients add NAME` makes a client.
"""
_SECRETS_HEAD: Final = """\
# Secrets. Only the owner may read this file (mode 600), else it is refused; it never belongs into a repository.
# `connector clients add NAME` writes those of a client below [clients.NAME]. Environment variables do as well.
"""
_CLIENT_HEAD: Final = """\
# The client `{name}`. `connector clients show {name}` tells which value counts and where it comes from.
# What is commented out shows the default; where ../{settings} sets something else, that counts. All other
# settings of that file, [flows] and [mapping] among them, may stand here, too.
"""
_STEPS_HEAD: Final = """\
# Steps that records go through on their way, in this order; take the # away to use one, false switches one off.
"""
_SPEC: Final = re.compile(r" \(SPEC [^)]*\)")


def settings_text(known: Known, step_help: Mapping[str, str] = _NO_HELP) -> str:
    """Returns `settings.toml`, in which nothing is set."""
    parts = [_SETTINGS_HEAD]
    common = (*describe(CommonSettings), *describe(ClientBasics))
    parts += _table([each for each in common if not each.secret], {})
    parts += _steps(known, step_help, {})
    for name, settings_type in _plugins(known).items():
        shared = [each for each in describe(settings_type) if not each.secret and each.default != "required"]
        parts += _table(shared, {}, ("plugins", name), "# Values that all clients of this plugin share.\n")
    return "\n".join(parts)


def secrets_text(known: Known) -> str:
    """Returns `.secrets.toml`, which holds no secret yet."""
    parts = [_SECRETS_HEAD]
    parts += _table([each for each in describe(CommonSettings) if each.secret], {})
    for name, settings_type in _plugins(known).items():
        secrets = [each for each in describe(settings_type) if each.secret]
        if secrets:
            note = f"# For all clients of {name}; what differs from client to client does not belong here.\n"
            parts += _table(secrets, {}, ("plugins", name), note)
    return "\n".join(parts)


def client_text(name: str, data: Table, known: Known, step_help: Mapping[str, str] = _NO_HELP) -> str:
    """Returns the file of a client in which `data` is set, without secrets: those have a file of their own."""
    parts = [_CLIENT_HEAD.format(name=name, settings=SETTINGS_FILE)]
    parts += _table(_chosen(ClientBasics, data), data)
    if "mapping" in data:
        parts += _steps(known, step_help, data["mapping"])
    for side, plugins in (("source", known.sources), ("target", known.targets)):
        own = data[side]
        settings = describe(plugins[own["plugin"]])
        secrets = [each.name for each in settings if each.secret]
        head = f"[{side}]\nplugin = {toml_value(own['plugin'])}\n"
        if secrets:
            head += f"# Secret, so in ../{SECRETS_FILE} below [clients.{name}.{side}]: {', '.join(secrets)}\n"
        parts.append(head)
        parts += _entries([each for each in settings if not each.secret], own, (side,))
    return "\n".join(parts)


def _plugins(known: Known) -> dict[str, type[msgspec.Struct]]:
    return {**known.sources, **known.targets, **known.others}


def _steps(known: Known, step_help: Mapping[str, str], chosen: Table) -> Iterator[str]:
    yield f"{_STEPS_HEAD}[mapping]\n"
    for name, setting in known.steps.items():
        sample = example_of(setting) or ("true" if setting is bool else "...")
        entry = SettingHelp(
            name, type_in_words(setting), "", step_help.get(name, ""), secret=False, example=sample
        )
        yield _entry(entry, name, chosen)


def _chosen(settings_type: type[msgspec.Struct], data: Table) -> list[SettingHelp]:
    """Returns the settings that `data` sets, and all those of a table in which it sets one."""
    return [each for each in describe(settings_type) if each.name.partition(".")[0] in data]


def _table(
    settings: Iterable[SettingHelp], data: Table, path: tuple[str, ...] = (), note: str = ""
) -> Iterator[str]:
    """Yields settings below the head of their table."""
    if path:
        yield f"{note}[{'.'.join(map(toml_key, path))}]\n"
    yield from _entries(list(settings), data, path)


def _entries(settings: Collection[SettingHelp], data: Table, path: tuple[str, ...]) -> Iterator[str]:
    """Yields the settings of one table, then those of the tables within it, since a head ends what stands above."""
    yield from (_entry(each, each.name, data) for each in settings if "." not in each.name)
    for within in dict.fromkeys(each.name.partition(".")[0] for each in settings if "." in each.name):
        inner = [
            msgspec.structs.replace(each, name=each.name.partition(".")[2])
            for each in settings
            if each.name.startswith(f"{within}.")
        ]
        yield from _table(inner, data.get(within, {}), (*path, within))


def _entry(setting: SettingHelp, key: str, data: Table) -> str:
    """Returns a setting with its help: set where `data` has it, else commented out."""
    said = f"{_SPEC.sub('', setting.help)} {setting.type[:1].upper()}{setting.type[1:]}.".strip()
    unset = setting.default == "not set"
    if unset and key not in data:
        said += " By default it is not set; this is an example."
    lines = textwrap.wrap(said, _WIDTH, initial_indent="# ", subsequent_indent="# ")
    if key in data:
        lines.append(f"{toml_key(key)} = {toml_value(_plain(data[key]))}")
    else:
        lines.append(f"# {toml_key(key)} = {_sample(setting)}")
    return "\n".join(lines) + "\n"


def _sample(setting: SettingHelp) -> str:
    """Returns what stands behind the equals sign of a setting that is not set."""
    if setting.secret:
        return '"..."'
    if setting.default in {"required", "not set", ""}:
        return setting.example or '"..."'
    return setting.default


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value, enc_hook=str)

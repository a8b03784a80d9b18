"""What all clients of a settings folder share, read once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Final

import msgspec

from connector.settings.environment import Environment, read_environment, spelling
from connector.settings.files import Document, read_file, read_secrets_file
from connector.settings.layers import Layer, Table, table_at
from connector.settings.words import alternatives, closest, mismatch

SETTINGS_FILE: Final = "settings.toml"
SECRETS_FILE: Final = ".secrets.toml"
CLIENTS_FOLDER: Final = "clients"
CLIENT_NAME: Final = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


class Shared(msgspec.Struct, frozen=True):
    """The layers below and above those of a client, and what is wrong with them.

    With `unreadable` mistakes nothing further can be checked; `misplaced` ones stand beside all others. `orphans` are
    settings for clients that do not exist, each with the client that may have been meant: they are a mistake of that
    client's, and no reason to refuse the others (SPEC R1).
    """

    settings: Layer
    secrets: Layer
    environment: tuple[Layer, ...]
    secrets_of: Mapping[str, Layer]
    environment_of: Mapping[str, tuple[Layer, ...]]
    unreadable: tuple[str, ...]
    misplaced: tuple[str, ...]
    orphans: tuple[tuple[str, str], ...]


def client_files(folder: FilePath) -> dict[str, FilePath]:
    """Returns the files of all clients by the name that they give; hidden files and other endings are no clients."""
    files = sorted((folder / CLIENTS_FOLDER).glob("*.toml"))
    return {file.stem: file for file in files if not file.name.startswith(".")}


def read_shared(folder: FilePath, environ: Mapping[str, str], clients: frozenset[str]) -> Shared:
    """Reads the files and variables that all clients share; `clients` are the names of those there are."""
    settings_file, secrets_file = folder / SETTINGS_FILE, folder / SECRETS_FILE
    settings, secrets = read_file(settings_file), read_secrets_file(secrets_file)
    environment = read_environment(environ)
    parts = table_at(secrets.data, "clients")
    return Shared(
        settings=Layer(str(settings_file), _without_clients(settings)),
        secrets=Layer(str(secrets_file), _without_clients(secrets)),
        environment=environment.common,
        secrets_of={
            name: Layer(str(secrets_file), table_at(parts, name), ("clients", name)) for name in parts
        },
        environment_of=environment.clients,
        unreadable=(*settings.mistakes, *secrets.mistakes),
        misplaced=(
            *environment.mistakes,
            *_clients_in_settings(settings, settings_file, folder),
            *_misplaced_secrets(secrets, secrets_file),
            *_ambiguous_variables(environment, clients),
        ),
        orphans=tuple(_orphans(parts, secrets_file, environment, clients)),
    )


def _without_clients(document: Document) -> Table:
    return {key: value for key, value in document.data.items() if key != "clients"}


def _clients_in_settings(document: Document, file: FilePath, folder: FilePath) -> Iterator[str]:
    for name in table_at(document.data, "clients") or (("<client>",) if "clients" in document.data else ()):
        yield f"clients.{name}: this belongs to {folder / CLIENTS_FOLDER / name}.toml ({file})"


def _misplaced_secrets(document: Document, file: FilePath) -> Iterator[str]:
    parts = document.data.get("clients", {})
    if not isinstance(parts, dict):
        yield f"clients: {mismatch(dict, parts)} ({file})"
        return
    for name, part in parts.items():
        if not isinstance(part, dict):
            yield f"clients.{name}: {mismatch(dict, part)} ({file})"


def _ambiguous_variables(environment: Environment, clients: frozenset[str]) -> Iterator[str]:
    for spelt, layers in environment.clients.items():
        meant = _meant_by(spelt, clients)
        if len(meant) > 1:
            both = " and ".join(f"`{name}`" for name in sorted(meant))
            yield f"clients.{spelt}: this means {both}; use {SECRETS_FILE} for them ({layers[0].origin})"


def _orphans(
    parts: Table, secrets_file: FilePath, environment: Environment, clients: frozenset[str]
) -> Iterator[tuple[str, str]]:
    places = {name: str(secrets_file) for name in parts if name not in clients}
    for spelt, layers in environment.clients.items():
        if not _meant_by(spelt, clients):
            places[spelt] = layers[0].origin
    for name, origin in places.items():
        line = f"clients.{name}: there is no such client{alternatives(name, clients)} ({origin})"
        yield closest(name, clients), line


def _meant_by(spelt: str, clients: frozenset[str]) -> list[str]:
    return [name for name in clients if spelling(name) == spelt]

"""The settings folder: `settings.toml`, `clients/<client>.toml`, `.secrets.toml`, with the environment on top.

`connector.settings.layers` says what covers what.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, Final

import msgspec

from connector.errors import ConfigurationError, NotFound
from connector.settings.check import Checked, raise_mistakes
from connector.settings.client import draft_client, other_plugins, resolve_client, spelt_as_known
from connector.settings.common import (
    CLIENT_NAME,
    CLIENTS_FOLDER,
    SECRETS_FILE,
    SETTINGS_FILE,
    Shared,
    client_files,
    read_shared,
)
from connector.settings.environment import CONFIG, variable
from connector.settings.files import forbidden, read_file
from connector.settings.layers import Layer, Path, Table, layered, stacked
from connector.settings.schema import CommonSettings, Draft, Known, Resolved, Value
from connector.settings.structure import client_keys, common_keys, sifted
from connector.settings.words import alternatives

DEFAULT_FOLDER: Final = "config"


def settings_path(option: str | None, environ: Mapping[str, str]) -> FilePath:
    """Returns the settings folder: the one of `--config`, else of CONNECTOR_CONFIG, else `./config`."""
    return FilePath(option or environ.get(CONFIG) or DEFAULT_FOLDER)


class SettingsFolder:
    """Reads the settings of clients; files are read when they are needed, and what clients share is read once.

    Make a new one to see changes. All methods raise ConfigurationError with one line for each mistake.
    """

    def __init__(self, path: FilePath | str, environ: Mapping[str, str]) -> None:
        self.path = FilePath(path)
        self._environ = environ
        if not self.path.is_dir():
            raise ConfigurationError(
                f"there is no settings folder {self.path}; name one with --config or {CONFIG}, "
                "or make one with: connector init"
            )

    def client_names(self) -> tuple[str, ...]:
        """Returns the names of all clients, in alphabetical order; raises where there is none.

        A name that is not allowed is among them, so that it is refused with that client and not with all.
        """
        if not self._files:
            folder = self.path / CLIENTS_FOLDER
            raise ConfigurationError(
                f"there are no clients in {folder}; add one with: connector clients add NAME"
            )
        return tuple(self._files)

    def common(self) -> CommonSettings:
        """Returns the settings of the framework itself."""
        return self._common[0]

    def common_values(self) -> tuple[Value, ...]:
        """Returns the settings of the framework for people to read, with where each came from."""
        return self._common[1]

    @cached_property
    def _common(self) -> tuple[CommonSettings, tuple[Value, ...]]:
        raise_mistakes("the common settings have", self._shared.unreadable)
        mistakes = list(self._shared.misplaced)
        keys = common_keys(client_keys(None, "", ""), None)
        layers = (self._shared.settings, self._shared.secrets, *self._shared.environment)
        stack = stacked(*(sifted(layer, keys, {}, mistakes) for layer in layers))
        checked = Checked(stack, self._advice, mistakes)
        fields = checked.table(CommonSettings, stack.data)
        raise_mistakes("the common settings have", checked.mistakes)
        state_dir = self.path.resolve().parent / fields.get("state_dir", CommonSettings().state_dir)
        return CommonSettings(**{**fields, "state_dir": state_dir}), tuple(checked.values)

    def plugins(self, known: Known) -> Mapping[str, Any]:
        """Returns what the common settings say of plugins that are neither source nor target.

        It serves a client whose own settings are wrong; mistakes elsewhere are told with that client.
        """
        raise_mistakes("the common settings have", self._shared.unreadable)
        variables = spelt_as_known(self._shared.environment, known)
        checked = Checked(
            stack := stacked(self._shared.settings, self._shared.secrets, *variables), self._advice, []
        )
        settings = other_plugins(known, stack, checked)
        raise_mistakes("the common settings have", checked.mistakes)
        return settings

    def orphans(self) -> tuple[str, ...]:
        """Returns one line for each client that has secrets or variables, but no file in `clients/`."""
        return tuple(line for _, line in self._shared.orphans)

    def client(self, name: str, known: Known) -> Resolved:
        """Returns the settings of one client; `known` is what the installed plugins offer (SPEC C4)."""
        file = self._client_file(name)
        document = read_file(file)
        unreadable = (*self._shared.unreadable, *document.mistakes)
        raise_mistakes(f"client `{name}` has", unreadable)
        return resolve_client(name, Layer(str(file), document.data), self._shared, known)

    def draft(self, name: str, data: Table, secrets: Table, known: Known) -> Draft:
        """Checks the settings of a client that is not there yet, as its file and the secrets file would hold them.

        Raises ConfigurationError where the name can't be taken, or what all clients share can't be read.
        """
        file = self.path / CLIENTS_FOLDER / f"{name}.toml"
        if name in self._files:
            raise ConfigurationError(f"there is a client `{name}` already: {self._files[name]}")
        _check_name(name, f"a client can't be named `{name}`")
        shared = read_shared(self.path, self._environ, frozenset({*self._files, name}))
        raise_mistakes(f"client `{name}` has", shared.unreadable)
        if unwritable := (*forbidden(data), *forbidden(secrets, ("clients", name))):
            return Draft((), unwritable, None)
        kept = shared.secrets_of.get(name, Layer(str(self.path / SECRETS_FILE), {}, ("clients", name)))
        both = msgspec.structs.replace(kept, data=layered([kept.data, secrets]))
        shared = msgspec.structs.replace(shared, secrets_of={**shared.secrets_of, name: both})
        return draft_client(name, Layer(str(file), data), shared, known)

    @cached_property
    def _files(self) -> dict[str, FilePath]:
        return client_files(self.path)

    @cached_property
    def _shared(self) -> Shared:
        return read_shared(self.path, self._environ, frozenset(self._files))

    def _advice(self, path: Path, _: bool) -> str:
        return f"set it in {self.path / SETTINGS_FILE} or as {variable(*path)}"

    def _client_file(self, name: str) -> FilePath:
        names = self.client_names()
        if name not in self._files:
            where = self.path / CLIENTS_FOLDER
            raise NotFound(f"there is no client `{name}` in {where}{alternatives(name, names)}")
        file = self._files[name]
        _check_name(name, f"{file}: rename it")
        return file


def _check_name(name: str, what: str) -> None:
    if not CLIENT_NAME.fullmatch(name):
        raise ConfigurationError(
            f"{what}, a client's name has only small letters and digits, with single - or _ between"
        )

"""Writes settings files: whole or not at all, never over what somebody else wrote, secrets for their owner only."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path as FilePath
from typing import Final

from connector.errors import ConfigurationError
from connector.settings.common import SECRETS_FILE
from connector.settings.layers import Path, Table
from connector.settings.toml import toml_key, toml_value

FOR_OWNER: Final = 0o600
FOR_ALL: Final = 0o644

Secrets = Mapping[Path, Mapping[str, str]]
"""Table → key → secret, such as {("source",): {"api_password": "..."}}."""


def make_folder(path: FilePath) -> bool:
    """Makes a folder, and those that it is in; returns False where it is there already."""
    if path.is_dir():
        return False
    with _explained(path):
        path.mkdir(parents=True)
    return True


def create(path: FilePath, text: str, mode: int = FOR_ALL) -> bool:
    """Writes a file that is not there yet; returns False where there is one, which stays as it is."""
    with _explained(path), _written(path, text, mode) as temporary:
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return False
    return True


def add_secrets(folder: FilePath, client: str, secrets: Secrets) -> None:
    """Adds secrets of a client at the end of the secrets file, and changes nothing else that stands in it.

    Raises ConfigurationError where it has a table of this client already: a value in it is nobody's to replace.
    """
    path = (folder / SECRETS_FILE).resolve()
    with _explained(path):
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        tables = {("clients", client, *table): values for table, values in secrets.items()}
        added = "\n".join(_table_text(table, values) for table, values in tables.items())
        after = f"{text.rstrip()}\n\n{added}" if text.strip() else added
        if not _adds_only(text, after, tables):
            heads = ", ".join(map(_head, tables))
            raise ConfigurationError(
                f"{path}: can't add {heads}, which may be there already; mend it by hand"
            )
        with _written(path, after, FOR_OWNER) as temporary:
            temporary.replace(path)


def _adds_only(before: str, after: str, tables: Secrets) -> bool:
    """Tells whether what is to be written is what stood there and these tables, and nothing else."""
    wanted: Table = tomllib.loads(before)
    for table, values in tables.items():
        place = wanted
        for key in table:
            place = place.setdefault(key, {})
            if not isinstance(place, dict):
                return False
        place.update(values)
    try:
        return tomllib.loads(after) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _table_text(table: Path, values: Mapping[str, str]) -> str:
    lines = [f"{toml_key(key)} = {toml_value(value)}" for key, value in values.items()]
    return "\n".join((_head(table), *lines, ""))


def _head(table: Path) -> str:
    return f"[{'.'.join(map(toml_key, table))}]"


@contextmanager
def _written(path: FilePath, text: str, mode: int) -> Iterator[FilePath]:
    """Writes a temporary file beside `path`, with the owner that a file there has to have, for the block to use."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".tmp")
    temporary = FilePath(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(handle, mode)
            if (
                os.geteuid() == 0
            ):  # what an administrator writes must stay readable to whom the folder belongs
                like = (path if path.exists() else path.parent).stat()
                os.fchown(handle, like.st_uid, like.st_gid)
            os.fsync(handle)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _explained(path: FilePath) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(f"{path}: can't be written: {error.strerror}") from error

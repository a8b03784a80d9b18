"""Writes new plugin packages, for `connector new`.

The folders `source` and `target` beside this file are real packages, for a shop and a warehouse that don't exist. They
are checked and tested as all other code is, and a new package is a copy of one of them under another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from connector.errors import ConfigurationError

Kind = Literal["source", "target"]

SAMPLES: Final[dict[Kind, str]] = {"source": "sampleshop", "target": "sampledepot"}
"""The name that stands in the files of each kind."""

FILES: Final = (".gitignore", "README.md", "pyproject.toml", "src/*/py.typed", "src/**/*.py", "tests/*.py")
"""What a package consists of; tools may leave other files beside these."""

LONGEST_NAME: Final = 24
"""With a longer one, lines of the new package would have to be broken elsewhere."""

_HOME: Final = Path(__file__).parent
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def write_package(kind: Kind, name: str, directory: Path) -> Path:
    """Writes a package for the plugin `name` into a new folder in `directory`, and returns that.

    Raises ConfigurationError, with nothing written, where the name is of no use or the folder is there already.
    """
    check_name(name)
    files = list(files_of(kind, name))
    folder = directory / f"connector-{_dashed(name)}"
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise ConfigurationError(f"{folder} is there already; nothing was written") from None
    except OSError as error:
        raise ConfigurationError(f"{folder} can't be written: {error.strerror}") from error
    for path, text in files:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def check_name(name: str) -> None:
    """Raises ConfigurationError where a plugin can't be called this."""
    if _NAME.fullmatch(name) and len(name) <= LONGEST_NAME:
        return
    fit = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:LONGEST_NAME].strip("_")
    example = fit if _NAME.fullmatch(fit) else "my_shop"
    raise ConfigurationError(
        f"`{name}` can't be the name of a plugin: small letters a to z, digits, and single `_` between them, "
        f"a letter first, at most {LONGEST_NAME} characters, such as `{example}`"
    )


def files_of(kind: Kind, name: str) -> Iterator[tuple[Path, str]]:
    """Yields each file of a new package: its path in the folder, and its text."""
    home = _HOME / kind
    for file in (each for pattern in FILES for each in sorted(home.glob(pattern))):
        path = str(file.relative_to(home))
        yield Path(_renamed(path, kind, name)), _renamed(file.read_text(encoding="utf-8"), kind, name)


def _renamed(text: str, kind: Kind, name: str) -> str:
    """Puts a name into the place of the sample's, as it is written there: in an address, a package, a class, a text."""
    sample = SAMPLES[kind]
    for old, new in (
        (f"{sample}.example.com", f"{_dashed(name)}.example.com"),
        (f"connector-{sample}", f"connector-{_dashed(name)}"),
        (sample.capitalize(), "".join(part.capitalize() for part in name.split("_"))),
        (sample, name),
    ):
        text = text.replace(old, new)
    return text


def _dashed(name: str) -> str:
    return name.replace("_", "-")

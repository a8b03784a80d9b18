"""What an installed package brings for being tried and graded: its case, and what it says of itself.

A package names its case in the entry point group `connector.contract`, under the plugin's name: a function that takes
the plugin and returns a `SourceCase` or a `TargetCase`. It is loaded only when the plugin is tried.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from connector.contracts import Plugin
from connector.errors import ConnectorError
from connector.plugins import Offer
from connector.testing.cases import Case, SourceCase, TargetCase

GROUP: Final = "connector.contract"


class NoCase(ConnectorError):
    """A plugin can't be tried: its package has no case for it, or one that is of no use."""


@dataclass(frozen=True)
class Package:
    """What an installed package says of itself; `folder` is that of its project where it is installed from there."""

    name: str
    version: str
    readme: str
    folder: Path | None


def case_of(offer: Offer[type[Plugin]]) -> Callable[[], Case[Any]]:
    """Returns what makes a new case for an installed plugin; raises NoCase."""
    found = [entry for entry in entry_points(group=GROUP, name=offer.name) if _comes_from(entry, offer)]
    if not found:
        raise NoCase(
            f"`{offer.name}` can't be tried: {offer.package} names no case for it; add the entry point "
            f"`{offer.name}` to the group `{GROUP}`, a function that takes the plugin and returns its SourceCase "
            "or TargetCase"
        )
    try:
        make = found[0].load()
    except (ImportError, AttributeError) as error:
        raise NoCase(
            f"`{offer.name}` can't be tried: its case can't be loaded: {error}{_extras(found[0])}"
        ) from error

    def case() -> Case[Any]:
        made = make(offer.what)
        if not (isinstance(made, SourceCase | TargetCase) and made.plugin is offer.what):
            raise NoCase(
                f"`{offer.name}` can't be tried: {found[0].value} returns no case of the plugin that it is given"
            )
        return made

    return case


def package_of(offer: Offer[type[Plugin]]) -> Package:
    """Reads what the package of a plugin says of itself."""
    found = list(Distribution.discover(name=offer.package))
    folders = [folder for each in found if (folder := _project_folder(each)) is not None]
    folder = folders[0] if folders else None
    readme = f"{_readme_beside(offer.what)}\n{_readme(found, folder)}"
    return Package(offer.package, offer.version, readme, folder)


def _comes_from(entry: EntryPoint, offer: Offer[Any]) -> bool:
    """Nobody else's package has a say in how a plugin is tried."""
    return entry.dist is not None and entry.dist.name == offer.package


def _extras(entry: EntryPoint) -> str:
    """Says which extras a package has: what its case needs may be in one of them."""
    extras = entry.dist.metadata.get_all("Provides-Extra") if entry.dist else None
    return f"; {entry.dist.name} has the extras {', '.join(extras)}" if entry.dist and extras else ""


def _project_folder(found: Distribution) -> Path | None:
    """Returns the folder that a package is installed from so that changes there take effect at once."""
    origin = json.loads(found.read_text("direct_url.json") or "{}")
    if not origin.get("dir_info", {}).get("editable"):
        return None
    folder = Path(url2pathname(urlsplit(origin["url"]).path))
    return folder if folder.is_dir() else None


def _readme_beside(plugin: type[Plugin]) -> str:
    """Returns the README that lies in the plugin's own folder: a package may have several plugins."""
    package = sys.modules[plugin.__module__.partition(".")[0]]
    files = [file for folder in getattr(package, "__path__", ()) for file in Path(folder).glob("README*")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def _readme(found: Sequence[Distribution], folder: Path | None) -> str:
    """Returns the README: of a project that is being worked on as it is now, else as it was packed."""
    for file in sorted(folder.glob("README*")) if folder else ():
        return file.read_text(encoding="utf-8")
    texts = (each.metadata.json.get("description") for each in found)
    return next((str(text) for text in texts if text), "")

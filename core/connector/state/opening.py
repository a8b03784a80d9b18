"""Opens the store that the settings ask for."""

from __future__ import annotations

from pathlib import Path

from connector.clock import Clock
from connector.errors import ConfigurationError
from connector.state.port import StateStore
from connector.state.tiny import TinyStore


def open_store(state_dir: Path, url: str | None, lease_s: float, clock: Clock) -> StateStore:
    """Returns the store in the database that `url` names, and where there is none that of files in `state_dir`.

    Raises ConfigurationError where the URL can't be used, or the package for it is not installed.
    """
    if url is None:
        return TinyStore(state_dir, clock)
    try:
        from connector.state.postgres import PostgresStore  # noqa: PLC0415  (an extra, not always installed)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"state.url needs the package {error.name}; "
            "install it with: pip install 'connector-framework[postgres]'"
        ) from None
    return PostgresStore(url, clock, lease_s)

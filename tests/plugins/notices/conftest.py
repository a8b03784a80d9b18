"""A letterbox, and the command line against the sandbox with the letterbox in its settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.cli.conftest import config, connector, servers  # noqa: F401  (fixtures)
from tests.plugins.notices.letterbox import Letterbox


@pytest.fixture
def letterbox() -> Iterator[Letterbox]:
    box = Letterbox()
    yield box
    box.close()


@pytest.fixture
def told(config: Path, letterbox: Letterbox) -> Letterbox:  # noqa: F811  (the fixture)
    """Lets the letterbox be told of all clients."""
    secrets = config / ".secrets.toml"
    secrets.write_text(f'[plugins.notices.to]\nops = "{letterbox.address}"\n', encoding="utf-8")
    secrets.chmod(0o600)
    return letterbox

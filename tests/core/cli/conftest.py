"""The command line against real servers on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import main
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.commands import write_settings
from connector_sandbox.seed import ean13
from connector_sandbox.servers import Sandbox, SandboxServers

Run = Callable[..., Result]


@pytest.fixture
def servers() -> Iterator[SandboxServers]:
    """Both services with a small shop and no limits: three products, one of them without EAN, and two orders."""
    sandbox = Sandbox.empty()
    sandbox.billbee.habits.throttled = False
    fill(sandbox.shop)
    with SandboxServers(sandbox) as running:
        yield running


def fill(shop: Shop) -> None:
    cup, plate = (shop.add_product(SKU=f"SKU-{n}", EAN=ean13(n), Title=f"Product {n}") for n in (1, 2))
    shop.add_product(SKU="SKU-3", Title="No EAN")
    shop.add_order([(cup, 1)])
    shop.add_order([(plate, 2)])


@pytest.fixture
def config(servers: SandboxServers, tmp_path: Path) -> Path:
    """A settings folder with the client `acme` between the two servers."""
    return write_settings(servers, tmp_path)


@pytest.fixture
def connector(config: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `connector` with these arguments; standard output and standard error are kept apart."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(config), *arguments], catch_exceptions=False)

    return run

"""The guide for those who write plugins: each block of it is taken out and run, as it stands there."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from connector.api import Address, Order, OrderLine, Product
from connector_sandbox.servers import Sandbox, SandboxServers
from tests.core.generated_run import served
from tests.core.integrator import Integrator
from tests.docs import README

GUIDE = README.parent / "plugins" / "README.md"
TEXT = GUIDE.read_text(encoding="utf-8")
PLUGIN = ("pyproject.toml", "connector_csv/__init__.py", "connector_csv/testing.py", "tests/test_csv.py")
FURTHER = ("tests/test_planted.py",)
TOKEN = "a-long-and-peculiar-token"
TO = Address(name="Eva Muster", street="Weg 1", zip="10115", city="Berlin", country_code="DE")


class Block(NamedTuple):
    """A block of the guide; `file` is the one that it is, where it is one."""

    file: str
    language: str
    code: str


def blocks() -> list[Block]:
    """Returns all blocks, in their order."""
    found = re.findall(r"^(?:`([\w./]+)`\n\n)?```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return [Block(*each) for each in found]


def commands(place: int) -> list[list[str]]:
    """Returns the commands of a block of them, by its place among these."""
    code = [each.code for each in blocks() if each.language == "sh"][place]
    return [shlex.split(line) for line in code.replace("\\\n", " ").splitlines()]


# -- what the guide is -----------------------------------------------------------------------------


def test_no_block_of_the_guide_goes_untried() -> None:
    assert TEXT.count("\n```") == 2 * len(blocks())
    assert [each.file for each in blocks() if each.file] == [*PLUGIN, *FURTHER]
    assert [each.language for each in blocks() if not each.file] == ["sh", "sh"]


def test_the_plugin_of_the_guide_has_fewer_than_a_hundred_lines() -> None:
    code = "".join(each.code for each in blocks() if each.file in PLUGIN)
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) < 100
    assert f"in {len(lines)} lines (blank ones aside)" in " ".join(TEXT.split())


def test_every_link_of_the_guide_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#([^)]*))?\)", TEXT)
    assert [link for link, _ in links if not (GUIDE.parent / link).exists()] == []
    assert [
        (link, anchor) for link, anchor in links if anchor and anchor not in anchors(GUIDE.parent / link)
    ] == []


def anchors(page: Path) -> list[str]:
    """Returns what a link can lead to within a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]


# -- what comes of it -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def integrator(tmp_path_factory: pytest.TempPathFactory) -> Integrator:
    """Has written what the guide says, and installed it."""
    someone = Integrator(tmp_path_factory.mktemp("guide"))
    for block in blocks():
        if block.file:
            (someone.desk / block.file).parent.mkdir(exist_ok=True)
            (someone.desk / block.file).write_text(block.code)
    install, *_ = commands(0)
    someone.pip(*install[1:])
    return someone


def test_the_commands_of_the_guide_find_a_bronze_plugin_that_passes_its_tests(integrator: Integrator) -> None:
    _, *others = commands(0)
    said = {" ".join(command): integrator.run(*command) for command in others}
    assert {command: done.returncode for command, done in said.items()} == dict.fromkeys(said, 0)
    assert "contract of CsvSource" in said["pytest"].stdout
    assert (
        "source csv from connector-csv 0.1.0\n    flows: products, orders" in said["connector plugins"].stdout
    )
    assert "bronze" in said["connector plugins check csv"].stdout


def test_the_code_of_the_guide_passes_mypy_strict_and_ruff(integrator: Integrator) -> None:
    for command in (
        ["mypy", "--strict", "connector_csv", "tests"],
        ["ruff", "check", "--line-length", "110", "--select", "I,E,F,UP,SIM,ANN"],
        ["ruff", "format", "--check", "--line-length", "110"],
    ):
        done = integrator.run(*command)
        assert done.returncode == 0, done.stdout


@pytest.fixture
def csv_shop(integrator: Integrator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The shop of the guide, with a product and an order."""
    monkeypatch.syspath_prepend(integrator.desk)
    from connector_csv.testing import CsvShop  # type: ignore[import-not-found]

    shop = CsvShop()
    cup = shop.add_product(Product(id="", sku="CUP", ean="4006381333931", name="Cup, large", weight_g=350))
    line = OrderLine(id="1", product_id=cup, quantity=Decimal(2))
    shop.add_order(Order(id="", receiver=TO, lines=(line,)))
    yield shop
    for name in [name for name in sys.modules if name.startswith("connector_csv")]:
        del sys.modules[name]


def test_an_order_goes_from_the_shop_of_the_guide_to_wemalo(
    integrator: Integrator, csv_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    init, add, rehearse, run = commands(1)
    with served(csv_shop.app) as shop_url, SandboxServers(Sandbox.empty()) as servers:
        monkeypatch.setenv("FILES_TOKEN", TOKEN)
        monkeypatch.setenv("WEMALO_TOKEN", servers.sandbox.token)
        monkeypatch.setenv("CONNECTOR_PLUGINS__WEMALO__BASE_URL", servers.wemalo_url)
        placed = [word.replace("https://files.example.com", shop_url.removesuffix("/api")) for word in add]
        for command in (init, placed, rehearse):
            done = integrator.run(*command)
            assert done.returncode == 0, done.stderr
        assert list(servers.sandbox.warehouse.orders) == []
        (report,) = json.loads(integrator.run(*run, "--json").stdout)["clients"]
        (order,) = servers.sandbox.warehouse.orders
    assert report["problems"] == []
    assert (order.external_id, csv_shop.order("order-1").is_received) == ("order-1", True)

"""`connector plugins check`: a package is tried by the case that it brings, and graded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import main

Install = Callable[..., None]

MODULE = '''
from connector.api import hookimpl
from tests.core.testing.small_shop import SmallSource, small_case

class Shop(SmallSource):
    """What this package offers."""

class Broken(Shop):
    async def products(self):
        async for page in super().products():
            yield page
            return

@hookimpl
def connector_register_sources():
    return {{"{name}": {plugin}}}

def case(plugin):
    return small_case(plugin)

def case_of_another(plugin):
    return small_case()

def no_case(plugin):
    return plugin
'''


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a package as pip leaves it behind: a module, and a folder with what is known of it."""
    monkeypatch.syspath_prepend(tmp_path)

    def installed(name: str, case: str = "case", plugin: str = "Shop", contract: str = "") -> None:
        (tmp_path / f"{name}_module.py").write_text(MODULE.format(name=name, plugin=plugin))
        info = tmp_path / f"{name}-2.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.5\n\nThe `{name}`.")
        lines = ["[connector]", f"{name} = {name}_module"]
        lines += ["[connector.contract]", contract or f"{name} = {name}_module:{case}"] if case else []
        (info / "entry_points.txt").write_text("\n".join(lines))

    return installed


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["plugins", "check", *arguments], catch_exceptions=False)


def test_a_plugin_is_tried_and_graded_and_what_is_missing_is_said(install: Install) -> None:
    install("shop_one")
    found = check("shop_one")
    assert found.exit_code == 0
    assert "source shop_one from shop_one 2.5\n" in found.output
    assert "secrets             4      0       0  no secret stands in" in found.output
    assert "Shop has no method order_shipped (12 tests)\n" in found.output
    assert "the shop has no place for product.ean, product.net_weight_g, " in found.output
    assert "bronze  ok     no contract test fails" in found.output
    assert (
        "silver  LACKS  `connector check` can ask it whether all is in order: it has no method"
        in found.output
    )
    assert "shop_one: bronze (brings products and orders to the warehouse" in found.output
    assert found.output.endswith("; 4 things missing for silver\n")


def test_a_plugin_that_breaks_a_rule_fails_and_the_rule_is_told(install: Install) -> None:
    install("shop_two", plugin="Broken")
    found = check("shop_two")
    assert found.exit_code == 1
    assert "FAILED reading: every_record_comes_once[products]" in found.output
    assert "  rule      A list is read to its last page, and no record comes twice." in found.output
    assert "bronze  LACKS  no contract test fails: tests of reading fail" in found.output


def test_a_program_gets_one_object(install: Install) -> None:
    install("shop_three")
    (found,) = json.loads(check("shop_three", "--json").output)["plugins"]
    assert (found["kind"], found["package"], found["version"]) == ("source", "shop_three", "2.5")
    assert (found["grade"], found["next_grade"]) == ("bronze", "silver")
    assert {"group": "writes", "passed": 7, "failed": 0, "skipped": 49} in found["groups"]
    assert found["demands"][0] == {"grade": "bronze", "demand": "no contract test fails", "lacking": ""}


@pytest.mark.parametrize(
    ("case", "contract", "reason"),
    [
        # says nothing
        ("", "", "shop_four names no case for it; add the entry point `shop_four` to the group"),
        # what it names is not there: a function, a module
        ("gone", "", "its case can't be loaded: module 'shop_four_module' has no attribute 'gone'"),
        ("case", "shop_four = nowhere:case", "its case can't be loaded: No module named 'nowhere'"),
        # it is there, and of no use
        ("no_case", "", "shop_four_module:no_case returns no case of the plugin that it is given"),
        ("case_of_another", "", "returns no case of the plugin that it is given"),
    ],
)
def test_a_plugin_without_a_case_that_is_of_use_can_not_be_tried(
    install: Install, case: str, contract: str, reason: str
) -> None:
    install("shop_four", case=case, contract=contract)
    found = check("shop_four")
    assert found.exit_code == 1
    assert found.output.startswith("Error: `shop_four` can't be tried: ")
    assert reason in found.output


def test_nobody_else_says_how_a_plugin_is_tried(install: Install) -> None:
    install("shop_five")
    for name in ("a_shop", "z_shop"):
        install(name, contract="shop_five = nowhere:case")
    assert check("shop_five").exit_code == 0


@pytest.mark.parametrize(
    ("name", "hint"),
    [("wemal", "did you mean `wemalo`?"), ("magento", "there are billbee, ")],
)
def test_a_plugin_that_nobody_has_is_told(name: str, hint: str) -> None:
    found = check(name)
    assert found.exit_code == 2
    assert f"Error: no plugin `{name}` is installed; {hint}" in found.output


def test_an_option_of_the_list_before_check_is_told() -> None:
    found = CliRunner().invoke(main, ["plugins", "--json", "check", "billbee"])
    assert found.exit_code == 2
    assert "--json belongs to the list; write it after check" in found.output

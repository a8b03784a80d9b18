"""The loader: what installed packages offer, and what is said of those that are broken."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from connector.api import hookimpl
from connector.contracts import Source
from connector.errors import ConfigurationError
from connector.hookspecs import API_VERSION
from connector.plugins import check_version, load_plugins


class ListSource(Source):
    """A source that can do nothing yet."""


def entry(monkeypatch: pytest.MonkeyPatch, name: str, **content: object) -> EntryPoint:
    """Installs a module as a plugin package of this name would."""
    module = ModuleType(name)
    vars(module).update(content)
    monkeypatch.setitem(sys.modules, name, module)
    return EntryPoint(name=name, value=name, group="connector")


@hookimpl
def connector_register_sources() -> dict[str, Any]:
    return {"list": ListSource}


def test_a_package_offers_its_source_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    found = load_plugins(
        [entry(monkeypatch, "shop_a", connector_register_sources=connector_register_sources)]
    )
    assert found.sources["list"].what is ListSource
    assert found.sources["list"].package == "shop_a"


def test_a_name_that_two_packages_claim_belongs_to_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = [
        entry(monkeypatch, name, connector_register_sources=connector_register_sources)
        for name in ("shop_a", "shop_b")
    ]
    found = load_plugins(packages)
    assert "list" not in found.sources
    assert [fault.reason for fault in found.faults] == [
        "the source `list` is claimed by shop_a and shop_b; uninstall one of them"
    ]


def test_a_package_that_can_not_be_imported_takes_nobody_down(monkeypatch: pytest.MonkeyPatch) -> None:
    good = entry(monkeypatch, "shop_a", connector_register_sources=connector_register_sources)
    found = load_plugins([EntryPoint(name="x", value="no_such_shop", group="connector"), good])
    assert list(found.sources) == ["list"]
    assert "`no_such_shop` can't be loaded: ModuleNotFoundError" in found.faults[0].reason


def test_a_misspelt_hook_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    found = load_plugins([entry(monkeypatch, "shop_a", connector_register_source=connector_register_sources)])
    assert "unknown hook 'connector_register_source'" in found.faults[0].reason


@pytest.mark.parametrize("hook", ["connector_register_sources", "connector_run_finished"])
def test_a_hook_without_its_decorator_is_an_error(monkeypatch: pytest.MonkeyPatch, hook: str) -> None:
    found = load_plugins([entry(monkeypatch, "shop_a", **{hook: dict})])
    assert f"{hook} lacks the decorator @hookimpl" in found.faults[0].reason


@pytest.mark.parametrize(
    ("hook", "offer", "reason"),
    [
        # no class of the contract
        ("connector_register_sources", {"odd": int}, "`odd` is no subclass of connector.api.Source"),
        # the other side's contract
        ("connector_register_targets", {"odd": ListSource}, "`odd` is no subclass of connector.api.Target"),
        # no settings class
        ("connector_register_settings", {"odd": dict}, "`odd` is no subclass of msgspec.Struct"),
        # nothing that can be called
        ("connector_register_mapping_steps", {"odd": 5}, "the mapping step `odd` is no function"),
    ],
)
def test_an_offer_that_breaks_the_contract_is_an_error(
    monkeypatch: pytest.MonkeyPatch, hook: str, offer: dict[str, object], reason: str
) -> None:
    def register() -> dict[str, object]:
        return offer

    found = load_plugins([entry(monkeypatch, "shop_a", **{hook: hookimpl(register)})])
    assert reason in found.faults[0].reason


@pytest.mark.parametrize("made_for", ["1.0", "1", "1.2"])
def test_a_package_for_this_version_of_the_plugin_api_fits(made_for: str) -> None:
    check_version(made_for, "shop-a", ours="1.2")


@pytest.mark.parametrize(
    ("made_for", "reason"),
    [
        # what it relies on is gone
        ("1.9", "made for version 1.9 .* has 2.3; install a release of shop-a for version 2"),
        # what it relies on is not there yet: a newer major, a newer minor
        ("3.0", "made for version 3.0 .* has 2.3; upgrade connector-framework, or install an older shop-a"),
        ("2.4", "made for version 2.4 .* has 2.3; upgrade connector-framework, or install an older shop-a"),
        # no version
        (2.0, 'connector_api says for which version .*, as a text such as "2.3"; it is 2.0'),
        ("2.x", "as a text such as \"2.3\"; it is '2.x'"),
    ],
)
def test_a_package_for_another_version_of_the_plugin_api_is_refused(made_for: object, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        check_version(made_for, "shop-a", ours="2.3")


def test_a_package_for_another_version_is_a_fault_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = entry(
        monkeypatch,
        "shop_old",
        connector_api="0.3",
        connector_register_sources=connector_register_sources,
    )
    good = entry(monkeypatch, "shop_a", connector_register_sources=connector_register_sources)
    found = load_plugins([old, good])
    assert found.sources["list"].package == "shop_a"
    assert [(fault.package, fault.reason) for fault in found.faults] == [
        (
            "shop_old",
            f"it is made for version 0.3 of the plugin API, and this connector-framework has {API_VERSION}; "
            "install a release of shop_old for version 1",
        )
    ]


def test_a_package_that_can_not_be_imported_because_it_is_for_another_version_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop_new.py").write_text(
        'connector_api: Final = "2.0"\nfrom connector.api import SomethingNew\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    found = load_plugins([EntryPoint(name="shop_new", value="shop_new", group="connector")])
    assert "made for version 2.0 of the plugin API" in found.faults[0].reason


def test_the_shipped_plugins_come_in_through_the_entry_points_as_everybody_elses() -> None:
    found = load_plugins()
    assert not found.faults
    assert "billbee" in found.sources
    assert "wemalo" in found.targets
    assert {"resolve_sets", "skip_digital", "shipping_profiles"} <= found.steps.keys()

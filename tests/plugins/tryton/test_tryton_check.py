"""What `connector check` says about a Tryton database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connector.api import Finding, Secret
from tests.plugins.tryton.bench import Bench
from tests.plugins.tryton.between import answering


def check(bench: Bench, **changes: Any) -> list[Finding]:
    return list(bench.target(lambda target: target.check(), **changes))


def wrong(bench: Bench, **changes: Any) -> list[Finding]:
    return [finding for finding in check(bench, **changes) if not finding.ok]


def test_a_database_that_is_set_up_has_nothing_to_mend(bench: Bench) -> None:
    assert check(bench) == [
        Finding(what="application key is accepted, company Lager GmbH", ok=True),
        Finding(what="warehouse Warehouse and its zones", ok=True),
        Finding(what="modules", ok=True),
        Finding(what="rights", ok=True),
        Finding(what="countries: 2", ok=True),
    ]


def test_a_check_writes_nothing(bench: Bench) -> None:
    check(bench)
    assert bench.fake.writes() == ["POST ir.model.access/get_access"]  # which is a question


def test_a_wrong_key_is_one_finding_with_a_way_out(bench: Bench) -> None:
    (found,) = check(bench, application_key=Secret("wrong"))
    assert (found.what, found.ok) == ("application key", False)
    assert "validated user application of the kind REST API" in found.advice


def test_a_wrong_database_is_one_finding_that_names_the_settings(bench: Bench) -> None:
    (found,) = check(bench, database="other")
    assert found.what == "Tryton at base_url https://erp.example.com"
    assert "check base_url and database" in found.advice


@pytest.mark.parametrize(
    ("changes", "what", "advice"),
    [
        ({"company": "Muster"}, "company", "there is no company Muster; there are: Lager GmbH"),
        ({"warehouse": "X"}, "warehouse", "there is no warehouse X; there are: Warehouse"),
        (
            {"carrier": "UPS"},
            "carriers",
            "there is no carrier UPS, or more than one; there are: DHL Paket, DPD",
        ),
    ],
)
def test_a_name_that_is_not_there_is_told_with_those_that_are(
    bench: Bench, changes: dict[str, str], what: str, advice: str
) -> None:
    (found,) = wrong(bench, **changes)
    assert (found.what, found.level) == (what, "error")
    assert advice in found.advice


def no_countries(bench: Bench) -> None:
    bench.fake.records.tables["country.country"].clear()


def no_carriers(bench: Bench) -> None:
    bench.fake.records.tables["carrier"].clear()


def no_zones(bench: Bench) -> None:
    bench.fake.records.get("stock.location", 1)["output_location"] = None


def numbering(bench: Bench) -> None:
    bench.fake.records.all("product.configuration")[0]["template_sequence"] = 3


def no_rights(bench: Bench) -> None:
    bench.fake.rights = {"read": 1, "write": 1, "create": 0, "delete": 0}


@pytest.mark.parametrize(
    ("spoil", "what", "level", "advice"),
    [
        (no_countries, "countries: 0", "error", "trytond_import_countries"),
        (no_carriers, "carriers", "warning", "nobody can pack"),
        (no_zones, "warehouse", "error", "has no storage or no output zone"),
        (numbering, "numbering of products", "warning", "Products > Configuration"),
        (no_rights, "rights to add and change product.template", "error", "Stock and Product Administration"),
    ],
)
def test_what_is_not_set_up_is_told_with_a_way_out(
    bench: Bench, spoil: Callable[[Bench], None], what: str, level: str, advice: str
) -> None:
    spoil(bench)
    found = next(finding for finding in wrong(bench) if finding.what.startswith(what))
    assert found.level == level
    assert advice in found.advice


def test_a_module_that_is_missing_is_named_with_its_field(bench: Bench) -> None:
    page = b"<!doctype html><title>500</title><p>&#39;weight&#39;</p>"
    bench.around = answering("GET product.product", page, status=500)
    found = next(finding for finding in wrong(bench) if finding.what == "modules")
    assert "'weight', which Tryton does not know" in found.advice
    assert "install the modules product_measurements, stock and stock_package_shipping" in found.advice

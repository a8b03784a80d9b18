"""Reading lists from Tryton."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from connector.api import TransientError, UnusableAnswer
from connector_tryton.rest import fields_of
from connector_tryton.wire import PartyRow, SentRow
from tests.plugins.tryton.bench import PRODUCT, Bench, pages_of
from tests.plugins.tryton.between import answering


def known(bench: Bench) -> list[str]:
    pages = bench.target(lambda target: pages_of(target.known_products()))
    return [product.id for page in pages for product in page.records]


def add(bench: Bench, *numbers: int) -> None:
    for number in numbers:
        bench.warehouse.add_product(
            msgspec.structs.replace(PRODUCT, id=str(number), sku=f"S{number}", ean=f"{number}")
        )


def test_a_row_names_the_fields_that_are_asked_for() -> None:
    assert list(fields_of(PartyRow))[:4] == ["id", "name", "customer_location", "addresses.id"]
    assert "packages.moves.product.identifiers.code" in fields_of(SentRow)


@pytest.mark.parametrize("more", [0, 1, 2, 3, 5, 6])
def test_R4_a_list_is_read_to_its_end(bench: Bench, more: int) -> None:
    add(bench, *range(more))
    assert known(bench) == [PRODUCT.id, *map(str, range(more))]


def test_a_record_that_drops_out_meanwhile_keeps_no_other_one_back(bench: Bench) -> None:
    add(bench, *range(6))
    table = bench.fake.records.tables["product.product"]
    found = bench.target(lambda target: _read(target.known_products(), lambda: table.pop(min(table))))
    assert found == [PRODUCT.id, *map(str, range(6))]


async def _read(pages: Any, between: Any) -> list[str]:
    found = []
    async for page in pages:
        found += [product.id for product in page.records]
        between()
    return found


def test_R4_a_list_that_never_ends_is_noticed(bench: Bench) -> None:
    add(bench, *range(3))
    row: dict[str, Any] = {"id": 1, "code": None, "active": True, "template": None, "identifiers": []}
    bench.around = answering("GET product.product", [row] * 3)
    with pytest.raises(UnusableAnswer, match="brings nothing new and says that more follow"):
        known(bench)


def test_R4_a_record_without_an_id_is_told_of_when_more_follow(bench: Bench) -> None:
    bench.around = answering("GET product.product", [{"code": "S1"}] * 3)
    with pytest.raises(UnusableAnswer, match="the last record of a page has no id"):
        known(bench)


def test_R4_a_database_that_is_not_there_is_not_an_empty_one(bench: Bench) -> None:
    with pytest.raises(TransientError, match="database is not there"):
        bench.target(lambda target: target.find_order("1"), database="other")

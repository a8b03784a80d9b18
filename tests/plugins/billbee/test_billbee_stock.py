"""Quantities that Billbee's source sets and reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from connector.api import AuthenticationError, Outcome, RecordRefused, StockLevel, TransientError, Unreadable
from connector_billbee.stock import BATCH_SIZE, SPLITS, answered, read_stock
from connector_billbee.wire import StockAnswer
from connector_sandbox.billbee.stockroom import Location
from tests.plugins.bench import Bench, pages_of

UPDATE = "POST /products/updatestockmultiple"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def give(bench: Bench, *levels: StockLevel, **settings: Any) -> list[Outcome]:
    return list(bench.source(lambda source: source.set_stock(levels), **settings))


def products(bench: Bench, count: int) -> list[StockLevel]:
    ids = [bench.shop.add_product(SKU=f"S{place}", stock=1) for place in range(count)]
    return [StockLevel(product_id=str(each), sku=f"S{place}", quantity=7) for place, each in enumerate(ids)]


def answers(outcomes: list[Outcome]) -> list[str]:
    """Returns the words of each refusal, empty where the row went through."""
    return [each.error.params["answer"] if isinstance(each.error, RecordRefused) else "" for each in outcomes]


# -- setting --------------------------------------------------------------------------------------


def test_K1_the_quantity_is_set(bench: Bench) -> None:
    (level,) = products(bench, 1)
    assert give(bench, level) == [Outcome(record_id=level.product_id)]
    assert bench.shop.stock(int(level.product_id)) == 7
    (rows,) = bench.sent(UPDATE)
    assert rows == [
        {
            "BillbeeId": int(level.product_id),
            "NewQuantity": 7,
            "AutosubtractReservedAmount": False,
            "Reason": "connector: stock of the warehouse",
        }
    ]


def test_A4_a_quantity_is_set_by_the_shops_id_even_if_the_sku_has_moved_on_to_another_product(
    bench: Bench,
) -> None:
    level, other = products(bench, 2)
    give(bench, StockLevel(product_id=level.product_id, sku=other.sku, quantity=7))
    assert [bench.shop.stock(int(each.product_id)) for each in (level, other)] == [7, 1]


def test_K1_the_storage_location_is_named_where_it_is_not_the_standard_one(bench: Bench) -> None:
    bench.shop.locations = bench.shop.stockroom.locations = (Location(0, "Standard"), Location(12, "Lager"))
    (level,) = products(bench, 1)
    give(bench, level, storage_location_id=12)
    assert bench.sent(UPDATE)[0][0]["StockId"] == 12
    assert (bench.shop.stock(int(level.product_id)), bench.shop.stock(int(level.product_id), 12)) == (1, 7)


def test_K4_reserved_pieces_are_subtracted_where_the_settings_say_so(bench: Bench) -> None:
    (level,) = products(bench, 1)
    bench.shop.add_order([(int(level.product_id), 2)])
    give(bench, level, auto_subtract_reserved=True)
    assert bench.shop.stock(int(level.product_id)) == 5


def test_K1_a_product_whose_id_is_not_known_is_named_by_its_sku(bench: Bench) -> None:
    (level,) = products(bench, 1)
    assert answers(give(bench, msgspec.structs.replace(level, product_id=""))) == [""]
    assert bench.shop.stock(int(level.product_id)) == 7
    assert "BillbeeId" not in bench.sent(UPDATE)[0][0]


def test_K2_a_level_without_any_name_is_refused_and_not_sent(bench: Bench) -> None:
    (level,) = products(bench, 1)
    nameless = StockLevel(product_id="", quantity=1)
    assert answers(give(bench, nameless, level)) == ["it has neither a product id nor an SKU", ""]
    assert len(bench.sent(UPDATE)[0]) == 1


def test_nothing_to_set_makes_no_call(bench: Bench) -> None:
    assert give(bench) == []
    assert bench.calls.total == 0


def test_K2_a_refused_row_keeps_no_other_back(bench: Bench) -> None:
    first, last = products(bench, 2)
    unknown = StockLevel(product_id="4711", sku="GONE", quantity=3)
    outcomes = give(bench, first, unknown, last)
    assert [each.error is None for each in outcomes] == [True, False, True]
    error = outcomes[1].error
    assert isinstance(error, RecordRefused)
    assert (error.code, error.params["sku"], error.params["quantity"]) == ("stock_refused", "GONE", "3")
    assert error.params["answer"] == "Article 4711 not found (ErrorCode 1)"


def test_K1_many_quantities_are_set_in_batches(bench: Bench) -> None:
    levels = products(bench, 2 * BATCH_SIZE + 1)
    outcomes = give(bench, *levels)
    assert [each.record_id for each in outcomes] == [level.product_id for level in levels]
    assert [len(rows) for rows in bench.sent(UPDATE)] == [BATCH_SIZE, BATCH_SIZE, 1]


@pytest.mark.parametrize("takes_effect", [True, False])
@pytest.mark.parametrize("kind", ["reset", "500", "truncated", "html"])
def test_K1_a_call_whose_outcome_nobody_knows_is_repeated(
    bench: Bench, kind: str, takes_effect: bool
) -> None:
    (level,) = products(bench, 1)
    bench.sandbox.billbee.faults.add(UPDATE, kind, takes_effect=takes_effect)
    assert answers(give(bench, level)) == [""]
    assert bench.shop.stock(int(level.product_id)) == 7


def test_R3_a_batch_that_meets_a_fault_costs_no_other_batch(bench: Bench) -> None:
    levels = products(bench, BATCH_SIZE + 1)
    bench.sandbox.billbee.faults.add(UPDATE, "500", times=4)
    outcomes = give(bench, *levels)
    assert {type(each.error) for each in outcomes[:BATCH_SIZE]} == {TransientError}
    assert outcomes[BATCH_SIZE].error is None


def test_R1_wrong_credentials_stop_all_of_it(bench: Bench) -> None:
    with pytest.raises(AuthenticationError, match="billbee does not accept the credentials"):
        give(bench, *products(bench, 1), username="other@example.com")


def refusing_calls_with(bad: set[str], app: Any) -> Any:
    """Answers like a service that refuses the whole call where one row's product is not to its liking."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()

        async def replay() -> Any:
            return {**message, "more_body": False}

        if bad.isdisjoint(str(row["BillbeeId"]) for row in msgspec.json.decode(message["body"])):
            await app(scope, replay, send)
            return
        await send({"type": "http.response.start", "status": 400, "headers": []})
        await send({"type": "http.response.body", "body": b'{"Message": "a row is wrong"}'})

    return served


@pytest.mark.parametrize(
    "bad",
    [
        [3],
        [0, 50, 99],
        range(100),  # all of them: found out with a bounded number of calls
    ],
)
def test_K2_a_batch_that_is_refused_as_a_whole_is_halved_until_the_row_is_found(
    bench: Bench, bad: Sequence[int]
) -> None:
    levels = products(bench, 100)
    bench.around = lambda app: refusing_calls_with({levels[place].product_id for place in bad}, app)
    outcomes = give(bench, *levels)
    assert [place for place, each in enumerate(outcomes) if each.error] == list(bad)
    assert set(answers(outcomes)) <= {"", "a row is wrong"}
    assert bench.calls.total <= 1 + 2 * SPLITS


# -- whose answer it is ---------------------------------------------------------------------------

A, B = (StockLevel(product_id=str(place), sku=sku, quantity=1) for place, sku in enumerate("AB", 1))


def row(sku: str | None, error: str | None = None) -> dict[str, Any]:
    data = {"SKU": sku, "CurrentStock": 1.0} if sku else None
    return {"ErrorCode": 1 if error else 0, "ErrorMessage": error, "Data": data}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("A"), row("B")], ["ok", "ok"]),
        ([row("B", "no"), row("A")], ["ok", "no"]),  # not in the order of the request
        ([row(None, "no"), row("B")], ["no", "ok"]),  # an error names no product: its place counts
        ([row(None, "no"), row("A")], ["ok", "no answer"]),  # its place is wrong, so it is nobody's
        ([row("B")], ["no answer", "ok"]),
        ([row(None)], ["no answer", "no answer"]),
        ([], ["no answer", "no answer"]),
        ([row("A"), row("B"), row("C")], ["ok", "ok"]),
        ([row("A"), row("B-new")], ["ok", "ok"]),  # A4: the warehouse keeps an old SKU
        ([row("A"), {"ErrorCode": 0, "Data": []}], ["ok", "unreadable"]),
        ([row("A"), None], ["ok", "unreadable"]),
        ([row("A"), {}], ["ok", "unreadable"]),  # says nothing, so it is no success
        ([row("A"), {"ErrorCode": "0", "Data": None}], ["ok", "ok"]),
    ],
)
def test_K2_R4_each_row_gets_its_own_answer(rows: list[Any], expected: list[str]) -> None:
    found = answered([A, B], [msgspec.Raw(msgspec.json.encode(each)) for each in rows])
    assert [said(each) for each in found] == expected


def said(answer: StockAnswer | Unreadable | None) -> str:
    if isinstance(answer, StockAnswer):
        return str(answer.error_message) if answer.error_code == 1 else "ok"
    return "no answer" if answer is None else "unreadable"


def test_R4_a_malformed_row_is_refused_and_tried_again_in_the_next_run(bench: Bench) -> None:
    levels = products(bench, 3)
    bench.sandbox.billbee.faults.add(UPDATE, "wrong_type", path="1.Data")
    found = answers(give(bench, *levels))
    assert (found[0], found[2]) == ("", "")
    assert found[1].startswith("the answer can't be read: ")


# -- reading --------------------------------------------------------------------------------------

PLACES = [{"StockId": 0, "StockCurrent": 5.0}, {"StockId": 12, "StockCurrent": 8.0}]


@pytest.mark.parametrize(
    ("fields", "location", "quantity"),
    [
        ({"StockCurrent": 5.0, "Stocks": PLACES}, 0, 5),
        ({"StockCurrent": 5.0, "Stocks": PLACES}, 12, 8),
        ({"StockCurrent": 5.0, "Stocks": PLACES}, 13, None),  # not stored there
        ({"StockCurrent": 5.0, "Stocks": []}, 0, 5),  # no multi-stock
        ({"StockCurrent": 5.0}, 0, 5),
        ({"StockCurrent": 5.0}, 12, None),
        ({"StockCurrent": 5.0, "Stocks": [None, {"StockId": None, "StockCurrent": 4}]}, 0, 4),
        ({"StockCurrent": "5"}, 0, 5),
        ({"StockCurrent": 0.0}, 0, 0),
        ({"StockCurrent": None}, 0, None),  # stock is not managed
        ({"StockCurrent": -2.0}, 0, None),  # oversold
        ({"StockCurrent": 2.5}, 0, None),  # sold by length
    ],
)
def test_K1_the_quantity_of_the_configured_location_is_read(
    fields: dict[str, Any], location: int, quantity: int | None
) -> None:
    article = msgspec.Raw(msgspec.json.encode({"Id": 1, "SKU": "A", **fields}))
    expected = None if quantity is None else StockLevel(product_id="1", sku="A", quantity=quantity)
    assert read_stock(article, location) == expected


@pytest.mark.parametrize(
    ("article", "reason"),
    [
        (b'{"SKU": "A", "StockCurrent": 1}', "$.Id"),
        (b'{"Id": 1, "SKU": "A", "StockCurrent": 1e400}', "usual number"),
        (b'{"Id": 1, "SKU": "A", "StockCurrent": []}', "StockCurrent"),
        (b'{"Id": 1, "SKU": "A", "Stocks": {}}', "Stocks"),
    ],
)
def test_R4_a_quantity_that_can_not_be_read_says_why(article: bytes, reason: str) -> None:
    found = read_stock(msgspec.Raw(article), 0)
    assert isinstance(found, Unreadable)
    assert found.number == "A"
    assert reason in found.reason


def test_K1_all_pages_of_quantities_are_read(bench: Bench) -> None:
    products(bench, 251)
    pages = bench.source(lambda source: pages_of(source.stock_levels()))
    assert sum(len(page.records) for page in pages) == 251
    assert bench.calls.counts == {"billbee GET /products": 2}


def test_R4_one_malformed_quantity_costs_only_itself(bench: Bench) -> None:
    products(bench, 3)
    bench.sandbox.billbee.faults.add("GET /products", "wrong_type", path="Data.1.Stocks")
    (page,) = bench.source(lambda source: pages_of(source.stock_levels()))
    assert [level.sku for level in page.records] == ["S0", "S2"]
    assert [broken.number for broken in page.unreadable] == ["S1"]

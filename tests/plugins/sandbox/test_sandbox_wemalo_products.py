"""Wemalo's products and stock, through HTTP."""

from typing import Any

import pytest

from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse
from tests.plugins.sandbox.calls import Caller, Ticker

MUG = {
    "externalId": "1",
    "sku": "MUG",
    "productGroup": "A",
    "name": "Becher",
    "depth": 10,
    "grossWeight": 340,
}


def test_a_product_is_added_once(wemalo: Caller) -> None:
    assert wemalo("POST", "/product/add", MUG).json() == {"Success": True, "status": 200}
    refused = wemalo("POST", "/product/add", MUG)
    assert (refused.status_code, refused.json()["status"], refused.json()["Success"]) == (200, 400, False)


def test_adding_a_known_product_updates_it_by_habit(wemalo: Caller, warehouse: Warehouse) -> None:
    warehouse.habits.repeated_product = "updated"
    for name in ("Becher", "Tasse"):
        wemalo("POST", "/product/add", {**MUG, "name": name})
    assert [product.fields["name"] for product in warehouse.products] == ["Tasse"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"externalId": None}, "missing parameter: externalId"),
        ({"sku": ""}, "missing parameter: sku"),
        ({"productGroup": None}, "missing parameter: productGroup"),
        ({"name": "x" * 256}, "name must not be longer than 255 characters"),
        ({"depth": "wide"}, "depth must be a number, not 'wide'"),
        ({"grossWeight": True}, "grossWeight must be a number, not True"),
        ({"externalId": "2", "sku": "TAKEN"}, "sku is already in use: TAKEN"),
    ],
)
def test_a_product_is_refused(
    wemalo: Caller, warehouse: Warehouse, change: dict[str, Any], message: str
) -> None:
    warehouse.add_product(externalId="9", sku="TAKEN")
    refused = wemalo("POST", "/product/add", {**MUG, **change}).json()
    assert (refused["status"], refused["message"]) == (400, message)
    assert len(warehouse.products) == 1


def test_identifiers_may_come_as_numbers(wemalo: Caller) -> None:
    wemalo("POST", "/product/add", {**MUG, "externalId": 1, "sku": 7})
    assert wemalo.get("/product/get/1")["sku"] == "7"
    assert wemalo("POST", "/product/add", {**MUG, "externalId": "2", "sku": "7"}).json()["status"] == 400


@pytest.mark.parametrize(("unique", "status"), [(False, 200), (True, 400)])
def test_an_ean_may_be_given_twice_unless_switched(
    wemalo: Caller, warehouse: Warehouse, unique: bool, status: int
) -> None:
    warehouse.habits.unique_ean = unique
    wemalo("POST", "/product/add", {**MUG, "ean": "4006381333931"})
    second = {**MUG, "externalId": "2", "sku": "CUP", "ean": "4006381333931"}
    assert wemalo("POST", "/product/add", second).json()["status"] == status


@pytest.mark.parametrize(("habit", "added"), [("all_or_none", []), ("others_go_through", ["1", "3"])])
def test_one_refused_product_of_a_batch(
    wemalo: Caller, warehouse: Warehouse, habit: str, added: list[str]
) -> None:
    warehouse.habits.add_multiple = habit  # type: ignore[assignment]
    batch = [MUG, {**MUG, "externalId": "2"}, {"extId": "3", "sku": "CUP", "productGroup": "A"}]
    refused = wemalo("POST", "/product/addMultiple", {"products": batch}).json()
    assert "2: sku is already in use: MUG" in refused["message"]
    assert [product.external_id for product in warehouse.products] == added
    assert [change.key for change in warehouse.written(what="product added")] == added


def test_a_batch_goes_through(wemalo: Caller, warehouse: Warehouse) -> None:
    batch = [{**MUG, "externalId": str(n), "sku": f"S{n}"} for n in range(3)]
    assert wemalo("POST", "/product/addMultiple", {"products": batch}).json()["Success"] is True
    assert len(warehouse.products) == 3
    assert wemalo("POST", "/product/addMultiple", {"products": []}).json()["status"] == 400
    assert wemalo("POST", "/product/addMultiple", {"products": ["x"]}).json()["status"] == 400


def test_an_update_changes_only_what_is_sent(wemalo: Caller, warehouse: Warehouse) -> None:
    wemalo("POST", "/product/add", MUG)
    wemalo("PUT", "/product/update/1", {"name": "Tasse", "sku": "CUP"})
    shown = wemalo.get("/product/get/1")
    assert (shown["name"], shown["sku"], shown["depth"], shown["grossWeight"]) == ("Tasse", "CUP", 10, 340)
    wemalo("PUT", "/product/update/1", {"sku": "CUP"})
    assert warehouse.products.find("CUP", "sku").external_id == "1"


@pytest.mark.parametrize(
    ("external_id", "fields", "status"),
    [
        ("7", {"name": "x"}, 404),
        ("1", {"sku": "TAKEN"}, 400),
        ("1", {"sku": ""}, 400),
    ],
)
def test_an_update_is_refused(
    wemalo: Caller, warehouse: Warehouse, external_id: str, fields: dict[str, str], status: int
) -> None:
    warehouse.add_product(externalId="9", sku="TAKEN")
    wemalo("POST", "/product/add", MUG)
    assert wemalo("PUT", f"/product/update/{external_id}", fields).json()["status"] == status
    assert wemalo.get("/product/get/1")["sku"] == "MUG"


def test_products_are_read_without_external_id_by_habit(wemalo: Caller, warehouse: Warehouse) -> None:
    wemalo("POST", "/product/add", MUG)
    assert wemalo.get("/product/get/1")["externalId"] == "1"
    warehouse.habits.products_with_external_id = False
    assert "externalId" not in wemalo.get("/product/get/1")
    assert "externalId" not in wemalo.get("/product/getAll", fromDate="0101202600")["products"][0]


def test_products_changed_since_an_hour_are_read(
    wemalo: Caller, warehouse: Warehouse, ticker: Ticker
) -> None:
    warehouse.add_product(externalId="1", sku="OLD")
    ticker.later(7200)
    warehouse.add_product(externalId="2", sku="NEW")
    read = [product["sku"] for product in wemalo.get("/product/getAll", fromDate="1811202613")["products"]]
    assert read == ["NEW"]
    wemalo("PUT", "/product/changeActiveFlag/1", {"isActive": False})
    read = [
        product["isActive"] for product in wemalo.get("/product/getAll", fromDate="1811202613")["products"]
    ]
    assert read == [False, True]


@pytest.mark.parametrize("query", [{}, {"fromDate": "2026-11-18"}])
def test_a_date_is_needed(wemalo: Caller, query: dict[str, str]) -> None:
    assert wemalo.get("/product/availableStock/", **query)["status"] == 400


def test_available_stock_shows_only_what_was_booked(
    wemalo: Caller, warehouse: Warehouse, ticker: Ticker
) -> None:
    for name in ("1", "2", "3"):
        warehouse.add_product(externalId=name, sku=f"S{name}", ean=name)
    warehouse.set_stock("1", 4)
    ticker.later(7200)
    warehouse.receive("2", 5)
    warehouse.set_second_choice("2", 3)
    articles = wemalo.get("/product/availableStock/", fromDate="1811202613")["articles"]
    assert [article["externalId"] for article in articles] == ["2"]
    assert articles[0]["attributes"] == [
        {"id": 91, "isDefault": True, "external": "1", "quantity": 5},
        {"id": 92, "isDefault": False, "external": "2", "quantity": 3},
    ]
    everything = wemalo.get("/product/availableStock", fromDate="0101202600")["articles"]
    assert [article["sku"] for article in everything] == ["S1", "S2"]


def test_blocked_pieces_are_not_free(wemalo: Caller, warehouse: Warehouse) -> None:
    warehouse.add_product(externalId="1", sku="A")
    warehouse.set_stock("1", 4)
    warehouse.block("1", 5)
    (article,) = wemalo.get("/product/availableStock/", fromDate="0101202600")["articles"]
    assert article["attributes"][0]["quantity"] == -1


def test_stock_is_shown_with_what_is_reserved(wemalo: Caller, warehouse: Warehouse) -> None:
    warehouse.add_product(externalId="1", sku="A", name="Becher")
    warehouse.set_stock("1", 4)
    warehouse.set_second_choice("1", 1)
    assert [article["quantity"] for article in wemalo.get("/product/stock/1")["articles"]] == [4, 1]
    reduced = wemalo.get("/product/stock/reduced/1")
    assert (reduced["quantity"], reduced["notReservedQuantity"], len(reduced["details"])) == (5, 5, 2)
    assert "details" not in wemalo.get("/product/stock/reduced/1", hideDetails="true")
    assert wemalo.get("/product/stock/2")["status"] == 404


def test_stock_bookings_are_read_until_they_are_flagged(wemalo: Caller, warehouse: Warehouse) -> None:
    warehouse.add_product(externalId="1", sku="A")
    for _ in range(51):
        warehouse.receive("1", 1)
    warehouse.set_stock("1", 3)
    first = wemalo.get("/product/bookings/flag", reason="INCOMING")
    assert (first["numberOfBookings"], first["additionalPage"], first["maxResults"]) == (50, True, 50)
    ids = [entry["bookingHistoryEntries"][0]["historyId"] for entry in first["entries"]]
    assert wemalo("PUT", "/product/bookings/flag", {"historyIds": ids}).json()["allUpdated"] is True
    assert wemalo.get("/product/bookings/flag", reason="INCOMING")["numberOfBookings"] == 1
    assert wemalo.get("/product/bookings/flag", reason="INVENTORY_OUT")["entries"][0]["quantity"] == 48


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (list(range(51)), {"status": 400}),  # too many
        ([1], {"allUpdated": False, "updated": []}),  # unknown
        ("1", {"status": 400}),
    ],
)
def test_at_most_fifty_known_bookings_are_flagged(wemalo: Caller, ids: Any, expected: dict[str, Any]) -> None:
    answer = wemalo("PUT", "/product/bookings/flag", {"historyIds": ids}).json()
    assert expected.items() <= answer.items()
    assert wemalo.get("/product/bookings/flag", reason="NONE")["status"] == 400


def test_booleans_and_numbers_come_as_texts_by_habit(sandbox: Sandbox, wemalo: Caller) -> None:
    sandbox.wemalo.habits.texts_only = True
    wemalo("POST", "/product/add", {**MUG, "isActive": "false", "depth": "10"})
    shown = wemalo.get("/product/get/1")
    assert (shown["Success"], shown["status"], shown["isActive"], shown["grossWeight"]) == (
        "true",
        200,
        "false",
        "340",
    )

"""Wemalo's goods orders, through HTTP."""

from typing import Any

import pytest

from connector_sandbox.exchange import Refusal
from connector_sandbox.wemalo.warehouse import Warehouse
from tests.plugins.sandbox.calls import Caller, Ticker

RECEIVER = {
    "name1": "Erika Musterfrau",
    "street": "Musterstraße 12a",
    "countryCode2Letter": "DE",
    "city": "Musterstadt",
    "zip": "12345",
}


@pytest.fixture
def warehouse(warehouse: Warehouse) -> Warehouse:
    """Two products of which five pieces each are there, one that is never picked, one that is inactive."""
    products: dict[str, dict[str, Any]] = {
        "1": {},
        "2": {},
        "3": {"ignorePicking": "true"},
        "4": {"isActive": False},
    }
    for name, fields in products.items():
        warehouse.add_product(externalId=name, sku=f"S{name}", **fields)
        warehouse.set_stock(name, 5)
    return warehouse


def _order(name: str = "77", positions: Any = None, receiver: Any = None, **meta: Any) -> dict[str, Any]:
    to = {**RECEIVER, **(receiver or {})}
    to = {field: value for field, value in to.items() if value is not None}
    lines = [{"externalId": "1", "quantity": 2}] if positions is None else positions
    return {"meta": {"externalId": name, "receiver": [to], **meta}, "positions": lines}


def _status(wemalo: Caller, name: str = "77") -> tuple[str, str]:
    body = wemalo.get(f"/goodsOrder/getStatus/{name}")
    return body["statusName"], body.get("reasonPartiallyReserved", "")


def test_an_order_reserves_its_goods(wemalo: Caller, warehouse: Warehouse) -> None:
    answer = wemalo("POST", "/goodsOrder/add", _order(orderNumber="DE-1")).json()
    status = wemalo.get("/goodsOrder/getStatus/77")
    assert (status["id"], status["orderNumber"], status["statusId"]) == (answer["id"], "DE-1", "200")
    assert _status(wemalo) == ("OPEN", "")
    assert warehouse.products.get("1").pickable == 3


def test_the_street_number_is_taken_out_of_the_street(wemalo: Caller, warehouse: Warehouse) -> None:
    wemalo("POST", "/goodsOrder/add", _order())
    wemalo("POST", "/goodsOrder/add", _order("78", receiver={"street": "Packstation", "streetNumber": "145"}))
    streets = [(order.receiver["street"], order.receiver["streetNumber"]) for order in warehouse.orders]
    assert streets == [("Musterstraße", "12a"), ("Packstation", "145")]


@pytest.mark.parametrize(
    ("order", "status", "message"),
    [
        ({}, 400, "missing parameter: meta.externalId"),
        (_order(""), 400, "missing parameter: meta.externalId"),
        ({"meta": {"externalId": "1", "receiver": []}}, 400, "missing parameter: meta.receiver"),
        (_order(receiver={"zip": None}), 400, "missing parameter: meta.receiver.zip"),
        (_order(receiver={"name1": None}), 400, "missing parameter: meta.receiver.name1"),
        (
            _order(receiver={"countryCode2Letter": "DEU"}),
            400,
            "countryCode2Letter must have two letters, not 'DEU'",
        ),
        (_order(receiver={"name2": "x" * 256}), 400, "name2 must not be longer than 255 characters"),
        (_order(pickingInfo="x" * 2001), 400, "pickingInfo must not be longer than 2000 characters"),
        (_order(total="much"), 400, "meta.total must be a number, not 'much'"),
        (_order(positions=[]), 400, "missing parameter: positions"),
        (_order(positions=[{"quantity": 1}]), 400, "missing parameter: positions.externalId"),
        (_order(positions=[{"externalId": "1", "quantity": 0}]), 400, "quantity must be at least 1"),
        (
            _order(positions=[{"externalId": "1", "quantity": 0.5}]),
            400,
            "quantity must be an integer, not 0.5",
        ),
        (_order(positions=[{"externalId": "1", "total": 9.99}]), 400, "total must be an integer, not 9.99"),
        (_order(positions=[{"externalId": "8"}]), 404, "No product with externalId found: 8"),
        (_order(positions=[{"externalId": "1"}], externalIdMatch="sku"), 404, "No product with sku found: 1"),
    ],
)
def test_an_order_is_refused(
    wemalo: Caller, warehouse: Warehouse, order: dict[str, Any], status: int, message: str
) -> None:
    refused = wemalo("POST", "/goodsOrder/add", order)
    assert (refused.status_code, refused.json()["status"], refused.json()["message"]) == (
        200,
        status,
        message,
    )
    assert len(warehouse.orders) == 0


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (_order(receiver={"city": ""}), ("PARTIAL", "ADDRESS")),  # empty, where a missing one is refused
        (_order(positions=[{"externalId": "1", "quantity": 6}]), ("PARTIAL", "ARTICLES")),
        (_order(positions=[{"externalId": "4"}]), ("PARTIAL", "ARTICLES")),  # inactive
        (_order(expectedDeliveryDate="2026-11-20"), ("PARTIAL", "DELIVERYDATE")),
        (_order(positions=[{"externalId": "3", "quantity": 9}]), ("OPEN", "")),  # never picked
        (_order(positions=[{"externalId": "S2", "quantity": "3"}], externalIdMatch="sku"), ("OPEN", "")),
    ],
)
def test_what_is_not_complete_is_partial(
    wemalo: Caller, warehouse: Warehouse, order: dict[str, Any], expected: tuple[str, str]
) -> None:
    wemalo("POST", "/goodsOrder/add", order)
    assert _status(wemalo) == expected


def test_goods_that_come_in_go_to_the_oldest_order(wemalo: Caller, warehouse: Warehouse) -> None:
    for name in ("first", "second"):
        wemalo("POST", "/goodsOrder/add", _order(name, [{"externalId": "1", "quantity": 6}]))
    warehouse.receive("1", 1)
    assert (_status(wemalo, "first"), _status(wemalo, "second")) == (("OPEN", ""), ("PARTIAL", "ARTICLES"))
    wemalo("PUT", "/goodsOrder/cancel/first", {"reason": "Storno"})
    assert (_status(wemalo, "first")[0], _status(wemalo, "second")[0]) == ("CANCELLED", "OPEN")


def test_a_delivery_date_passes(wemalo: Caller, warehouse: Warehouse, ticker: Ticker) -> None:
    wemalo("POST", "/goodsOrder/add", _order(expectedDeliveryDate="2026-11-20"))
    ticker.later(2 * 86400)
    assert _status(wemalo) == ("OPEN", "")


@pytest.mark.parametrize(("habit", "orders"), [("second_order", 2), ("refused", 1)])
def test_a_repeated_order(wemalo: Caller, warehouse: Warehouse, habit: str, orders: int) -> None:
    warehouse.habits.repeated_order = habit  # type: ignore[assignment]
    statuses = [wemalo("POST", "/goodsOrder/add", _order()).json()["status"] for _ in range(2)]
    assert (len(warehouse.orders.named("77")), statuses) == (orders, [200, 200 if orders == 2 else 400])


def test_an_order_is_changed_until_it_is_in_process(wemalo: Caller, warehouse: Warehouse) -> None:
    wemalo(
        "POST", "/goodsOrder/add", _order(positions=[{"externalId": "1", "externalPositionIdentifier": "a"}])
    )
    added = wemalo(
        "POST", "/goodsOrder/addPosition/77", {"positions": [{"externalId": "2", "quantity": 9}]}
    ).json()
    assert (added["statusName"], warehouse.products.get("1").reserved) == ("PARTIAL", 1)
    assert wemalo("DELETE", "/goodsOrder/removePosition/77/a").json()["Success"] is True
    assert wemalo("DELETE", "/goodsOrder/removePosition/77/2").json()["Success"] is True
    assert warehouse.products.get("1").reserved == warehouse.products.get("2").reserved == 0
    assert wemalo("DELETE", "/goodsOrder/removePosition/77/a").json()["status"] == 404
    wemalo("PUT", "/goodsOrder/updateMeta/77", {"meta": _order(receiver={"city": "Neustadt"})["meta"]})
    assert warehouse.order("77").receiver["city"] == "Neustadt"
    assert [change.what for change in warehouse.written("77")] == [
        "order added",
        "positions added",
        "position removed",
        "position removed",
        "order updated",
    ]


@pytest.mark.parametrize(
    "status", ["INPROCESS", "INPICKING", "READYFORSHIPMENT", "PACKED", "SHIPPED", "CANCELLED"]
)
def test_an_order_in_process_is_not_changed(wemalo: Caller, warehouse: Warehouse, status: str) -> None:
    wemalo("POST", "/goodsOrder/add", _order())
    warehouse.advance("77", status)
    for method, path, body in (
        ("PUT", "updateMeta/77", {"meta": _order()["meta"]}),
        ("POST", "addPosition/77", {"positions": [{"externalId": "2"}]}),
        ("DELETE", "removePosition/77/1", None),
    ):
        refused = wemalo(method, f"/goodsOrder/{path}", body).json()
        assert refused["message"] == f"Goods order can't be changed, its status is {status}"


@pytest.mark.parametrize(
    ("status", "cancelled"),
    [
        ("", True),
        ("INPROCESS", True),  # a picking list, nothing picked yet
        ("INPICKING", False),
        ("READYFORSHIPMENT", False),
        ("PACKED", False),
        ("SHIPPED", False),
        ("CANCELLED", False),
    ],
)
def test_an_order_is_cancelled_until_it_is_picked(
    wemalo: Caller, warehouse: Warehouse, status: str, cancelled: bool
) -> None:
    wemalo("POST", "/goodsOrder/add", _order())
    if status:
        warehouse.advance("77", status)
    assert wemalo("PUT", "/goodsOrder/cancel/77").json()["Success"] is cancelled


def test_the_warehouse_itself_cancels_later_too(wemalo: Caller, warehouse: Warehouse) -> None:
    warehouse.add_order(**_order())
    warehouse.advance("77", "PACKED")
    assert warehouse.cancel("77", "broken").cancel_reason == "broken"
    assert warehouse.written() == []
    assert _status(wemalo) == ("CANCELLED", "")


def test_an_order_advances_step_by_step(wemalo: Caller, warehouse: Warehouse) -> None:
    warehouse.add_order(**_order())
    seen = [str(warehouse.advance("77").status) for _ in range(5)]
    assert seen == ["INPROCESS", "INPICKING", "READYFORSHIPMENT", "PACKED", "SHIPPED"]
    with pytest.raises(Refusal, match="Nothing comes after SHIPPED"):
        warehouse.advance("77")


def test_a_blocked_order_is_packed_but_not_sent(wemalo: Caller, warehouse: Warehouse) -> None:
    warehouse.add_order(**_order(blocked=1))
    warehouse.advance("77", "PACKED")
    body = wemalo.get("/goodsOrder/getStatus/77")
    assert (body["statusName"], body["blockReason"]) == ("BLOCKEDPACKED", "DOCUMENTS")


def test_a_partial_order_can_be_put_in_process(warehouse: Warehouse) -> None:
    warehouse.add_order(**_order(positions=[{"externalId": "1", "quantity": 9}]))
    assert warehouse.advance("77").status == "INPROCESS"


def test_notes_are_kept(wemalo: Caller, warehouse: Warehouse) -> None:
    warehouse.add_order(**_order())
    assert wemalo("PUT", "/goodsOrder/note/77", {"notices": "eilt"}).json()["Success"] is True
    assert wemalo("PUT", "/goodsOrder/note/77", {}).json()["status"] == 400
    assert warehouse.order("77").notes == ["eilt"]


@pytest.mark.parametrize("path", ["getStatus/8", "packages?externalOrderId=8", "packages?orderId=8"])
def test_an_unknown_order_is_not_found(wemalo: Caller, path: str) -> None:
    assert wemalo.get(f"/goodsOrder/{path}")["status"] == 404


def test_profiles_are_listed_by_carrier(wemalo: Caller) -> None:
    dispatchers = wemalo.get("/goodsOrder/profiles")["dispatcher"]
    assert dispatchers[0]["name"] == "DHL"
    assert dispatchers[0]["profiles"][0]["matchId"] == "DHL Paket"


def test_web_hooks_are_kept(wemalo: Caller) -> None:
    assert (
        wemalo("POST", "/webhook/status_update", {"payload": "https://example.com"}).json()["mode"]
        == "create"
    )
    assert [hook["event"] for hook in wemalo.get("/webhook")["hooks"]] == ["status_update"]
    assert wemalo("POST", "/webhook/nope", {"payload": "https://example.com"}).json()["status"] == 400
    assert wemalo("POST", "/webhook/status_update", {}).json()["status"] == 400
    assert wemalo("DELETE", "/webhook/status_update").json()["Success"] is True
    assert wemalo("DELETE", "/webhook/status_update").json()["status"] == 404

"""A real Vendure, a real Tryton and the connector between them: pytest -m real tests/real/test_real_pair.py"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest

from tests.real.pair import RealPair, open_pair
from tests.real.relay import Strike
from tests.real.vendure_server import can_run

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not can_run(), reason="Vendure needs Node.js and npm, which are not installed"),
]

SHELF = 50


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPair]:
    with open_pair(tmp_path_factory.mktemp("pair")) as pair:
        yield pair


def test_a_day_of_both_ends_in_agreement_and_nothing_is_written_twice(pair: RealPair) -> None:
    cup, plate = pair.sell(), pair.sell()
    assert pair.run()["problems"] == []
    pair.stock_in(**{cup: SHELF, plate: SHELF})
    parted, single, unwanted = pair.buy(**{cup: 2, plate: 1}), pair.buy(**{cup: 1}), pair.buy(**{plate: 3})
    report = pair.run()
    assert (report["problems"], report["flows"]["orders"]["sent"]) == ([], 3)
    assert pair.disagreements() == []

    pair.ship(parted, "0034-1", "0034-2")
    pair.ship(single, "0034-3")
    pair.cancel(unwanted)
    report = pair.run()
    assert (report["completed"], report["problems"]) == (True, [])
    assert pair.disagreements() == []

    assert pair.run()["problems"] == []
    assert pair.writes == []


KEPT, LOST = "state kept", "state lost"
TOLD = {"order_change_unverified"}
"""Reported once for an order that the warehouse has, that is not marked, and of which nothing is remembered."""

KILLS = [
    # the warehouse has the product, and nobody remembers it
    ("POST product.template", "after", KEPT),
    # the order is there, and the staff can't see it yet
    ("POST stock.shipment.out", "after", LOST),
    # the warehouse has the order, the shop's mark is not there yet
    ("POST stock.shipment.out/wait", "after", LOST),
    ("MarkOrder", "before", KEPT),
    # the order is cancelled in the warehouse, and the shop was not told
    ("POST stock.shipment.out/cancel", "after", LOST),
    # one parcel of two is in the shop
    ("AddFulfillment", "after", KEPT),
    # both are, and the order is not shipped yet
    ("ShipFulfillment", "before", LOST),
    # the shop knows everything, and the warehouse does not know that
    ("PUT stock.shipment.out", "before", LOST),
    # the stock is set, and nobody remembers it
    ("SetStock", "after", KEPT),
]


@pytest.mark.parametrize(("call", "moment", "state"), KILLS)
def test_O3_S5_a_run_that_is_killed_is_completed_by_the_next(
    pair: RealPair, call: str, moment: Literal["before", "after"], state: str
) -> None:
    something_happens_everywhere(pair)
    pair.killed_run(Strike(call, moment))
    if state == LOST:
        pair.forget()
    report = pair.run()
    assert (report["completed"], codes(report) - TOLD, pair.disagreements()) == (True, set(), [])


def test_after_all_of_that_nothing_is_left_to_write_and_both_sides_agree_on_every_order(
    pair: RealPair,
) -> None:
    assert (codes(pair.run()) - TOLD, pair.writes) == (set(), [])
    assert pair.disagreements(of_all=True) == []
    assert pair.connector("reconcile")["differences"] == []


def codes(report: Any) -> set[str]:
    return {problem["code"] for problem in report["problems"]}


def something_happens_everywhere(pair: RealPair) -> None:
    """Leaves work in every flow: a new product, an order, a cancellation, an order in two parcels, a count."""
    cup = next(iter(pair.products))
    if len(pair.open_orders) < 2:
        pair.buy(**{cup: 2}), pair.buy(**{cup: 1})
        pair.run()
    shipped, cancelled = pair.open_orders[:2]
    pair.ship(shipped, f"{shipped}-1", f"{shipped}-2")
    pair.cancel(cancelled)
    pair.sell()
    pair.buy(**{cup: 2}), pair.buy(**{cup: 1})
    pair.stock_in(**{cup: SHELF + len(pair.orders)})

"""Changed orders to Wemalo, against the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec
import pytest

from connector.api import (
    Address,
    CallRefused,
    Order,
    OrderLine,
    OutcomeUnknown,
    RecordRefused,
    UnusableAnswer,
)
from tests.plugins.bench import Bench
from tests.plugins.wemalo.between import answering, just_before

RECEIVER = Address(
    name="Erika Musterfrau",
    street="Musterstraße",
    house_number="12",
    zip="12345",
    city="Musterstadt",
    country_code="DE",
)


def line(number: int, pieces: int, product: int) -> OrderLine:
    return OrderLine(id=str(number), product_id=str(product), sku=f"S{product}", quantity=Decimal(pieces))


BEFORE = Order(
    id="300000180937001",
    number="2026-1001",
    receiver=RECEIVER,
    lines=(line(31, 2, 1), line(32, 1, 2)),
    shipping_profile="DHL Paket",
    picking_info="Bitte als Geschenk verpacken",
)
# one line has another quantity, one is gone, one is new
AFTER = msgspec.structs.replace(
    BEFORE,
    receiver=msgspec.structs.replace(RECEIVER, name="Max Mustermann"),
    lines=(line(31, 3, 1), line(33, 1, 3)),
)
REMOVE = ("31", "32")
ADD_POSITIONS = "POST /goodsOrder/addPosition/:externalId"


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    for number in (1, 2, 3):
        bench.warehouse.add_product(externalId=str(number), sku=f"S{number}")
        bench.warehouse.set_stock(str(number), 10)
    bench.target(lambda target: target.create_order(BEFORE))
    bench.sandbox.wemalo.audit.clear()
    return bench


def change(
    bench: Bench,
    order: Order = AFTER,
    remove: Sequence[str] = REMOVE,
    add: Sequence[OrderLine] = AFTER.lines,
) -> None:
    bench.target(lambda target: target.change_order(order, remove, add))


def lines(bench: Bench) -> dict[str, int]:
    positions = bench.warehouse.order(BEFORE.id).positions
    found = {position.identifier: position.quantity for position in positions}
    assert len(found) == len(positions), "a line is in the order twice"
    return found


def receiver(bench: Bench) -> object:
    return bench.warehouse.order(BEFORE.id).receiver["name1"]


def pick(bench: Bench) -> None:
    bench.warehouse.advance(BEFORE.id, "INPROCESS")


def test_O6_receiver_and_lines_become_those_of_the_order(bench: Bench) -> None:
    change(bench)
    assert (receiver(bench), lines(bench)) == ("Max Mustermann", {"31": 3, "33": 1})
    assert bench.warehouse.order(BEFORE.id).positions[0].external_id == "1"


def test_O6_a_change_of_details_alone_touches_no_line(bench: Bench) -> None:
    change(bench, remove=(), add=())
    assert [call.name for call in bench.sandbox.wemalo.audit.calls()] == ["PUT /goodsOrder/updateMeta/:id"]
    assert (receiver(bench), lines(bench)) == ("Max Mustermann", {"31": 2, "32": 1})


def test_O6_details_that_were_emptied_are_emptied_in_the_warehouse(bench: Bench) -> None:
    plain = msgspec.structs.replace(BEFORE, picking_info="", shipping_profile="")
    change(bench, plain, remove=(), add=())
    meta = bench.warehouse.order(BEFORE.id).meta
    assert (meta["pickingInfo"], meta["dispatcherProfile"]) == ("", "")


def test_O6_a_line_that_is_gone_already_does_no_harm(bench: Bench) -> None:
    change(bench, remove=("31", "never there", "32"))
    assert lines(bench) == {"31": 3, "33": 1}


def test_O6_all_new_lines_come_with_one_call(bench: Bench) -> None:
    change(bench)
    (body,) = bench.sent(ADD_POSITIONS)
    assert [position["externalPositionIdentifier"] for position in body["positions"]] == ["31", "33"]


def test_O8_a_change_that_does_not_fit_is_refused_before_anything_is_sent(bench: Bench) -> None:
    with pytest.raises(RecordRefused, match="field_too_long"):
        change(bench, msgspec.structs.replace(AFTER, picking_info="P" * 2001))
    with pytest.raises(RecordRefused, match=r"field_too_long \(field=line\.id"):
        change(bench, add=(msgspec.structs.replace(AFTER.lines[0], id="3" * 256),))
    assert bench.sandbox.wemalo.audit.calls() == []


# -- the warehouse is faster ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "status",
    ["INPROCESS", "INPICKING", "READYFORSHIPMENT", "PACKED", "BLOCKEDPACKED", "SHIPPED", "CANCELLED"],
)
def test_O7_an_order_in_process_is_left_as_it_is(bench: Bench, status: str) -> None:
    bench.warehouse.advance(BEFORE.id, status)
    with pytest.raises(RecordRefused, match="order_in_process") as refused:
        change(bench)
    assert refused.value.params == {"status": status}
    assert (receiver(bench), lines(bench)) == ("Erika Musterfrau", {"31": 2, "32": 1})


def test_O7_a_picking_list_made_after_the_details_leaves_all_lines(bench: Bench) -> None:
    bench.around = just_before("DELETE *", lambda: pick(bench))
    with pytest.raises(RecordRefused, match=r"order_in_process \(status=INPROCESS\)"):
        change(bench)
    assert lines(bench) == {"31": 2, "32": 1}


def test_O7_a_picking_list_made_before_lines_are_only_added_leaves_all_lines(bench: Bench) -> None:
    bench.around = just_before("POST *", lambda: pick(bench))
    with pytest.raises(RecordRefused, match=r"order_in_process \(status=INPROCESS\)"):
        change(bench, remove=(), add=(line(33, 1, 3),))
    assert lines(bench) == {"31": 2, "32": 1}


def test_O7_a_line_too_much_is_no_missing_line(bench: Bench) -> None:
    bench.around = just_before("DELETE *32", lambda: pick(bench))
    with pytest.raises(RecordRefused, match="order_in_process"):
        change(bench, add=())
    assert lines(bench) == {"32": 1}


@pytest.mark.parametrize(
    ("before", "add", "left", "missing"),
    [
        # all old lines are out, none of the new ones is in
        ("POST *", AFTER.lines, {}, "3 x S1, 1 x S3"),
        # the second line is still in, so only the first and the new one are missing
        ("DELETE *32", AFTER.lines, {"32": 1}, "3 x S1, 1 x S3"),
        # the same line is still in with its old quantity: the warehouse must not add all of it
        ("DELETE *32", (line(31, 3, 1), line(32, 5, 2)), {"32": 1}, "3 x S1"),
    ],
)
def test_O7_what_is_missing_after_an_interrupted_change_is_named(
    bench: Bench, before: str, add: Sequence[OrderLine], left: dict[str, int], missing: str
) -> None:
    bench.around = just_before(before, lambda: pick(bench))
    with pytest.raises(RecordRefused, match="order_change_incomplete") as refused:
        change(bench, add=add)
    assert refused.value.params == {"order": "2026-1001", "missing": missing, "status": "INPROCESS"}
    assert lines(bench) == left


@pytest.mark.parametrize("takes_effect", [True, False])
def test_O7_lines_that_may_be_missing_are_named_when_it_is_too_late_to_repeat(
    bench: Bench, takes_effect: bool
) -> None:
    bench.sandbox.wemalo.faults.add(ADD_POSITIONS, "reset", takes_effect=takes_effect)
    bench.around = just_before("GET /goodsOrder/getStatus/*", lambda: pick(bench))
    with pytest.raises(RecordRefused, match=r"order_change_incomplete .*missing=3 x S1, 1 x S3"):
        change(bench)


# -- refusals with another reason -----------------------------------------------------------------


def test_a_refusal_of_an_order_that_still_waits_is_raised_as_it_is(bench: Bench) -> None:
    bench.sandbox.wemalo.faults.add("PUT /goodsOrder/updateMeta/:id", "400")
    with pytest.raises(CallRefused, match="Bad request"):
        change(bench)
    assert lines(bench) == {"31": 2, "32": 1}


def test_an_unknown_product_is_refused_as_it_is_while_no_line_was_touched(bench: Bench) -> None:
    with pytest.raises(CallRefused, match="No product with externalId found: 9"):
        change(bench, remove=(), add=(line(34, 1, 9),))


def test_an_unknown_product_is_an_incomplete_change_once_lines_are_out(bench: Bench) -> None:
    with pytest.raises(
        RecordRefused, match=r"order_change_incomplete .*missing=1 x S9, status=OPEN"
    ) as refused:
        change(bench, add=(line(34, 1, 9),))
    assert isinstance(refused.value.__cause__, CallRefused)


def test_an_order_that_the_warehouse_does_not_have_can_t_be_changed(bench: Bench) -> None:
    with pytest.raises(CallRefused, match="No goods order with externalId found: 4") as refused:
        change(bench, msgspec.structs.replace(AFTER, id="4"))
    assert refused.value.status == 404


# -- faults on the way ----------------------------------------------------------------------------


@pytest.mark.parametrize("takes_effect", [True, False])
@pytest.mark.parametrize("kind", ["reset", "500", "502", "html", "truncated", "empty", "cut_off"])
def test_O6_adding_is_sent_once_and_a_repetition_of_all_ends_in_the_same_order(
    bench: Bench, kind: str, takes_effect: bool
) -> None:
    bench.sandbox.wemalo.faults.add(ADD_POSITIONS, kind, takes_effect=takes_effect)
    with pytest.raises(OutcomeUnknown, match=r"POST /goodsOrder/addPosition"):
        change(bench)
    assert len(bench.sent(ADD_POSITIONS)) == 1
    change(bench, remove=(*REMOVE, *(line.id for line in AFTER.lines)))
    assert lines(bench) == {"31": 3, "33": 1}


def test_O6_an_answer_that_says_nothing_is_an_unknown_outcome(bench: Bench) -> None:
    bench.around = answering("POST /goodsOrder/addPosition/*", {})
    with pytest.raises(OutcomeUnknown, match=r"neither \$\.Success nor \$\.statusName"):
        change(bench)


@pytest.mark.parametrize("call", ["PUT /goodsOrder/updateMeta/*", "DELETE *"])
@pytest.mark.parametrize(
    ("kind", "takes_effect"),
    [("reset", True), ("reset", False), ("html", True), ("503", False), ("419", False), ("419_body", False)],
)
def test_R3_details_and_removals_are_repeated_after_a_passing_fault(
    bench: Bench, call: str, kind: str, takes_effect: bool
) -> None:
    bench.sandbox.wemalo.faults.add(call, kind, takes_effect=takes_effect)
    change(bench)
    assert (receiver(bench), lines(bench)) == ("Max Mustermann", {"31": 3, "33": 1})


@pytest.mark.parametrize("kind", ["419", "419_body", "429"])
def test_R3_lines_put_off_by_the_limit_are_sent_again(bench: Bench, kind: str) -> None:
    bench.sandbox.wemalo.faults.add(ADD_POSITIONS, kind)
    change(bench)
    assert lines(bench) == {"31": 3, "33": 1}


def test_R4_a_web_page_is_no_consent(bench: Bench) -> None:
    bench.sandbox.wemalo.faults.add("DELETE *", "html", takes_effect=False, times=None)
    with pytest.raises(UnusableAnswer, match=r"DELETE /goodsOrder/removePosition.*HTML page"):
        change(bench)


def test_booleans_and_numbers_may_come_as_texts(bench: Bench) -> None:
    bench.sandbox.wemalo.habits.texts_only = True
    change(bench)
    assert lines(bench) == {"31": 3, "33": 1}

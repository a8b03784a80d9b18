"""No customer's data on the page, unless it is switched on."""

from __future__ import annotations

from typing import Any

import pytest

from connector.testing.clock import NOON
from connector.web.privacy import HIDDEN, discreet, personal, without
from connector_sandbox.seed import ean13
from tests.core.web.office import Office

RECEIVER = {
    "name": "Erika Musterfrau",
    "street": "Heidestraße",
    "house_number": "17",
    "zip": "51147",
    "city": "Köln",
    "country_code": "DE",
    "email": "erika@example.com",
}
ANSWER = "Address of Erika Musterfrau, Heidestraße 17, 51147 köln, is not known; ask erika@example.com"
PERSONAL = ("Erika", "Musterfrau", "Heidestraße", "51147", "öln,", "erika@example.com")


@pytest.mark.parametrize("is_shown", [False, True])
def test_names_and_addresses_are_shown_only_where_that_is_switched_on(office: Office, is_shown: bool) -> None:
    answer = {"service": "wemalo", "call": "POST /x", "status": "400", "answer": ANSWER}
    office.report(1, "refused", params=answer, record={"id": "1", "receiver": RECEIVER})
    said = office.page(show_personal_data=is_shown).get("/clients/acme").text
    assert [text in said for text in PERSONAL] == [is_shown] * len(PERSONAL)
    assert "is not known" in said


def test_what_a_service_said_of_an_order_is_hidden_where_the_record_has_gone(office: Office) -> None:
    answer = {"service": "wemalo", "call": "POST /x", "status": "400", "answer": "Frau Musterfrau moved"}
    office.report(1, "refused", params=answer)
    assert f"wemalo refused POST /x (400): {HIDDEN}." in office.page().get("/clients/acme").text
    assert "Frau Musterfrau moved" in office.page(show_personal_data=True).get("/clients/acme").text


def test_of_products_nothing_is_hidden(office: Office) -> None:
    answer = {"service": "wemalo", "call": "POST /x", "status": "400", "answer": "sku taken"}
    office.report(1, "refused", "products", params=answer)
    assert "wemalo refused POST /x (400): sku taken." in office.page().get("/clients/acme").text


@pytest.mark.parametrize("is_shown", [False, True])
def test_an_explanation_keeps_to_the_same(office: Office, is_shown: bool) -> None:
    piece = office.world.shop.add_product(SKU="CUP-1", EAN=ean13(1), Title="Cup")
    order = office.world.shop.add_order([(piece, 1)])
    number = office.world.shop.order(order)["OrderNumber"]

    def report(ledger: Any, _: Any) -> None:
        answer = {"service": "wemalo", "call": "POST /x", "status": "400", "answer": ANSWER}
        ledger.report("refused", "orders", str(order), number, answer, record={"receiver": RECEIVER})
        ledger.report("refused_unclear", "orders", str(order), number, {"answer": "Frau Musterfrau moved"})

    office.remember(report)
    said = office.page(show_personal_data=is_shown).send("/explain", number=number).text
    assert [text in said for text in PERSONAL] == [is_shown] * len(PERSONAL)
    assert "refused POST /x" in said


def test_what_a_side_says_itself_is_read_for_addresses_as_well(office: Office) -> None:
    office.world.shop.add_product(SKU="CUP-1", EAN=ean13(1), Title="Cup for erika@example.com")
    said = office.page().send("/explain", number="CUP-1", kind="product").text
    assert f"Cup for {HIDDEN}" in said
    assert "erika@example.com" not in said


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Erika Musterfrau moved", f"{HIDDEN} moved"),
        ("ERIKA moved", f"{HIDDEN} moved"),
        ("Erikas shop", "Erikas shop"),  # another word
        ("house 17", "house 17"),  # too short to tell anything, and part of other numbers
        ("a.b+c@mail.example.com wrote", f"{HIDDEN} wrote"),
        ("DE-2026 is late", "DE-2026 is late"),
    ],
)
def test_only_what_tells_who_the_customer_is_is_hidden(said: str, left: str) -> None:
    assert without(personal([{"receiver": RECEIVER}]), said) == left


@pytest.mark.parametrize(
    "record", [None, [], "x", {"receiver": None}, {"receiver": []}, {"receiver": {"name": 5}}]
)
def test_a_record_of_any_shape_does_no_harm(record: Any) -> None:
    assert personal([record]) == frozenset()


def test_a_discreet_problem_keeps_no_record() -> None:
    from connector.problems import Problem

    problem = Problem(
        id="1", code="refused", flow="orders", first_seen=NOON, last_seen=NOON, record={"receiver": RECEIVER}
    )
    assert discreet(problem).record is None

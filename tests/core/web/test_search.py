"""The search field: what `connector explain` answers, and only when it is asked."""

from __future__ import annotations

import pytest

from connector_sandbox.seed import ean13
from tests.core.web.office import Office


@pytest.fixture
def held(office: Office) -> str:
    """The number of an order without zip code that one run has held."""
    piece = office.world.shop.add_product(SKU="CUP-1", EAN=ean13(1), Title="Cup")
    order = office.world.shop.add_order([(piece, 1)], to={"Zip": ""})
    office.world.run()
    office.world.clear_audit()
    return str(office.world.shop.order(order)["OrderNumber"])


def test_an_order_is_explained_with_what_to_do(office: Office, held: str) -> None:
    said = office.page().send("/explain", number=f" {held} ", client="acme").text
    assert f"The shop has the order {held}" in said
    assert "The delivery address is not complete; missing: zip code." in said
    assert "Complete the delivery address of the order in the shop" in said


def test_a_number_that_is_no_orders_is_taken_for_an_sku(office: Office, held: str) -> None:
    said = office.page().send("/explain", number="CUP-1").text
    assert "CUP-1" in said
    assert "The warehouse has" in said


def test_what_nobody_knows_is_said(office: Office, held: str) -> None:
    said = office.page().send("/explain", number="<b>X-1</b>").text
    assert "Nobody who answers knows it." in said
    assert "&lt;b&gt;X-1&lt;/b&gt;" in said


def test_the_answer_comes_in_the_readers_language(office: Office, held: str) -> None:
    said = office.page().send("/explain?lang=de", number=held).text
    assert f"Der Shop hat die Bestellung {held}" in said
    assert "Was zu tun ist" in said


def test_nobody_is_asked_before_the_form_is_sent_and_nothing_is_written(office: Office, held: str) -> None:
    page = office.page()
    page.get(f"/explain?number={held}&client=acme")
    page.post("/explain", {"number": held, "client": "acme"})  # not by a form of ours
    assert office.world.calls() == 0
    page.send("/explain", number=held)
    assert office.world.calls() > 0
    assert office.world.writes() == []


def test_of_several_clients_one_has_to_be_chosen(office: Office, held: str) -> None:
    office.add("second")
    page = office.page()
    assert "<option selected>second</option>" in page.get("/explain?client=second").text
    answer = page.send("/explain", number=held)
    assert (answer.status_code, "Enter the number" in answer.text) == (400, True)
    assert page.send("/explain", number=held, client="third").status_code == 404
    assert office.world.calls() == 0


def test_a_service_that_does_not_answer_is_a_sentence(office: Office, held: str) -> None:
    office.world.sandbox.wemalo.faults.add("*", "401", times=None)
    answer = office.page().send("/explain", number=held)
    assert (answer.status_code, "does not accept the credentials" in answer.text) == (200, True)


def test_a_client_whose_settings_are_wrong_is_told(office: Office) -> None:
    office.write("clients/acme.toml", '[source]\nplugin = "bilbee"\n')
    answer = office.page().send("/explain", number="1")
    assert (answer.status_code, "did you mean `billbee`?" in answer.text) == (409, True)

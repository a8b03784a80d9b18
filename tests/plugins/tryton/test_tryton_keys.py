"""How the shop's ids stand in Tryton."""

from __future__ import annotations

import pytest

from connector_tryton.keys import (
    Reference,
    Told,
    id_in,
    is_key,
    key_of,
    literally,
    read_reference,
    reference_of,
    write_reference,
)


@pytest.mark.parametrize(
    "record_id",
    [
        "17",
        "8d0c9e2e-6f1b-4f5e-9d4e-2f8f1f0d9a11",
        "a b",  # a blank would end the order's number
        "50% off",
        "erika@example.com",
        "x (reported)",
        "süß",
    ],
)
def test_an_id_is_read_back_as_it_was(record_id: str) -> None:
    key = key_of(record_id, "acme")
    assert is_key(key)
    assert id_in(key, "acme") == record_id
    reference = Reference(order_id=record_id, number="DE 2026-1", told=Told.PARTLY)
    assert read_reference(write_reference(reference, "acme"), "acme") == reference


def test_a_reference_is_what_people_can_read() -> None:
    assert write_reference(Reference(order_id="17", number="2026-1001"), "acme") == "2026-1001 17@acme"
    assert write_reference(Reference(order_id="17", told=Told.ALL), "acme") == "17@acme (reported)"
    assert write_reference(Reference(order_id="17", number="a\n b"), "acme") == "a b 17@acme"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("", None),
        ("17", None),  # somebody's own reference
        ("2026-1001 17@other", None),  # another shop's order
        ("2026-1001 17@acme2", None),
        ("2026-1001 @acme", None),
        (" 17@acme ", Reference(order_id="17")),
        ("2026-1001 17@acme (reported)", Reference(order_id="17", number="2026-1001", told=Told.ALL)),
    ],
)
def test_a_reference_of_somebody_else_is_none(text: str | None, expected: Reference | None) -> None:
    assert read_reference(text, "acme") == expected


@pytest.mark.parametrize(
    ("reference", "party", "order_id"),
    [
        ("1 17@acme", "17@acme", "17"),
        ("1 17@acme", "18@acme", "17"),  # people have joined two parties
        (None, "17@acme", "17"),  # a copy loses the reference
        ("by phone", "17@acme", "17"),
        (None, "4711", ""),
        (None, "17@other", ""),
    ],
)
def test_a_shipment_belongs_to_the_order_of_its_reference_else_to_that_of_its_party(
    reference: str | None, party: str, order_id: str
) -> None:
    found = reference_of(reference, party, "acme")
    assert (found.order_id if found else "") == order_id


def test_what_a_search_takes_for_a_placeholder_is_meant_literally() -> None:
    assert literally(r"50%_\x") == r"50\%\_\\x"

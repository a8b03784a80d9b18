"""Keeps customers' data off the page where it is not switched on: what a service answers may repeat an address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from connector.problems import Problem

HIDDEN: Final = "•••"

_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PERSONAL: Final = frozenset(
    {
        "name",
        "company",
        "name_addition",
        "street",
        "house_number",
        "addition",
        "zip",
        "city",
        "phone",
        "email",
    }
)
_ABOUT_PEOPLE: Final = frozenset({"orders", "cancellations", "shipments"})
_SHORTEST: Final = 4
"""A shorter text, such as a house number, would hide parts of other words."""


def receiver_of(record: Any) -> dict[str, str]:
    """Returns the receiver in a record that a problem keeps, by the names of the fields; empty where there is none."""
    receiver = record.get("receiver") if isinstance(record, dict) else None
    if not isinstance(receiver, dict):
        return {}
    return {name: value for name, value in receiver.items() if isinstance(value, str) and value.strip()}


def personal(records: Iterable[Any]) -> frozenset[str]:
    """Returns the texts in these records that tell who a customer is."""
    return frozenset(text for record in records for text in _texts(receiver_of(record)))


def discreet(problem: Problem) -> Problem:
    """Returns a problem that tells nothing of a customer.

    What a service answered about an order is hidden altogether where the record has gone by which it is known what in
    the answer is personal.
    """
    texts = personal([problem.record])
    params = {name: without(texts, value) for name, value in problem.params.items()}
    if problem.record is None and problem.flow in _ABOUT_PEOPLE and "answer" in params:
        params["answer"] = HIDDEN
    return msgspec.structs.replace(problem, params=params, record=None)


def without(texts: frozenset[str], said: str) -> str:
    """Returns what is said without these texts, and without e-mail addresses."""
    for text in sorted(texts, key=len, reverse=True):
        said = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", HIDDEN, said, flags=re.IGNORECASE)
    return _EMAIL.sub(HIDDEN, said)


def _texts(receiver: dict[str, str]) -> Iterator[str]:
    for name in _PERSONAL & receiver.keys():
        text = " ".join(receiver[name].split())
        yield from (part for part in (text, *text.split()) if len(part) >= _SHORTEST)

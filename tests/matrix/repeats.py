"""Finds writes that were repeated blindly: for the same record, without a look at it in between (SPEC R3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from connector_sandbox.audit import Entry
from connector_sandbox.faults import FaultKind

Subject = tuple[str, str]
"""A record of one of the two services: what it is, and its id there."""

EVERY: Final = "*"
"""Stands for the ids of all records, for a look at a whole list."""

_NOT_HANDLED: Final = frozenset(
    {FaultKind.TOO_MANY, FaultKind.TOO_MANY_RETRY_AFTER, FaultKind.CALL_LIMIT, FaultKind.CALL_LIMIT_IN_BODY}
)
"""Answers that say that the call was not handled, so that it may simply be sent again."""

_READABLE: Final = frozenset({"", FaultKind.DRIP, FaultKind.MISSING_FIELD, FaultKind.WRONG_TYPE})
"""Faults after which a look still shows something."""


def blind_repetitions(entries: Iterable[Entry]) -> list[str]:
    """Returns a line for each write that was sent again although nobody had looked what became of the first one.

    `entries` are the calls to one service in the order in which they arrived. A write that was refused, or not handled
    at all, may be sent again; one that succeeded as well, unless it adds something.
    """
    unlooked: dict[Subject, set[str]] = {}
    found: list[str] = []
    for entry in entries:
        if entry.name in _LOOKS and entry.fault in _READABLE:
            _forget(unlooked, _LOOKS[entry.name](entry))
        if entry.name not in _WRITES:
            continue
        kind, subjects = _WRITES[entry.name]
        for subject, detail in subjects(entry):
            write = f"{kind} {detail}".strip()
            if write in unlooked.get(subject, ()):
                what, record_id = subject
                found.append(f"{entry.name}: {write} was sent again for {what} {record_id} without a look")
            if _leaves_doubt(entry):
                unlooked.setdefault(subject, set()).add(write)
    return found


def _leaves_doubt(entry: Entry) -> bool:
    """Tells whether the same write once more could do something twice."""
    is_certain = entry.fault in ("", FaultKind.DRIP)
    adds = entry.method == "POST"
    return (adds and bool(entry.changed)) if is_certain else entry.fault not in _NOT_HANDLED


def _forget(unlooked: dict[Subject, set[str]], subject: Subject) -> None:
    what, record_id = subject
    for known in [known for known in unlooked if known == subject or (known[0], EVERY) == (what, record_id)]:
        del unlooked[known]


def _part(entry: Entry, place: int) -> str:
    return entry.path.strip("/").split("/")[place]


def _new_order(entry: Entry) -> list[tuple[Subject, str]]:
    return [(("goods order", entry.body["meta"]["externalId"]), "")]


def _goods_order(entry: Entry) -> list[tuple[Subject, str]]:
    return [(("goods order", _part(entry, 2)), "")]


def _new_product(entry: Entry) -> list[tuple[Subject, str]]:
    return [(("product", entry.body["externalId"]), "")]


def _new_products(entry: Entry) -> list[tuple[Subject, str]]:
    return [(("product", product["externalId"]), "") for product in entry.body["products"]]


def _tags(entry: Entry) -> list[tuple[Subject, str]]:
    return [(("order", _part(entry, 1)), "")]


def _shipment(entry: Entry) -> list[tuple[Subject, str]]:
    """Two tracking numbers of one order are two writes, not a repetition."""
    return [(("order", _part(entry, 1)), entry.body["ShippingId"])]


_WRITES: Final[Mapping[str, tuple[str, Callable[[Entry], list[tuple[Subject, str]]]]]] = {
    # what the call does, by the name under which a repetition by another call counts as well
    "POST /goodsOrder/add": ("creation", _new_order),
    "POST /goodsOrder/addPosition/:externalId": ("new positions", _goods_order),
    "PUT /goodsOrder/cancel/:id": ("cancellation", _goods_order),
    "POST /product/add": ("creation", _new_product),
    "POST /product/addMultiple": ("creation", _new_products),
    "POST /orders/{id}/shipment": ("shipment", _shipment),
    "PUT /orders/{id}/tags": ("replacement of all tags", _tags),
}
_LOOKS: Final[Mapping[str, Callable[[Entry], Subject]]] = {
    "GET /goodsOrder/getStatus/:id": lambda entry: ("goods order", _part(entry, 2)),
    "GET /product/get/:externalId": lambda entry: ("product", _part(entry, 2)),
    "GET /product/getAll": lambda _: ("product", EVERY),
    "GET /orders/{id}": lambda entry: ("order", _part(entry, 1)),
}

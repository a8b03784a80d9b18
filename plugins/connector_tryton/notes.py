"""What people in the warehouse have to know of an order, as a note at its shipment; unread ones catch their eye."""

from __future__ import annotations

from typing import Final

from connector_tryton.keys import literally
from connector_tryton.service import ADD_NOTE, DELETE_NOTE, NOTES
from connector_tryton.session import Session
from connector_tryton.wire import Label, NoteRow

_HEADING: Final = "Aus dem Shop / from the shop:\n"
"""By this a note is known for the connector's, in whatever language people read."""


async def add_note(session: Session, shipment: int, text: str) -> None:
    """Adds a note to a shipment that has none; an empty text is none."""
    if text:
        body = {"resource": _resource(shipment), "message": f"{_HEADING}{text}"}
        await session.rest.create(ADD_NOTE, Label, body)


async def change_note(session: Session, shipment: int, text: str) -> None:
    """Puts a note in the place of the former ones; one that says the same stays."""
    domain = [["resource", "=", _resource(shipment)], ["message", "like", f"{literally(_HEADING)}%"]]
    former = await session.rest.search(NOTES, NoteRow, domain)
    kept = next((row for row in former if text and row.message == f"{_HEADING}{text}"), None)
    if kept is None:
        await add_note(session, shipment, text)
    for row in former:
        if row is not kept:
            await session.rest.delete(DELETE_NOTE, row.id)


def _resource(shipment: int) -> str:
    return f"stock.shipment.out,{shipment}"

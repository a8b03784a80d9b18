"""The party and the address of an order.

Each order has a party of its own, so that nobody's address is changed by the order of another person of that name. Its
code is the order's key: what was left behind by an attempt that was cut off is found again, and used. An address that
was written once stays as it is. A changed receiver gets a new one, so that a single write of the shipment changes all
or nothing.
"""

from __future__ import annotations

from connector.api import Address, Order, RecordRefused
from connector_tryton.directory import subdivision
from connector_tryton.keys import key_of
from connector_tryton.order_mapping import Recipient, address_fields, contacts, fitting_address, outdated
from connector_tryton.products import EVERY
from connector_tryton.service import ADD_ADDRESS, ADD_PARTY, PARTIES, WRITE_PARTY
from connector_tryton.session import Session
from connector_tryton.wire import Body, Label, PartyRow


async def address_of(session: Session, receiver: Address) -> Body:
    """Writes the receiver's address in Tryton's ids; raises RecordRefused where Tryton does not have the country."""
    country = await session.directory.country(receiver.country_code)
    if country is None:
        raise RecordRefused(
            "refused_unclear",
            answer=f"Tryton has no country with the code {receiver.country_code}; enter it there, or import all "
            "with trytond_import_countries",
        )
    return address_fields(receiver, country.id, subdivision(country, receiver.state))


async def recipient_of(session: Session, order: Order, address: Body) -> Recipient:
    """Finds the party of an order and an address of it that says the same; adds what is not there."""
    receiver = order.receiver or Address()
    code = key_of(order.id, session.shop)
    found = await session.rest.search(PARTIES, PartyRow, [["code", "=", code]], EVERY)
    party = found[0] if found else await _add_party(session, code, address)
    row = fitting_address(party, address, contacts(receiver))
    address_id = row.id if row else await _add_address(session, party.id, receiver, address)
    if party.customer_location is None:
        raise RecordRefused("refused_unclear", answer=f"the party {code} in Tryton has no customer location")
    return Recipient(
        party=party.id,
        address=address_id,
        customer_location=party.customer_location,
        outdated=outdated(party, address_id, str(address["party_name"])),
    )


async def forget_former(session: Session, recipient: Recipient) -> None:
    """Takes the name and the contacts of a former receiver away from the party: lists and carriers look there, too."""
    if recipient.outdated:
        await session.rest.write(WRITE_PARTY, recipient.party, Label, recipient.outdated)


async def _add_party(session: Session, code: str, address: Body) -> PartyRow:
    return await session.rest.create(ADD_PARTY, PartyRow, {"code": code, "name": address["party_name"]})


async def _add_address(session: Session, party: int, receiver: Address, address: Body) -> int:
    """Adds an address with the contacts of its own, since one without any would use those of the party."""
    reached_by = [{"party": party, **contact} for contact in contacts(receiver)]
    body = {"party": party, **address, "contact_mechanisms": [["create", reached_by]]}
    return (await session.rest.create(ADD_ADDRESS, Label, body)).id

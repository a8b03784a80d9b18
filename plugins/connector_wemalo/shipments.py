"""What left the warehouse: the queue of handovers, its acknowledgement, and the parcels of one order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from connector.api import CallRefused, Http, Page, Parcel, Shipment, Unreadable, UnusableAnswer, decode_json
from connector_wemalo.reading import certain_truth, flaw, name_of, text, truth
from connector_wemalo.service import FLAG_SENT, GET_PACKAGES, GET_SENT, NAME, is_missing
from connector_wemalo.wire import Booking, BookingLabel, BookingPage, Packages, Verdict

_SENT_COMPLETELY: Final = "500"
"""The order's status id once all of it was sent."""

MOST_PAGES: Final = 10_000
"""Pages of the queue after which it is taken for endless; an hour's handovers fill a few."""


async def read_queue(http: Http) -> list[msgspec.Raw]:
    """Reads all bookings that were not acknowledged yet, to the last page; one that slid to a later page comes once.

    Raises UnusableAnswer where the queue would be read for ever: a page that says that more follow brings nothing new
    (the service does not look at the page number, or goes round in circles), or there are more than `MOST_PAGES`.
    """
    rows: dict[bytes, None] = {}
    for number in range(MOST_PAGES):
        page = await http.call(GET_SENT, BookingPage, query=(("page", number),))
        if page.bookings is None:
            raise UnusableAnswer(f"{NAME} {GET_SENT}: field $.bookings is missing on page {number}")
        known = len(rows)
        rows |= dict.fromkeys(map(bytes, page.bookings))
        if not _more_follow(page):
            return [msgspec.Raw(row) for row in rows]
        if len(rows) == known:
            raise UnusableAnswer(
                f"{NAME} {GET_SENT}: page {number} brings nothing new and says that more follow"
            )
    raise UnusableAnswer(f"{NAME} {GET_SENT}: the queue has more than {MOST_PAGES} pages")


async def read_shipments(http: Http) -> Page[Shipment]:
    """Reads what was handed over; tracking numbers that the queue leaves out are looked up in the orders' parcels."""
    rows = await read_queue(http)
    page, silent = shipments_of(rows), _silent_orders(rows)
    records = [
        await _with_numbers(http, shipment) if shipment.order_id in silent else shipment
        for shipment in page.records
    ]
    return Page(records=tuple(records), unreadable=page.unreadable)


def shipments_of(rows: Iterable[msgspec.Raw]) -> Page[Shipment]:
    """Puts the bookings of each order together into one shipment (SPEC S1).

    Orders that people entered in the warehouse are left out: they have no external id, so the shop can't know them.
    An order with a booking that can't be read is neither complete nor acknowledged, since that booking may hold the
    number of one more parcel: its other numbers go to the shop at once, and all of it is offered again until it can
    be read or was taken out of the queue.
    """
    orders: dict[str, list[Booking]] = {}
    broken: list[BookingLabel] = []
    unreadable: list[Unreadable] = []
    for row in rows:
        label = _label(row)
        if label is not None and not _is_from_shop(label):
            continue
        try:
            booking = _booking(row)
        except msgspec.DecodeError as error:
            named = label or BookingLabel()
            broken.append(named)
            unreadable.append(_unreadable(named, str(error)))
        else:
            orders.setdefault(text(booking.external_goods_order_id), []).append(booking)
    shipments = (
        _shipment(order_id, bookings, is_whole=not _touches(broken, order_id, bookings))
        for order_id, bookings in orders.items()
    )
    return Page(records=tuple(shipments), unreadable=tuple(unreadable))


async def acknowledge(http: Http, receipts: Iterable[str]) -> None:
    """Takes bookings out of the queue; one that is not there any more does no harm (SPEC S5).

    Each by a call of its own: the one that takes 50 (`PUT /product/bookings/flag`) is described for the bookings of
    products, and not known to empty this queue. Where it does not, every parcel would be offered for ever.
    """
    for receipt in receipts:
        try:
            await http.call(FLAG_SENT, Verdict, path={"bookingId": receipt})
        except CallRefused as error:
            if not is_missing(error):
                raise


async def parcels(http: Http, order_id: str) -> list[Parcel]:
    """Reads the packed parcels of an order, none where Wemalo does not have the order."""
    try:
        answer = await http.call(GET_PACKAGES, Packages, query=(("externalOrderId", order_id),))
    except CallRefused as error:
        if is_missing(error):
            return []
        raise
    if answer.packages is None:
        raise UnusableAnswer(f"{NAME} {GET_PACKAGES}: field $.packages is missing")
    return [
        Parcel(
            id=text(package.id),
            tracking_number=text(package.tracking_number),
            product=text(package.profile_name),
            is_handed_over=truth(package.is_handed_over, default=False),
        )
        for package in answer.packages
    ]


async def _with_numbers(http: Http, shipment: Shipment) -> Shipment:
    """Fills in the tracking numbers that are missing; a parcel that has none there has none (SPEC S4)."""
    known = {parcel.id: parcel.tracking_number for parcel in await parcels(http, shipment.order_id)}
    filled = (
        msgspec.structs.replace(parcel, tracking_number=parcel.tracking_number or known.get(parcel.id, ""))
        for parcel in shipment.parcels
    )
    return msgspec.structs.replace(shipment, parcels=tuple(filled))


def _silent_orders(rows: Iterable[msgspec.Raw]) -> set[str]:
    """Returns the external ids of the orders with a package of which the queue does not tell the number."""
    found: set[str] = set()
    for row in rows:
        with suppress(msgspec.DecodeError):
            booking = decode_json(row, Booking)
            if booking.tracking_number is msgspec.UNSET:
                found.add(text(booking.external_goods_order_id))
    return found


def _more_follow(page: BookingPage) -> bool:
    try:
        return certain_truth(page.additional_page, "additionalPage")
    except msgspec.ValidationError:
        raise UnusableAnswer(
            f"{NAME} {GET_SENT}: field $.additionalPage says neither true nor false"
        ) from None


def _label(row: msgspec.Raw) -> BookingLabel | None:
    try:
        return decode_json(row, BookingLabel)
    except msgspec.DecodeError:
        return None


def _is_from_shop(label: BookingLabel) -> bool:
    external_id = label.external_goods_order_id
    is_empty = isinstance(external_id, str) and not external_id.strip()
    return external_id is not None and not is_empty


def _booking(row: msgspec.Raw) -> Booking:
    """Reads a booking; raises DecodeError where it can't be acknowledged, or does not say how far its order is."""
    booking = decode_json(row, Booking)
    if not text(booking.history_id):
        raise flaw("Expected an id", "historyId")
    if not text(booking.order_status_id):
        raise flaw("Expected the id of a status", "orderStatusId")
    if booking.tracking_number is msgspec.UNSET and not text(booking.package_id):
        raise flaw("Expected a tracking number or the id of a package", "trackingNumber")
    return booking


def _unreadable(label: BookingLabel, reason: str) -> Unreadable:
    number = name_of(label.order_number_customer) or name_of(label.external_goods_order_id)
    return Unreadable(record_id=name_of(label.history_id), number=number, reason=reason)


def _touches(broken: Iterable[BookingLabel], order_id: str, bookings: Sequence[Booking]) -> bool:
    """Tells whether one of the broken bookings belongs to this order, by the shop's id or by Wemalo's own."""
    own_ids = {text(booking.goods_order_id) for booking in bookings} - {""}
    return any(
        name_of(label.external_goods_order_id) == order_id or name_of(label.goods_order_id) in own_ids
        for label in broken
    )


def _shipment(order_id: str, bookings: Sequence[Booking], *, is_whole: bool) -> Shipment:
    sent_completely = any(text(booking.order_status_id) == _SENT_COMPLETELY for booking in bookings)
    receipts = dict.fromkeys(text(booking.history_id) for booking in bookings)
    return Shipment(
        order_id=order_id,
        order_number=next(filter(None, (text(booking.order_number_customer) for booking in bookings)), ""),
        parcels=_parcels(bookings),
        is_complete=is_whole and sent_completely,
        receipts=tuple(receipts) if is_whole else (),
    )


def _parcels(bookings: Iterable[Booking]) -> tuple[Parcel, ...]:
    """Returns one parcel per package; without a package's id the tracking number tells them apart.

    A package with two numbers is two parcels here, so that neither number gets lost.
    """
    found: dict[tuple[str, str], Parcel] = {}
    for booking in bookings:
        said = booking.tracking_number
        package_id, number = text(booking.package_id), "" if said is msgspec.UNSET else text(said)
        parcel = Parcel(
            id=package_id,
            tracking_number=number,
            carrier=text(booking.dispatcher_name),
            product=text(booking.dispatcher_product),
        )
        found.setdefault((package_id, number), parcel)
    numbered = {package_id for package_id, number in found if number}
    return tuple(
        parcel for (package_id, number), parcel in found.items() if number or package_id not in numbered
    )

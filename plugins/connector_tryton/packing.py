"""The parcels of a shipment, as people packed it. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from connector.api import PackedItem, Parcel
from connector_tryton.directory import Carrier
from connector_tryton.product_mapping import shop_id
from connector_tryton.reading import usual
from connector_tryton.wire import PackageRow, PackedRow, SentRow

SENT: Final = ("shipped", "done")
"""States of a shipment that the carrier has."""


def parcels_of(row: SentRow, carriers: Iterable[Carrier], shop: str) -> list[Parcel]:
    """Returns one parcel per package, or one for all of a shipment that was sent with a single number, or without.

    A package within another one is a parcel only where it has a tracking number of its own. Raises ValidationError
    where a number of pieces makes no sense.
    """
    carrier = next((each for each in carriers if row.carrier and each.id == row.carrier.id), None)
    packages = {package.id: package for package in row.packages}
    parcels = _parcels(row)
    contents: dict[int, list[PackedItem]] = {parcel_id: [] for parcel_id in parcels}
    for package in row.packages:
        contents.get(_parcel_around(package, parcels, packages), []).extend(_items(package.moves, shop))
    return [
        Parcel(
            id=parcel.number or str(parcel_id),
            tracking_number=(parcel.shipping_reference or "").strip(),
            carrier=carrier.company if carrier else "",
            product=carrier.name if carrier else "",
            is_handed_over=row.state in SENT,
            contents=tuple(contents[parcel_id]),
        )
        for parcel_id, parcel in parcels.items()
    ]


def _parcels(row: SentRow) -> Mapping[int, PackageRow]:
    numbered = any(package.shipping_reference for package in row.packages)
    if row.packages and (numbered or not row.shipping_reference):
        return {each.id: each for each in row.packages if each.parent is None or each.shipping_reference}
    if row.state in SENT:
        return {row.id: PackageRow(row.id, row.number, row.shipping_reference, None, [])}
    return {}


def _parcel_around(
    package: PackageRow, parcels: Mapping[int, PackageRow], packages: Mapping[int, PackageRow]
) -> int:
    """Returns the id of the parcel in which a package lies, 0 where it lies in none."""
    found: PackageRow | None = package
    for _ in packages:
        if found is None or found.id in parcels:
            break
        found = packages.get(found.parent or 0)
    return found.id if found is not None else 0


def _items(moves: Iterable[PackedRow], shop: str) -> Iterable[PackedItem]:
    for move in moves:
        yield PackedItem(
            product_id=shop_id(move.product.identifiers, shop),
            sku=move.product.code or "",
            quantity=usual(move.internal_quantity),
        )

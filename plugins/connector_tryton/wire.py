"""Tryton's records as far as they are used, under the names of its fields.

The fields of a row are the ones that are asked for (`connector_tryton.rest.fields_of`). A text that is not there is
null; truth comes as 0 or 1 from a database that has no booleans.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

Body = Mapping[str, object]
"""What is sent: values by field, `[["create", [{…}]]]` and the like for records that belong to the one that is sent."""


class Label(msgspec.Struct, gc=False):
    """What names a record, whatever else is wrong with it."""

    id: int


class Named(msgspec.Struct, gc=False):
    """A record of which only the name is of use."""

    name: str


class Coded(msgspec.Struct, gc=False):
    """A record of which only the code is of use."""

    code: str | None


class Access(msgspec.Struct, gc=False):
    """What the user may do with the records of one model."""

    read: bool
    write: bool
    create: bool
    delete: bool


class CodeRow(msgspec.Struct, gc=False):
    """A country or a currency."""

    id: int
    code: str | None


class CompanyRow(msgspec.Struct, gc=False):
    """A company of the user."""

    id: int
    party: Named
    currency: CodeRow


class WarehouseRow(msgspec.Struct, gc=False):
    """A warehouse and its zones; people pick in `picking_location`, where there is one, else in the storage zone."""

    id: int
    name: str
    code: str | None
    storage_location: Label | None
    picking_location: Label | None
    output_location: Label | None


class UnitRow(msgspec.Struct, gc=False):
    """A unit of measure; `factor` is in the base unit of its kind (kg, m, piece)."""

    id: int
    symbol: str


class SubdivisionRow(msgspec.Struct, gc=False):
    """A state of a country; its code is such as `US-NY`."""

    id: int
    name: str
    code: str | None


class CountryRow(msgspec.Struct, gc=False):
    """A country and its states."""

    id: int
    subdivisions: list[SubdivisionRow]


class CarrierRow(msgspec.Struct, gc=False):
    """A way to ship: who carries, and as which of his products. `rec_name` is how people see it."""

    id: int
    rec_name: str
    party: Named
    carrier_product: Named


class NumberingRow(msgspec.Struct, gc=False):
    """Whether Tryton gives products codes of its own, which would stand before their SKUs."""

    template_sequence: int | None


class UnitFactor(msgspec.Struct, gc=False):
    """A unit of weight, in kg."""

    factor: float


class IdentifierRow(msgspec.Struct, gc=False):
    """A code of a product beside its SKU: `ean`, or the shop's key, which has no type."""

    id: int
    type: str | None
    code: str


class TemplateRow(msgspec.Struct, gc=False):
    """What variants of a product have in common; a product without variants is the only one of its template."""

    id: int
    name: str
    code: str | None
    type: str
    active: bool
    weight: float | None
    weight_uom: UnitFactor | None
    default_uom: Label
    products: list[int]


class ProductRow(msgspec.Struct, gc=False):
    """A product that can be stored; `code` is its SKU, that of the template and its own together."""

    id: int
    code: str | None
    active: bool
    template: TemplateRow
    identifiers: list[IdentifierRow]


class VariantRow(msgspec.Struct, gc=False):
    """A product as the answer to a write shows it."""

    id: int
    code: str | None


class WrittenTemplate(msgspec.Struct, gc=False):
    """The answer to a write of a template."""

    id: int
    products: list[VariantRow]


class StockRow(msgspec.Struct, gc=False):
    """A product and how many pieces of it are in the place that the context names."""

    id: int
    code: str | None
    active: bool
    quantity: float
    identifiers: list[IdentifierRow]


class StockLabel(msgspec.Struct, gc=False):
    """What names a product in a message, whatever else is wrong with it."""

    id: object = None
    code: object = None


class ContactRow(msgspec.Struct, gc=False):
    """A phone number or an e-mail address."""

    type: str
    value: str | None


class PartyContactRow(msgspec.Struct, gc=False):
    """A contact as the party has it; `address` is the one that it belongs to."""

    id: int
    address: int | None


class AddressRow(msgspec.Struct, gc=False):
    """Where a parcel goes."""

    id: int
    party_name: str | None
    attn: str | None
    street_unstructured: str | None
    postal_code: str | None
    city: str | None
    country: int | None
    subdivision: int | None
    contact_mechanisms: list[ContactRow]


class PartyRow(msgspec.Struct, gc=False):
    """The customer of one order. Its contacts are those of all its addresses, and what people have added."""

    id: int
    name: str
    customer_location: int | None
    addresses: list[AddressRow]
    contact_mechanisms: list[PartyContactRow]


class MoveRow(msgspec.Struct, gc=False):
    """Pieces of a product that go from one place to another."""

    id: int
    product: int
    internal_quantity: float


class ShipmentRow(msgspec.Struct, gc=False):
    """A shipment to a customer; it gets its number when it is handed to the warehouse."""

    id: int
    number: str | None
    reference: str | None
    state: str
    customer: Coded
    outgoing_moves: list[MoveRow]


class WrittenShipment(msgspec.Struct, gc=False):
    """The answer to a write of a shipment."""

    id: int
    state: str


class ReferenceRow(msgspec.Struct, gc=False):
    """What a shipment says of itself."""

    id: int
    reference: str | None
    customer: Coded


class PackedProduct(msgspec.Struct, gc=False):
    """A product in a package."""

    code: str | None
    identifiers: list[IdentifierRow]


class PackedRow(msgspec.Struct, gc=False):
    """Pieces in a package."""

    internal_quantity: float
    product: PackedProduct


class PackageRow(msgspec.Struct, gc=False):
    """A package; one with a parent lies within another. `shipping_reference` is the tracking number."""

    id: int
    number: str | None
    shipping_reference: str | None
    parent: int | None
    moves: list[PackedRow]


class SentRow(msgspec.Struct, gc=False):
    """A shipment with what left in it."""

    id: int
    number: str | None
    reference: str | None
    state: str
    customer: Coded
    carrier: Label | None
    shipping_reference: str | None
    packages: list[PackageRow]


class SentLabel(msgspec.Struct, gc=False):
    """What names a shipment and its order, whatever else is wrong with it."""

    id: object = None
    number: object = None
    reference: object = None
    customer: object = None


class NoteRow(msgspec.Struct, gc=False):
    """A note at a shipment."""

    id: int
    message: str | None

"""Mapping steps: functions that change a record on its way from source to target, or leave it out.

The steps that SPEC asks for are registered here through the same hook as everybody else's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, Generic, TypeVar, get_type_hints

import msgspec
from msgspec import Meta

from connector.api import (
    Catalogue,
    Order,
    OrderLine,
    Product,
    Record,
    RecordRefused,
    SetPart,
    Shipment,
    hookimpl,
)
from connector.hookspecs import API_VERSION

R = TypeVar("R", bound=Record)
KINDS: Final = (Product, Order, Shipment)
connector_api: Final = API_VERSION
StepFunction = Callable[[Any, Any, Catalogue], Any]

Profiles = Annotated[dict[str, str], Meta(examples=[{"DHL Paket International": "DHL Weltpaket"}])]
Prefix = Annotated[str, Meta(examples=["A-"])]
Tags = Annotated[str, Meta(examples=["stocked, own brand"])]


class Step(msgspec.Struct, frozen=True):
    """A mapping step as its function describes itself: `kind` of record, type of its setting, first line of help."""

    name: str
    function: StepFunction
    kind: type[Record]
    setting: Any
    help: str


class LeftOut(msgspec.Struct, frozen=True):
    """A record that a step leaves out, and the step's name."""

    step: str


class Chain(Generic[R]):
    """The steps of one client for one kind of record, in the order in which its settings name them."""

    def __init__(self, steps: Iterable[tuple[Step, Any]], catalogue: Catalogue) -> None:
        self._steps = tuple(steps)
        self._catalogue = catalogue

    def __bool__(self) -> bool:
        """Whether there is any step."""
        return bool(self._steps)

    def apply(self, record: R) -> R | LeftOut:
        """Runs the record through all steps; raises RecordRefused where a step can't make anything of it."""
        for step, setting in self._steps:
            changed = step.function(record, setting, self._catalogue)
            if changed is None:
                return LeftOut(step.name)
            record = changed
        return record


def chain(
    choices: Iterable[tuple[str, Any]], steps: Mapping[str, Step], kind: type[R], catalogue: Catalogue
) -> Chain[R]:
    """Builds the chain for one kind of record; a step whose setting is `false` is switched off."""
    chosen = ((steps[name], setting) for name, setting in choices if setting is not False)
    return Chain(((step, setting) for step, setting in chosen if step.kind is kind), catalogue)


def describe_step(name: str, function: StepFunction) -> Step:
    """Reads from a function's annotations and docstring what it is for; raises TypeError where they are missing."""
    parameters = list(inspect.signature(function).parameters)
    hints = get_type_hints(function, include_extras=True)
    if len(parameters) != 3 or not all(parameter in hints for parameter in parameters[:2]):
        raise TypeError(
            f"the mapping step `{name}` must look like step(record: Order, setting: bool, catalogue: Catalogue)"
        )
    kind = hints[parameters[0]]
    if kind not in KINDS:
        raise TypeError(
            f"the mapping step `{name}` takes {kind!r}; it must take a Product, an Order or a Shipment"
        )
    return Step(
        name, function, kind, hints[parameters[1]], (inspect.getdoc(function) or "").partition("\n")[0]
    )


def resolve_sets(order: Order, enabled: bool, catalogue: Catalogue) -> Order:
    """Replaces a set by the products it consists of, times the set's quantity (SPEC O4). On by default."""
    if not any(catalogue.parts(line.product_id) for line in order.lines):
        return order
    lines = tuple(piece for line in order.lines for piece in _pieces(line, catalogue))
    return msgspec.structs.replace(order, lines=lines)


def skip_digital(product: Product, enabled: bool, catalogue: Catalogue) -> Product | None:
    """Leaves digital products out, so that the warehouse does not list them (SPEC A6). Off by default."""
    return None if product.is_digital else product


def shipping_profiles(shipment: Shipment, names: Profiles, catalogue: Catalogue) -> Shipment:
    """Renames the warehouse's ways of shipping to the shop's shipping products, by a table of names (SPEC S3)."""
    parcels = tuple(
        msgspec.structs.replace(parcel, product=names.get(parcel.product, parcel.product))
        for parcel in shipment.parcels
    )
    return msgspec.structs.replace(shipment, parcels=parcels)


def order_number_prefix(order: Order, prefix: Prefix, catalogue: Catalogue) -> Order:
    """Puts a text before the order number, so that several shops can't be mixed up in one warehouse."""
    return msgspec.structs.replace(order, number=f"{prefix}{order.number}")


def only_tags(product: Product, tags: Tags, catalogue: Catalogue) -> Product | None:
    """Leaves out products that carry none of these tags, which are separated by commas; case does not matter."""
    return product if _tags_of(product) & _split(tags) else None


def skip_tags(product: Product, tags: Tags, catalogue: Catalogue) -> Product | None:
    """Leaves out products that carry one of these tags, which are separated by commas; case does not matter."""
    return None if _tags_of(product) & _split(tags) else product


@hookimpl
def connector_register_mapping_steps() -> dict[str, StepFunction]:
    """Offers the steps of the framework."""
    steps = (resolve_sets, skip_digital, shipping_profiles, order_number_prefix, only_tags, skip_tags)
    return {step.__name__: step for step in steps}


def _split(tags: str) -> set[str]:
    return {tag.strip().casefold() for tag in tags.split(",")} - {""}


def _tags_of(product: Product) -> set[str]:
    return {tag.strip().casefold() for tag in product.tags}


def _pieces(line: OrderLine, catalogue: Catalogue) -> list[OrderLine]:
    """Splits a line into one line per product that is really shipped; a line without a set stays as it is."""
    if not catalogue.parts(line.product_id):
        return [line]
    pieces = _Resolver(catalogue, line.name or line.sku).pieces(line.product_id)
    quantities = [piece.quantity * line.quantity for piece in pieces]
    shares = zip(
        pieces, quantities, _shared(line.total, quantities), _shared(line.tax, quantities), strict=True
    )
    return [
        OrderLine(
            id=f"{line.id}-{piece.product_id}",
            product_id=piece.product_id,
            sku=piece.sku,
            name=line.name,
            quantity=quantity,
            total=total,
            tax=tax,
        )
        for piece, quantity, total, tax in shares
    ]


class _Resolver:
    """Adds up what one set of sets consists of; looks at each set once, however often it is contained."""

    def __init__(self, catalogue: Catalogue, name: str) -> None:
        self._catalogue = catalogue
        self._name = name
        self._known: dict[str, tuple[SetPart, ...]] = {}

    def pieces(self, set_id: str, inside: tuple[str, ...] = ()) -> tuple[SetPart, ...]:
        """Returns the products of one piece of the set; refuses a set that contains itself (SPEC A5)."""
        if set_id in inside:
            raise RecordRefused("set_contains_itself", name=self._name)
        if set_id not in self._known:
            total: dict[str, SetPart] = {}
            for part in self._catalogue.parts(set_id) or ():
                for piece in self._of(part, (*inside, set_id)):
                    before = total[piece.product_id].quantity if piece.product_id in total else Decimal(0)
                    quantity = before + piece.quantity * part.quantity
                    total[piece.product_id] = msgspec.structs.replace(piece, quantity=quantity)
            self._known[set_id] = tuple(total.values())
        return self._known[set_id]

    def _of(self, part: SetPart, inside: tuple[str, ...]) -> tuple[SetPart, ...]:
        if self._catalogue.parts(part.product_id):
            return self.pieces(part.product_id, inside)
        return (SetPart(product_id=part.product_id, sku=part.sku, quantity=Decimal(1)),)


def _shared(amount: Decimal | None, quantities: list[Decimal]) -> list[Decimal | None]:
    """Spreads a set's price over its pieces to the cent; what rounding leaves stands with the first product."""
    if amount is None or not sum(quantities):
        return [amount] + [None] * (len(quantities) - 1)
    cent = Decimal("0.01")
    shares = [(amount * quantity / sum(quantities)).quantize(cent) for quantity in quantities]
    shares[0] += amount - sum(shares)
    return list(shares)

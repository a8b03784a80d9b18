"""Wemalo's target, broken in what it writes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from connector.api import (
    AuthenticationError,
    CallRefused,
    Order,
    OrderLine,
    OrderStatus,
    Outcome,
    ProductWrite,
    RecordRefused,
    TransientError,
    WarehouseOrder,
)
from connector.testing import Group
from connector_wemalo import mapping, service
from connector_wemalo.target import WemaloTarget
from connector_wemalo.wire import ProductBatch
from tests.contract.planted.fault import as_wemalo, in_wemalo

new_product, changed_product, goods_order = mapping.new_product, mapping.changed_product, mapping.goods_order
find_missing, verdict = service.is_missing, service.verdict


def with_fields(write: Any, **changes: Any) -> Any:
    """Changes fields of what is sent for a product."""

    def writing(product: Any, *group: str) -> Any:
        fields = write(product, *group)
        return msgspec.structs.replace(fields, **{name: change(product) for name, change in changes.items()})

    return writing


def receiver_without(**changes: Any) -> Any:
    """Changes fields of the receiver that is sent."""
    write = mapping._receiver
    return lambda address, number: msgspec.structs.replace(write(address, number), **changes)


def position_with(**changes: Any) -> Any:
    """Changes fields of a position that is sent."""
    write = mapping._position
    return lambda line: msgspec.structs.replace(
        write(line), **{name: change(line) for name, change in changes.items()}
    )


def repeated(endpoint: Any) -> Any:
    return msgspec.structs.replace(endpoint, repeatable=True)


def blind_verdict(answer: Any, limit_pause_s: float) -> Any:
    """Looks at the HTTP status alone."""
    return None


def refusing_verdict(answer: Any, limit_pause_s: float) -> Any:
    """Takes whatever the body says for a refusal of the record."""
    found = verdict(answer, limit_pause_s)
    wrong = isinstance(found, AuthenticationError)
    return CallRefused("wemalo", "the call", 400, str(found)) if wrong else found


WRITING = [
    in_wemalo("treats `Success: false` as success", Group.PRODUCTS, service__verdict=blind_verdict),
    in_wemalo(
        "takes wrong credentials for a refused record", Group.FAULTS, service__verdict=refusing_verdict
    ),
    in_wemalo(
        "retries the POST that creates an order", Group.WRITES, orders__ADD_ORDER=repeated(service.ADD_ORDER)
    ),
    in_wemalo(
        "retries the POST that adds lines",
        Group.WRITES,
        changes__ADD_POSITIONS=repeated(service.ADD_POSITIONS),
    ),
    in_wemalo(
        "sends kilograms for grams",
        Group.RECORDS,
        products__new_product=with_fields(new_product, gross_weight=lambda product: product.weight_g // 1000),
    ),
    in_wemalo(
        "sends the net weight for the gross weight",
        Group.RECORDS,
        products__changed_product=with_fields(
            changed_product, gross_weight=lambda product: product.net_weight_g
        ),
    ),
    in_wemalo(
        "changes the dimensions of a product that is there",
        Group.RECORDS,
        products__changed_product=with_fields(changed_product, depth=lambda product: product.length_cm),
    ),
    in_wemalo(
        "never takes over a change of the name",
        Group.RECORDS,
        products__changed_product=with_fields(changed_product, name=lambda _: None),
    ),
    in_wemalo(
        "cuts a name",
        Group.RECORDS,
        mapping___check_lengths=lambda _: None,
        products__new_product=with_fields(new_product, name=lambda product: product.name[:255]),
    ),
    in_wemalo(
        "loses the company of the receiver", Group.RECORDS, mapping___receiver=receiver_without(name2="")
    ),
    in_wemalo("loses the e-mail address", Group.RECORDS, mapping___receiver=receiver_without(email="")),
    in_wemalo(
        "sends one piece of everything", Group.ORDERS, mapping___position=position_with(quantity=lambda _: 1)
    ),
    in_wemalo(
        "sends amounts in the wrong unit",
        Group.RECORDS,
        mapping___cents=lambda amount: None if amount is None else int(amount),
    ),
    in_wemalo(
        "sends the total as a float of one digit",
        Group.RECORDS,
        orders__goods_order=lambda order: goods_order(
            msgspec.structs.replace(order, total=round(order.total, 1) if order.total else Decimal(0))
        ),
    ),
    in_wemalo("adds no line when an order changes", Group.WRITES, changes__new_positions=lambda _: None),
    in_wemalo(
        "takes an order in picking for one that waits",
        Group.ORDERS,
        mapping___STATUSES={**mapping._STATUSES, "INPICKING": OrderStatus.WAITING},
    ),
]


@as_wemalo("finds no order while the service is down", Group.ORDERS)
class NoOrderFound(WemaloTarget):
    async def find_order(self, order_id: str) -> WarehouseOrder | None:
        try:
            return await super().find_order(order_id)
        except TransientError:
            return None


@as_wemalo("takes a cancelled order for one that is not there", Group.ORDERS)
class NoCancelledOrder(WemaloTarget):
    async def find_order(self, order_id: str) -> WarehouseOrder | None:
        found = await super().find_order(order_id)
        return None if found is not None and found.status is OrderStatus.CANCELLED else found


@as_wemalo("says that it cancelled what it could not", Group.CANCELLATIONS)
class CancelledAnyhow(WemaloTarget):
    async def cancel_order(self, order_id: str) -> None:
        try:
            await super().cancel_order(order_id)
        except RecordRefused:
            return


@as_wemalo("leaves lines in the order that were taken out", Group.WRITES)
class KeepingLines(WemaloTarget):
    async def change_order(self, order: Order, remove: Sequence[str], add: Sequence[OrderLine]) -> None:
        await super().change_order(order, [], add)


@as_wemalo("takes every product of a batch for accepted", Group.PRODUCTS)
class AllAccepted(WemaloTarget):
    async def put_products(self, writes: Sequence[ProductWrite]) -> Sequence[Outcome]:
        await super().put_products(writes)
        return [Outcome(record_id=write.product.id) for write in writes]


@as_wemalo("lets one refused product keep the others back", Group.PRODUCTS)
class AllOrNone(WemaloTarget):
    async def put_products(self, writes: Sequence[ProductWrite]) -> Sequence[Outcome]:
        body = ProductBatch([new_product(write.product, "default") for write in writes])
        await self._http.call(service.ADD_PRODUCTS, type(None), body=body)
        return [Outcome(record_id=write.product.id) for write in writes]


@as_wemalo("mixes up which product was refused", Group.PRODUCTS)
class MixedUp(WemaloTarget):
    async def put_products(self, writes: Sequence[ProductWrite]) -> Sequence[Outcome]:
        errors = [outcome.error for outcome in await super().put_products(writes)]
        return [
            Outcome(record_id=write.product.id, error=error)
            for write, error in zip(writes, errors[1:] + errors[:1], strict=True)
        ]

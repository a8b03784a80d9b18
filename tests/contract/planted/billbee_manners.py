"""Billbee's source, broken in how it behaves: errors, secrets, settings, and what it does to others."""

from __future__ import annotations

import asyncio
import functools
import logging
import socket
import time
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, ClassVar, Self

import msgspec

from connector.api import (
    Answer,
    AuthenticationError,
    CallRefused,
    ConnectorError,
    Context,
    Finding,
    Http,
    Order,
    Page,
    Product,
    ShopOrder,
    TransientError,
)
from connector.testing import Group, SourceCase
from connector_billbee import service
from connector_billbee.settings import BillbeeSettings
from connector_billbee.source import BillbeeSource
from connector_sandbox.contract.billbee import billbee_case
from tests.contract.planted.fault import Planted, as_billbee, in_billbee

log = logging.getLogger("connector_billbee")
service_verdict = service.verdict


def refusing(*statuses: int) -> Any:
    """Takes answers of these statuses for refusals of the record."""

    def verdict(answer: Answer) -> ConnectorError | None:
        refused = answer.status in statuses
        return CallRefused("billbee", "the call", answer.status, "no") if refused else service_verdict(answer)

    return verdict


FAULTS = [
    in_billbee("takes wrong credentials for a refused record", Group.FAULTS, service__verdict=refusing(401)),
    in_billbee("takes the limit of calls for a refusal", Group.FAULTS, service__verdict=refusing(429)),
    in_billbee("takes an outage for a refusal", Group.FAULTS, service__verdict=refusing(500, 502, 503)),
]


@as_billbee("finds no order while the service is down", Group.FAULTS)
class NoOrderFound(BillbeeSource):
    async def find_order(self, number: str) -> ShopOrder | None:
        try:
            return await super().find_order(number)
        except TransientError:
            return None


@as_billbee("finds orders without their tracking numbers", Group.ORDERS)
class NoNumbers(BillbeeSource):
    async def find_order(self, number: str) -> ShopOrder | None:
        found = await super().find_order(number)
        return None if found is None else msgspec.structs.replace(found, tracking_numbers=())


@as_billbee("says that the shop has no EANs", Group.RECORDS)
class NoEans(BillbeeSource):
    @property
    def has_eans(self) -> bool:
        return False


@as_billbee("takes an answer that was cut off for an empty catalogue", Group.FAULTS)
class EmptyCatalogue(BillbeeSource):
    async def products(self) -> AsyncIterator[Page[Product]]:
        try:
            async for page in super().products():
                yield page
        except TransientError:
            yield Page()


@as_billbee("asks again and again with wrong credentials", Group.FAULTS)
class Stubborn(BillbeeSource):
    async def product(self, product_id: str) -> Product | None:
        for _ in range(5):
            try:
                return await super().product(product_id)
            except AuthenticationError as refused:
                error = refused
        raise error


@as_billbee("breaks down when it is checked during an outage", Group.FAULTS)
class CheckRaises(BillbeeSource):
    async def check(self) -> Sequence[Finding]:
        await self._http.call(service.LIST_ORDER_STATES, bytes)
        return await super().check()


@as_billbee("puts its API key into the address", Group.SECRETS)
class KeyInAddress(BillbeeSource):
    async def shipping_products(self) -> Sequence[str]:
        query = (("key", self._settings.api_key.reveal()),)
        await self._http.call(service.LIST_SHIPPING_PROVIDERS, bytes, query=query)
        return await super().shipping_products()


@as_billbee("logs its password", Group.SECRETS)
class Talkative(BillbeeSource):
    async def orders(self) -> AsyncIterator[Page[Order]]:
        log.debug("connecting as %s with %s", self._settings.username, self._settings.api_password.reveal())
        async for page in super().orders():
            yield page


@as_billbee("shows its password in an error", Group.SECRETS)
class Revealing(BillbeeSource):
    async def product(self, product_id: str) -> Product | None:
        try:
            return await super().product(product_id)
        except CallRefused as error:
            said = f"{error} (as {self._settings.username}:{self._settings.api_password.reveal()})"
            raise CallRefused("billbee", "GET /products/{id}", error.status, said) from None


@as_billbee("shows its key when it is printed", Group.SECRETS)
class Printed(BillbeeSource):
    def __repr__(self) -> str:
        return f"BillbeeSource({self._settings.username}, {self._settings.api_key.reveal()})"


class PlainPassword(BillbeeSettings, frozen=True, kw_only=True):
    """Has a password that everybody may see."""

    second_password: Annotated[str, msgspec.Meta(description="Password of the second kind.")] = "plain-as-day"
    retries: int = 3


def with_settings(settings: type[BillbeeSettings]) -> SourceCase:
    """Billbee's source with other settings."""

    class Source(BillbeeSource):
        settings_type: ClassVar[type[msgspec.Struct]] = settings

    case = billbee_case(Source)
    fields = {name: getattr(case.settings, name) for name in case.settings.__struct_fields__}
    return SourceCase(Source, settings(**fields), case.shop, clock=case.clock)


SETTINGS = [
    Planted(
        "has a password that is no Secret", Group.SECRETS, functools.partial(with_settings, PlainPassword)
    ),
    Planted(
        "has a setting without a word of help",
        Group.SETTINGS,
        functools.partial(with_settings, PlainPassword),
    ),
]


@as_billbee("misspells a method, so that it is never called", Group.SETTINGS)
class Misspelt(BillbeeSource):
    async def order_recieved(self, order: Order) -> None:
        await self.order_received(order)


@as_billbee("forgets that a method is a coroutine", Group.SETTINGS)
class NoCoroutine(BillbeeSource):
    def find_product(self, number: str) -> Any:
        return None


@as_billbee("blocks the event loop", Group.HYGIENE)
class Blocking(BillbeeSource):
    async def product(self, product_id: str) -> Product | None:
        time.sleep(0.5)  # noqa: ASYNC251  (the fault that is planted)
        return await super().product(product_id)


@as_billbee("waits by itself", Group.HYGIENE)
class Waiting(BillbeeSource):
    async def product(self, product_id: str) -> Product | None:
        await asyncio.sleep(0.5)
        return await super().product(product_id)


@as_billbee("opens a connection of its own", Group.HYGIENE)
class OwnConnection(BillbeeSource):
    async def product(self, product_id: str) -> Product | None:
        with socket.create_connection(("billbee.example.com", 443), timeout=1):
            return await super().product(product_id)


@as_billbee("leaves a task behind", Group.HYGIENE)
class LeavingTasks(BillbeeSource):
    async def product(self, product_id: str) -> Product | None:
        self._refreshing = asyncio.create_task(asyncio.Event().wait())
        return await super().product(product_id)


@as_billbee("does not let itself be cancelled", Group.HYGIENE)
class Immortal(BillbeeSource):
    async def product(self, product_id: str) -> Product | None:
        try:
            return await super().product(product_id)
        except BaseException:  # noqa: BLE001  (the fault that is planted)
            return None


@as_billbee("sends the calls of one client through another's connection", Group.HYGIENE)
class Shared(BillbeeSource):
    _latest: ClassVar[list[Http]] = []

    @classmethod
    def build(cls, settings: BillbeeSettings, http: Http, context: Context) -> Self:
        cls._latest[:] = [http]
        return super().build(settings, http, context)

    async def product(self, product_id: str) -> Product | None:
        await self._latest[0].call(service.GET_PRODUCT, bytes, path={"id": product_id})
        return await super().product(product_id)


@as_billbee("writes while it reads", Group.HYGIENE)
class WritingReader(BillbeeSource):
    async def orders(self) -> AsyncIterator[Page[Order]]:
        async for page in super().orders():
            for order in page.records:
                await self.order_held(order)
            yield page

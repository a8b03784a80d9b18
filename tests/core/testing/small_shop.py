"""A small shop system: its plugin, its fake, and the driver of that: all that an integrator writes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

import msgspec
from msgspec import Meta

from connector.api import (
    Address,
    Context,
    Endpoint,
    Http,
    Order,
    OrderLine,
    Page,
    Product,
    Secret,
    Service,
    ShopOrder,
    Source,
    UnusableAnswer,
    decode_json,
)
from connector.testing import FakeClock, ShopDriver, SourceCase, all_but

LIST_PRODUCTS = Endpoint("GET", "/products")
FIND_ORDERS = Endpoint("POST", "/orders/search", reads=True)
MARK = Endpoint("PUT", "/orders/{id}/received", repeatable=True)


class SmallSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the source `small`."""

    token: Annotated[Secret, Meta(description="Token from the shop's page for developers.")]
    base_url: Annotated[str, Meta(description="Address of the shop's API.")] = "https://small.example.com"


class Listed(msgspec.Struct):
    """A page of a list; `next` is where the following one begins."""

    rows: list[msgspec.Raw]
    next: str | None


class Article(msgspec.Struct):
    """A product of the shop; it weighs in kilograms."""

    id: str
    sku: str
    title: str
    weight_kg: Decimal | None = None


class Line(msgspec.Struct):
    """A line of an order; `price` is that of one piece."""

    id: str
    article: str
    pieces: Decimal
    price: Decimal


class Purchase(msgspec.Struct):
    """An order of the shop."""

    id: str
    name: str
    street: str
    zip: str
    city: str
    country: str
    lines: list[Line]


class SmallSource(Source):
    """The plugin: it reads products and orders, and marks orders as received."""

    settings_type: ClassVar[type[msgspec.Struct]] = SmallSettings

    def __init__(self, http: Http) -> None:
        self._http = http

    @property
    def has_eans(self) -> bool:
        return False

    @classmethod
    def service(cls, settings: SmallSettings) -> Service:
        headers = {"Authorization": Secret(f"Bearer {settings.token.reveal()}")}
        return Service(name="small", base_url=settings.base_url, account="small", headers=headers)

    @classmethod
    def build(cls, settings: SmallSettings, http: Http, context: Context) -> Self:
        return cls(http)

    async def products(self) -> AsyncIterator[Page[Product]]:
        async for page in self._pages(LIST_PRODUCTS):
            yield Page.of(page.rows, read_product, key=lambda _: "")

    async def orders(self) -> AsyncIterator[Page[Order]]:
        async for page in self._pages(FIND_ORDERS):
            yield Page.of(page.rows, read_order, key=lambda _: "")

    async def order_received(self, order: Order) -> None:
        await self._http.call(MARK, dict[str, bool], path={"id": order.id})

    async def _pages(self, endpoint: Endpoint) -> AsyncIterator[Listed]:
        begins, seen = "", set[str]()
        while begins not in seen:
            seen.add(begins)
            if endpoint.method == "GET":
                page = await self._http.call(endpoint, Listed, query=(("after", begins),))
            else:
                page = await self._http.call(endpoint, Listed, body={"after": begins})
            yield page
            if page.next is None:
                return
            begins = page.next
        raise UnusableAnswer(f"small {endpoint}: the page after {begins} came before")


def read_product(row: msgspec.Raw) -> Product:
    return product_of(decode_json(row, Article, strict=False))


def read_order(row: msgspec.Raw) -> Order:
    return order_of(decode_json(row, Purchase, strict=False))


def product_of(article: Article) -> Product:
    grams = None if article.weight_kg is None else int(article.weight_kg * 1000)
    return Product(id=article.id, sku=article.sku, name=article.title, weight_g=grams)


def order_of(purchase: Purchase) -> Order:
    to = purchase
    receiver = Address(name=to.name, street=to.street, zip=to.zip, city=to.city, country_code=to.country)
    lines = tuple(
        OrderLine(id=each.id, product_id=each.article, quantity=each.pieces, total=each.price * each.pieces)
        for each in purchase.lines
    )
    return Order(id=purchase.id, receiver=receiver, lines=lines)


# -- the fake, and its driver ----------------------------------------------------------------------


class SmallShop(ShopDriver):
    """The shop in memory; it serves its API and does what people do in it."""

    lacks = all_but(
        product="id sku name weight_g",
        line="product_id quantity total",
        address="name street zip city country_code",
    )

    def __init__(self, token: str) -> None:
        self._token = token
        self._articles: dict[str, dict[str, Any]] = {}
        self._orders: dict[str, dict[str, Any]] = {}
        self._received: set[str] = set()

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        headers = dict(scope["headers"])
        if headers.get(b"authorization") != f"Bearer {self._token}".encode():
            status, answer = 401, {"message": "who are you?"}
        else:
            status, answer = self._answer(scope, body)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": msgspec.json.encode(answer)})

    def add_product(self, product: Product) -> str:
        article_id = f"p{len(self._articles) + 1}"
        kilograms = None if product.weight_g is None else product.weight_g / 1000
        article = {"id": article_id, "sku": product.sku, "title": product.name, "weight_kg": kilograms}
        self._articles[article_id] = article
        return article_id

    def add_order(self, order: Order) -> str:
        order_id, to = f"o{len(self._orders) + 1}", order.receiver or Address()
        lines = [
            {
                "id": f"{order_id}-{number}",
                "article": line.product_id,
                "pieces": int(line.quantity),
                "price": str((line.total or Decimal(0)) / line.quantity),
            }
            for number, line in enumerate(order.lines)
        ]
        address = {"name": to.name, "street": to.street, "zip": to.zip, "city": to.city}
        self._orders[order_id] = {"id": order_id, "country": to.country_code, "lines": lines, **address}
        return order_id

    def order(self, order_id: str) -> ShopOrder:
        received = order_id in self._received
        return ShopOrder(order=Order(id=order_id), is_received=received, is_offered=not received)

    def _answer(self, scope: Any, body: bytes) -> tuple[int, Any]:
        match scope["method"], scope["path"].split("/")[1:]:
            case "GET", ["products"]:
                return 200, self._page(self._articles, scope["query_string"].decode().partition("=")[2])
            case "POST", ["orders", "search"]:
                open_orders = {key: row for key, row in self._orders.items() if key not in self._received}
                return 200, self._page(open_orders, msgspec.json.decode(body)["after"])
            case "PUT", ["orders", order_id, "received"] if order_id in self._orders:
                self._received.add(order_id)
                return 200, {"done": True}
            case _:
                return 404, {"message": "there is no such thing"}

    def _page(self, rows: dict[str, Any], after: str) -> dict[str, Any]:
        keys = list(rows)
        start = keys.index(after) + 1 if after else 0
        shown = keys[start : start + self.page_size]
        more = len(keys) > start + self.page_size
        return {"rows": [rows[key] for key in shown], "next": shown[-1] if more else None}


def small_case(plugin: type[SmallSource] = SmallSource) -> SourceCase:
    """The plugin, or a variant of it, before a shop of its own."""
    token = "a-long-and-peculiar-token"
    return SourceCase(plugin, SmallSettings(token=Secret(token)), SmallShop(token), clock=FakeClock())

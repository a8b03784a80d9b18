"""The floor: a bare loop with httpx that makes the same reads and writes, and decodes what comes with msgspec.

It has no limits, retries, checks, mapping, memory or problems; nothing that does the work can take less than this.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import msgspec

from connector_sandbox.servers import Sandbox

PAGE_SIZE = 250
BATCH_SIZE = 100


class Text(msgspec.Struct, rename="pascal", gc=False):
    text: str | None = None
    language_code: str | None = None


class Article(msgspec.Struct, rename="pascal", gc=False):
    """The fields of an article that a warehouse wants to know."""

    id: int
    sku: str | None = msgspec.field(name="SKU", default=None)
    ean: str | None = msgspec.field(name="EAN", default=None)
    title: list[Text] | None = None
    tags: list[Text] | None = None
    weight: float | None = None
    weight_net: float | None = None
    length_cm: float | None = None
    width_cm: float | None = None
    height_cm: float | None = None
    manufacturer: str | None = None
    country_of_origin: str | None = None
    taric_number: str | None = None
    type: int | None = None
    is_digital: bool | None = None
    is_deactivated: bool | None = None
    bill_of_material: list[Any] | None = None


class Paging(msgspec.Struct, rename="pascal", gc=False):
    total_pages: int


class ArticlePage(msgspec.Struct, rename="pascal", gc=False):
    data: list[Article]
    paging: Paging


class Product(msgspec.Struct, rename="camel", gc=False):
    """An entry of product/addMultiple."""

    external_id: str
    sku: str | None
    ean: str | None
    name: str | None
    gross_weight: float | None
    depth: float | None
    width: float | None
    height: float | None
    is_active: bool
    ignore_picking: bool
    product_group: str = "standard"


_decode = msgspec.json.Decoder(ArticlePage).decode
_encode = msgspec.json.Encoder().encode


def credentials(username: str = Sandbox.username) -> dict[str, str]:
    """Returns the headers with which a user reads the shop."""
    basic = base64.b64encode(f"{username}:{Sandbox.api_password}".encode()).decode()
    return {"Authorization": f"Basic {basic}", "X-Billbee-Api-Key": Sandbox.api_key}


async def pages(
    client: httpx.AsyncClient, site: str, username: str = Sandbox.username
) -> AsyncIterator[list[Article]]:
    """Fetches and decodes one page of the catalogue after the other."""
    number, total, headers = 1, 1, credentials(username)
    while number <= total:
        answer = await client.get(
            f"{site}/api/v1/products", params={"page": number, "pageSize": PAGE_SIZE}, headers=headers
        )
        page = _decode(answer.raise_for_status().content)
        total, number = page.paging.total_pages, number + 1
        yield page.data


async def unchanged(sites: Mapping[str, str], _: Path) -> dict[str, Any]:
    """Reads the catalogue."""
    async with httpx.AsyncClient() as client:
        return {"read": sum([len(page) async for page in pages(client, sites["billbee"])])}


async def first_import(sites: Mapping[str, str], _: Path) -> dict[str, Any]:
    """Asks the warehouse what it has, reads the catalogue and sends all of it in batches."""
    sent, waiting = 0, list[Product]()
    headers = {"Authorization": f"JWT {Sandbox.token}", "Content-Type": "application/json"}
    async with httpx.AsyncClient() as client:

        async def send(batch: list[Product]) -> None:
            answer = await client.post(
                f"{sites['wemalo']}/v1/product/addMultiple",
                content=_encode({"products": batch}),
                headers=headers,
            )
            msgspec.json.decode(answer.raise_for_status().content)

        known = await client.get(
            f"{sites['wemalo']}/v1/product/getAll", params={"fromDate": "0101197000"}, headers=headers
        )
        msgspec.json.decode(known.raise_for_status().content)
        async for page in pages(client, sites["billbee"]):
            waiting += map(_product, page)
            while len(waiting) >= BATCH_SIZE:
                batch, waiting = waiting[:BATCH_SIZE], waiting[BATCH_SIZE:]
                await send(batch)
                sent += len(batch)
        if waiting:
            await send(waiting)
            sent += len(waiting)
    return {"sent": sent}


def _product(article: Article) -> Product:
    return Product(
        external_id=str(article.id),
        sku=article.sku,
        ean=article.ean,
        name=article.title[0].text if article.title else None,
        gross_weight=article.weight,
        depth=article.length_cm,
        width=article.width_cm,
        height=article.height_cm,
        is_active=not article.is_deactivated,
        ignore_picking=bool(article.is_digital),
    )

"""The JSON around Vendure's records: requests, pages, errors, and what a shop says of itself.

The names of the answers' outermost fields are those that the queries in `queries.py` give them. Every field may be
missing or null, and is then None.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

Text = str | int | None


class Extensions(msgspec.Struct, gc=False):
    """What an error says beside its message."""

    code: str = ""


class Failure(msgspec.Struct, gc=False):
    """One error of a query."""

    message: str = ""
    extensions: Extensions | None = None


class Failures(msgspec.Struct, gc=False):
    """The errors of an answer, None where all went well."""

    errors: list[Failure] | None = None


class Request(msgspec.Struct, rename="camel"):
    """The body of every call."""

    operation_name: str
    query: str
    variables: dict[str, object]


class Reply(msgspec.Struct, Generic[T]):
    """The body of every good answer."""

    data: T


class Listed(msgspec.Struct, rename="camel", gc=False):
    """One page of a list."""

    total_items: int | None = None
    items: list[msgspec.Raw] | None = None


class Named(msgspec.Struct, gc=False):
    """What has a name: a state of the order process, an argument."""

    name: str = ""


class CustomField(msgspec.Struct, gc=False):
    """A custom field that the shop has; `type` is such as `string`, `int` or `datetime`."""

    name: str = ""
    type: str = ""


class EntityFields(msgspec.Struct, rename="camel", gc=False):
    """The custom fields of one kind of record."""

    entity_name: str = ""
    custom_fields: list[CustomField] = []


class ServerConfig(msgspec.Struct, rename="camel", frozen=True, gc=False):
    """How the shop was built."""

    money_strategy_precision: int | None = None
    order_process: list[Named] = []
    entity_custom_fields: list[EntityFields] = []


class GlobalSettings(msgspec.Struct, rename="camel", frozen=True, gc=False):
    """The shop's settings."""

    server_config: ServerConfig = ServerConfig()


class Page(msgspec.Struct, gc=False):
    """The answer of every list."""

    page: Listed | None = None
    shop: GlobalSettings = GlobalSettings()


class Found(msgspec.Struct, rename="camel", gc=False):
    """The answer of every look-up: by the id, and by the number or SKU that people know."""

    by_id: msgspec.Raw = msgspec.Raw(b"null")
    by_name: Listed | None = None
    shop: GlobalSettings = GlobalSettings()


class Result(msgspec.Struct, rename="camel", gc=False):
    """What a mutation made of a record, or why it did not: then there is an `error_code`."""

    id: Text = None
    state: str | None = None
    error_code: str | None = None
    message: str | None = None
    transition_error: str | None = None
    from_state: str | None = None


class Done(msgspec.Struct, gc=False):
    """The answer of a mutation of one record."""

    result: Result


class StockSet(msgspec.Struct, gc=False):
    """The answer of the mutation of many variants; what it holds is not asked for."""

    result: list[Result | None]


class Handler(msgspec.Struct, gc=False):
    """A fulfillment handler, and the names of its arguments."""

    code: str = ""
    args: list[Named] = []


class Shop(msgspec.Struct, gc=False):
    """The answer of the look at a shop."""

    shop: GlobalSettings
    handlers: list[Handler]


class Location(msgspec.Struct, gc=False):
    """A stock location."""

    id: str
    name: str = ""


class Locations(msgspec.Struct, gc=False):
    """The list of stock locations."""

    items: list[Location]


class LocationsAnswer(msgspec.Struct, gc=False):
    """The answer of the list of stock locations."""

    locations: Locations

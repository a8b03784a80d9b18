"""A tap for Billbee, as singer-sdk's guide for REST taps has it: all products, and the paid orders that changed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from requests import Response
from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import BasicAuthenticator
from singer_sdk.pagination import PageNumberPaginator


class Pages(PageNumberPaginator):
    def has_more(self, response: Response) -> bool:
        paging = response.json()["Paging"]
        return paging["Page"] < paging["TotalPages"]


class BillbeeStream(RESTStream[int]):
    records_jsonpath = "$.Data[*]"
    primary_keys = ("id",)

    @property
    def url_base(self) -> str:
        return self.config["billbee_url"]

    @cached_property
    def authenticator(self) -> BasicAuthenticator:
        return BasicAuthenticator(username=self.config["username"], password=self.config["api_password"])

    @property
    def http_headers(self) -> dict[str, str]:
        return {**super().http_headers, "X-Billbee-Api-Key": self.config["api_key"]}

    def get_new_paginator(self) -> Pages:
        return Pages(1)

    def get_url_params(self, context: Any, next_page_token: int | None) -> dict[str, Any]:
        return {"page": next_page_token, "pageSize": 250}


class Products(BillbeeStream):
    """Billbee can't be asked for the products that changed, so each run reads and sends all of them."""

    name = "products"
    path = "/products"
    schema = th.PropertiesList(
        th.Property("id", th.StringType, required=True),
        th.Property("sku", th.StringType),
        th.Property("ean", th.StringType),
        th.Property("name", th.StringType),
        th.Property("weight_g", th.NumberType),
        th.Property("length_cm", th.NumberType),
        th.Property("width_cm", th.NumberType),
        th.Property("height_cm", th.NumberType),
    ).to_dict()

    def post_process(self, row: dict[str, Any], context: Any = None) -> dict[str, Any]:
        return {
            "id": str(row["Id"]),
            "sku": row["SKU"],
            "ean": row["EAN"],
            "name": next((text["Text"] for text in row["Title"] if text["LanguageCode"] == "DE"), None),
            "weight_g": row["Weight"],
            "length_cm": row["LengthCm"],
            "width_cm": row["WidthCm"],
            "height_cm": row["HeightCm"],
        }


class Orders(BillbeeStream):
    name = "orders"
    path = "/orders"
    replication_key = "modified"
    schema = th.PropertiesList(
        th.Property("id", th.StringType, required=True),
        th.Property("modified", th.StringType),
        th.Property("number", th.StringType),
        th.Property("currency", th.StringType),
        th.Property("total", th.NumberType),
        th.Property(
            "receiver",
            th.ObjectType(
                th.Property("name", th.StringType),
                th.Property("street", th.StringType),
                th.Property("house_number", th.StringType),
                th.Property("zip", th.StringType),
                th.Property("city", th.StringType),
                th.Property("country", th.StringType),
            ),
        ),
        th.Property(
            "lines",
            th.ArrayType(
                th.ObjectType(
                    th.Property("id", th.StringType),
                    th.Property("product", th.StringType),
                    th.Property("quantity", th.NumberType),
                )
            ),
        ),
    ).to_dict()

    def get_url_params(self, context: Any, next_page_token: int | None) -> dict[str, Any]:
        paid = {**super().get_url_params(context, next_page_token), "orderStateId": 3}
        since = self.get_starting_replication_key_value(context)
        return {**paid, "modifiedAtMin": since} if since else paid

    def post_process(self, row: dict[str, Any], context: Any = None) -> dict[str, Any]:
        to = row["ShippingAddress"]
        return {
            "id": str(row["BillBeeOrderId"]),
            "modified": row["LastModifiedAt"],
            "number": row["OrderNumber"],
            "currency": row["Currency"],
            "total": row["TotalCost"],
            "receiver": {
                "name": f"{to['FirstName']} {to['LastName']}",
                "street": to["Street"],
                "house_number": to["HouseNumber"],
                "zip": to["Zip"],
                "city": to["City"],
                "country": to["CountryISO2"],
            },
            "lines": [
                {
                    "id": str(item["BillbeeId"]),
                    "product": str(item["Product"]["BillbeeId"]),
                    "quantity": item["Quantity"],
                }
                for item in row["OrderItems"]
            ],
        }


class TapBillbee(Tap):
    name = "tap-billbee"
    config_jsonschema = th.PropertiesList(
        th.Property("billbee_url", th.StringType, required=True),
        th.Property("username", th.StringType, required=True),
        th.Property("api_password", th.StringType, required=True, secret=True),
        th.Property("api_key", th.StringType, required=True, secret=True),
    ).to_dict()

    def discover_streams(self) -> list[BillbeeStream]:
        return [Products(self), Orders(self)]


if __name__ == "__main__":
    TapBillbee.cli()

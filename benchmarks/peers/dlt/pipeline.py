"""A pipeline from Billbee to the sink, as dlt's guides for its REST API source and for custom destinations have it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import dlt
from dlt.sources.helpers import requests
from dlt.sources.rest_api import rest_api_source


def product_of(row: dict[str, Any]) -> dict[str, Any]:
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


def order_of(row: dict[str, Any]) -> dict[str, Any]:
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


def billbee(config: dict[str, str]) -> Any:
    """Billbee can't be asked for the products that changed, so each run reads and sends all of them."""
    return rest_api_source(
        {
            "client": {
                "base_url": config["billbee_url"],
                "headers": {"X-Billbee-Api-Key": config["api_key"]},
                "auth": {
                    "type": "http_basic",
                    "username": config["username"],
                    "password": config["api_password"],
                },
                "paginator": {"type": "page_number", "base_page": 1, "total_path": "Paging.TotalPages"},
            },
            "resource_defaults": {
                "endpoint": {"params": {"pageSize": 250}, "data_selector": "Data"},
                "write_disposition": "append",
            },
            "resources": [
                {
                    "name": "products",
                    "endpoint": {"path": "products"},
                    "processing_steps": [{"map": product_of}],
                },
                {
                    "name": "orders",
                    "endpoint": {
                        "path": "orders",
                        "params": {"orderStateId": 3, "modifiedAtMin": "{incremental.start_value}"},
                        "incremental": {
                            "cursor_path": "modified",
                            "initial_value": "2000-01-01T00:00:00",
                        },
                    },
                    "processing_steps": [{"map": order_of}],
                },
            ],
        },
        name="billbee",
    )


@dlt.destination(batch_size=1)
def sink(items: list[dict[str, Any]], table: dict[str, Any], sink_url: str = dlt.config.value) -> None:
    for item in items:
        item.pop("modified", None)  # the cursor, which the sink does not take
        requests.post(f"{sink_url}/{table['name']}", json=item)


def main(config: dict[str, str], folder: str) -> None:
    pipeline = dlt.pipeline(
        "billbee_to_sink", pipelines_dir=folder, destination=sink(sink_url=config["sink_url"])
    )
    pipeline.run(billbee(config))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.argv[2])

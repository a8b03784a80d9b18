"""Runs the declarative source, and has the transformations that its manifest names."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint, launch
from airbyte_cdk.sources.declarative.transformations import RecordTransformation
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource


def replace(record: dict[str, Any], **fields: Any) -> None:
    record.clear()
    record.update(fields)


@dataclass
class MappedProduct(RecordTransformation):
    def transform(self, record: dict[str, Any], *_: Any, **__: Any) -> None:
        titles = (text["Text"] for text in record["Title"] if text["LanguageCode"] == "DE")
        replace(
            record,
            id=str(record["Id"]),
            sku=record["SKU"],
            ean=record["EAN"],
            name=next(titles, None),
            weight_g=record["Weight"],
            length_cm=record["LengthCm"],
            width_cm=record["WidthCm"],
            height_cm=record["HeightCm"],
        )


@dataclass
class MappedOrder(RecordTransformation):
    def transform(self, record: dict[str, Any], *_: Any, **__: Any) -> None:
        to = record["ShippingAddress"]
        replace(
            record,
            id=str(record["BillBeeOrderId"]),
            modified=record["LastModifiedAt"][:26],
            number=record["OrderNumber"],
            currency=record["Currency"],
            total=record["TotalCost"],
            receiver={
                "name": f"{to['FirstName']} {to['LastName']}",
                "street": to["Street"],
                "house_number": to["HouseNumber"],
                "zip": to["Zip"],
                "city": to["City"],
                "country": to["CountryISO2"],
            },
            lines=[
                {
                    "id": str(item["BillbeeId"]),
                    "product": str(item["Product"]["BillbeeId"]),
                    "quantity": item["Quantity"],
                }
                for item in record["OrderItems"]
            ],
        )


def source(args: list[str]) -> YamlDeclarativeSource:
    parsed = AirbyteEntrypoint.parse_args(args)
    catalog = YamlDeclarativeSource.read_catalog(parsed.catalog)
    config = YamlDeclarativeSource.read_config(parsed.config)
    state = YamlDeclarativeSource.read_state(parsed.state)
    manifest = str(Path(__file__).with_name("manifest.yaml"))
    return YamlDeclarativeSource(manifest, catalog=catalog, config=config, state=state)


if __name__ == "__main__":
    sys.modules["source_billbee"] = sys.modules["__main__"]  # where the manifest finds its transformations
    launch(source(sys.argv[1:]), sys.argv[1:])

"""A destination that posts each record, as Airbyte's guide for destinations in Python has it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from logging import Logger
from typing import Any

import requests
from airbyte_cdk.destinations import Destination
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    ConfiguredAirbyteCatalog,
    ConnectorSpecification,
    Status,
    Type,
)


class SinkDestination(Destination):
    def spec(self, *args: Any, **kwargs: Any) -> ConnectorSpecification:
        return ConnectorSpecification(
            connectionSpecification={
                "type": "object",
                "required": ["sink_url"],
                "properties": {"sink_url": {"type": "string"}},
            }
        )

    def check(self, logger: Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)

    def write(
        self,
        config: Mapping[str, Any],
        configured_catalog: ConfiguredAirbyteCatalog,
        input_messages: Iterable[AirbyteMessage],
    ) -> Iterable[AirbyteMessage]:
        with requests.Session() as session:
            for message in input_messages:
                if message.type == Type.RECORD:
                    url = f"{config['sink_url']}/{message.record.stream}"
                    session.post(url, json=message.record.data, timeout=60).raise_for_status()
                elif message.type == Type.STATE:
                    yield message


if __name__ == "__main__":
    SinkDestination().run(sys.argv[1:])

"""A target that posts each record, as singer-sdk's guide for targets that write record by record has it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import requests
from singer_sdk import RecordSink, Target
from singer_sdk import typing as th


class PostingSink(RecordSink):
    @cached_property
    def session(self) -> requests.Session:
        return requests.Session()

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        url = f"{self.config['sink_url']}/{self.stream_name}"
        self.session.post(url, json=record, timeout=60).raise_for_status()


class TargetSink(Target):
    name = "target-sink"
    config_jsonschema = th.PropertiesList(th.Property("sink_url", th.StringType, required=True)).to_dict()
    default_sink_class = PostingSink


if __name__ == "__main__":
    TargetSink.cli()

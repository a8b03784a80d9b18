"""Billbee's official OpenAPI description as a judge of requests and answers.

Two rules differ from the description, because real answers do: any property may be null, and
`ErrorDescription` is a text although the description says integer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

DESCRIPTION = Path(__file__).parents[2] / "shared" / "reference" / "billbee-openapi.json"
PREFIX = "/api/v1"

needs_description = pytest.mark.skipif(
    not DESCRIPTION.exists(), reason=f"Billbee's OpenAPI description is not at {DESCRIPTION}"
)

_RANGES = {"int32": 2**31, "int64": 2**63}
_LIST_INDEX = re.compile(r"\[\d*\]$")
_INTEGER = re.compile(r"-?\d+")

Schema = dict[str, Any]
Query = Iterable[tuple[str, str]]


def validate_answer(method: str, path_template: str, status: int, body: Any) -> None:
    """Assert that the description allows the answer, and that no property is missing in it.

    `path_template` is as in the description, without `/api/v1`. Answers that it describes as a bare
    `object` (lists among them) and answers without a body are not looked into.
    """
    responses = _operation(method, path_template)["responses"]
    if str(status) not in responses:
        raise AssertionError(
            f"{method} {path_template} must answer one of {', '.join(responses)}, not {status}"
        )
    content = responses[str(status)].get("content", {})
    if body is not None and "application/json" in content:
        schema = content["application/json"].get("schema", {})
        _check(f"answer of {method} {path_template}", _prepared(schema, complete=True), body, complete=True)


def validate_request(method: str, path_template: str, query: Query = (), body: Any = None) -> None:
    """Assert that the description allows the query's and the body's names and types, and that no name is unknown."""
    operation = _operation(method, path_template)
    call = f"{method} {path_template}"
    described = {
        each["name"].lower(): each for each in operation.get("parameters", []) if each["in"] == "query"
    }
    given = [(_LIST_INDEX.sub("", name).lower(), value) for name, value in query]
    for name, value in given:
        if name not in described:
            raise AssertionError(f"{call} has no query parameter {name}")
        _check_text(f"{call}: {name}", described[name]["schema"], value)
    for name, parameter in described.items():
        if parameter.get("required") and name not in dict(given):
            raise AssertionError(f"{call} needs the query parameter {name}")
    _check_body(call, operation, body)


def _check_body(call: str, operation: Schema, body: Any) -> None:
    described = operation.get("requestBody", {})
    if "$ref" in described:
        described = _description()["components"]["requestBodies"][described["$ref"].rpartition("/")[2]]
    content = described.get("content", {})
    if body is None:
        if described.get("required"):
            raise AssertionError(f"{call} needs a body")
        return
    if "application/json" not in content:
        raise AssertionError(f"{call} takes no JSON body")
    schema = content["application/json"]["schema"]
    _check(f"request {call}", _prepared(schema, complete=False), body, complete=False)


@cache
def _description() -> Schema:
    description: Schema = msgspec.json.decode(DESCRIPTION.read_bytes())
    return description


def _operation(method: str, path_template: str) -> Schema:
    operation: Schema | None = _description()["paths"].get(PREFIX + path_template, {}).get(method.lower())
    if operation is None:
        raise AssertionError(f"Billbee's API has no {method} {path_template}")
    return operation


def _check(what: str, schema: Schema, body: Any, complete: bool) -> None:
    validator = Draft202012Validator({**schema, "components": _components(complete)})
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]
    if problems:
        raise AssertionError(f"{what}: {'; '.join(problems[:10])}")


@cache
def _components(complete: bool) -> Schema:
    schemas = _description()["components"]["schemas"]
    return {"schemas": {name: _prepared(schema, complete) for name, schema in schemas.items()}}


def _prepared(schema: Mapping[str, Any], complete: bool) -> Schema:
    """The schema as JSON Schema: null allowed, unknown properties refused, with `complete` none missing."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        return _prepared_object(schema, complete)
    if kind == "array":
        return {"type": ["array", "null"], "items": _prepared(schema["items"], complete)}
    if kind in (None, "object"):
        return {}
    prepared: Schema = {"type": [kind, "null"]}
    if "enum" in schema:
        prepared["enum"] = [*schema["enum"], None]
    if limit := _RANGES.get(schema.get("format", "")):
        prepared |= {"minimum": -limit, "maximum": limit - 1}
    return prepared


def _prepared_object(schema: Mapping[str, Any], complete: bool) -> Schema:
    properties = {name: _prepared(each, complete) for name, each in schema["properties"].items()}
    if "ErrorDescription" in properties:
        properties["ErrorDescription"] = {"type": ["string", "integer", "null"]}
    required: Sequence[str] = list(properties) if complete else schema.get("required", [])
    return {
        "type": ["object", "null"],
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _check_text(what: str, schema: Mapping[str, Any], text: str) -> None:
    """A query parameter's value, which arrives as text."""
    if schema.get("type") == "array":
        schema = schema["items"]
    kind = schema.get("type")
    if kind == "integer" and not _INTEGER.fullmatch(text):
        raise AssertionError(f"{what} must be an integer, not {text!r}")
    if kind == "boolean" and text.lower() not in ("true", "false"):
        raise AssertionError(f"{what} must be true or false, not {text!r}")
    if schema.get("format") == "date-time":
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise AssertionError(f"{what} must be a date, not {text!r}") from None

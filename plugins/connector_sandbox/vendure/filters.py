"""Vendure's filters, as its database applies them: a comparison with nothing is never true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector_sandbox.vendure.graphql import Refused


def fits(record: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Tells whether a record fits a filter."""
    return all(_fits(record, name, condition) for name, condition in wanted.items())


def _fits(record: Mapping[str, Any], name: str, condition: Any) -> bool:
    if name == "_and":
        return all(fits(record, each) for each in condition)
    if name == "_or":
        return any(fits(record, each) for each in condition)
    fields = {**record, **record["customFields"]}
    if name not in fields:
        raise Refused(f'Field "{name}" is not defined by the filter.', "BAD_USER_INPUT")
    return all(_holds(fields[name], operator, operand) for operator, operand in condition.items())


def _holds(value: Any, operator: str, operand: Any) -> bool:
    if operator == "isNull":
        return bool((value is None) == operand)
    if value is None:
        return False
    match operator:
        case "eq":
            return bool(value == operand)
        case "notEq":
            return bool(value != operand)
        case "in":
            return bool(value in operand)
        case "notIn":
            return bool(value not in operand)
        case "after":
            return bool(value > operand)
    raise Refused(f'Field "{operator}" is not defined by the operators.', "BAD_USER_INPUT")

"""Records in memory, read and searched as Tryton's REST API does it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from connector_sandbox.tryton.schema import SCHEMA, Many, One

Context = Mapping[str, Any]
Now = Callable[[], datetime]

STOCKED = ("done",)


class Record(dict[str, Any]):
    """A record that notes when it was changed."""

    def __init__(self, values: Mapping[str, Any], now: Now) -> None:
        super().__init__(values, create_date=now(), write_date=None)
        self._now = now

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        super().__setitem__("write_date", self._now())

    def update(self, values: Any) -> None:  # type: ignore[override]
        for name, value in values.items():
            self[name] = value

    def copied(self) -> Record:
        """Returns a copy that keeps its dates."""
        copy = Record({}, self._now)
        dict.update(copy, self)
        return copy


class Records:
    """All records of a database. An unknown model or field is a KeyError, as it is in Tryton."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self.tables: dict[str, dict[int, Record]] = defaultdict(dict)

    def copied(self) -> dict[str, dict[int, Record]]:
        """Returns a copy of all tables."""
        tables = {
            model: {each: record.copied() for each, record in table.items()}
            for model, table in self.tables.items()
        }
        return defaultdict(dict, tables)

    def add(self, model: str, **values: Any) -> int:
        """Adds a record as it is, past all rules."""
        record_id = max(self.tables[model], default=0) + 1
        defaults = {
            name: None if isinstance(kind, One) else kind
            for name, kind in SCHEMA[model].items()
            if not isinstance(kind, Many)
        }
        self.tables[model][record_id] = Record({**defaults, **values, "id": record_id}, self._now)
        return record_id

    def all(self, model: str) -> list[Record]:
        return list(self.tables[model].values())

    def get(self, model: str, record_id: int) -> Record:
        return self.tables[model][record_id]

    def linked(self, model: str, record: Record, field: str) -> list[Record]:
        """Returns the records of a field that holds several."""
        kind = SCHEMA[model][field]
        found = [other for other in self.all(kind.model) if other[kind.back] == record["id"]]
        if field == "outgoing_moves":
            return [move for move in found if move["from_location"] == record["warehouse_output"]]
        return found

    def read(self, model: str, record: Record, fields: Iterable[str], context: Context) -> dict[str, Any]:
        """Reads fields, those of linked records within them: `packages.number`."""
        shown: dict[str, Any] = {"id": record["id"], "__name__": model}
        within: dict[str, list[str]] = defaultdict(list)
        for field in fields:
            name, _, rest = field.partition(".")
            if rest:
                within[name].append(rest)
            else:
                shown[name] = self.value(model, record, name, context)
        for name, names in within.items():
            other = SCHEMA[model][name].model
            value = self.value(model, record, name, context)
            if isinstance(value, list):
                shown[name] = [self.read(other, self.get(other, each), names, context) for each in value]
            else:
                shown[name] = value and self.read(other, self.get(other, value), names, context)
        return shown

    def value(self, model: str, record: Record, name: str, context: Context) -> Any:
        """Returns one field, as its answer shows it: truth comes as 0 or 1."""
        if name == "id":
            return record["id"]
        kind = SCHEMA[model][name]
        if isinstance(kind, Many):
            others = self.linked(model, record, name)
            return [other["id"] for other in others if _is_shown(other, context)]
        if model == "product.product" and name in {"code", "name", "quantity"}:
            return self._of_product(record, name, context)
        value = record[name]
        return int(value) if isinstance(value, bool) else value

    def search(self, model: str, domain: Sequence[Any], context: Context) -> list[Record]:
        """Finds the records that fit, inactive ones only where they are asked for."""
        hidden = context.get("active_test", True) and "active" not in str(domain)
        return [
            record
            for record in self.all(model)
            if (not hidden or record.get("active", True)) and self._fits(model, record, domain, context)
        ]

    def on_hand(self, product: int, zone: int) -> float:
        """Counts the pieces that lie in a location and in those within it."""
        within = self.within(zone)
        moves = [
            move for move in self.all("stock.move") if move["product"] == product and move["state"] in STOCKED
        ]
        came = sum(move["quantity"] for move in moves if move["to_location"] in within)
        return float(came - sum(move["quantity"] for move in moves if move["from_location"] in within))

    def within(self, location: int) -> set[int]:
        """Returns a location and all that lie in it."""
        found = {location}
        for _ in self.tables["stock.location"]:
            found |= {each["id"] for each in self.all("stock.location") if each["parent"] in found}
        return found

    def _of_product(self, record: Record, name: str, context: Context) -> Any:
        template = self.get("product.template", record["template"])
        match name:
            case "code":
                return f"{template['code'] or ''}{record['suffix_code'] or ''}".strip() or None
            case "name":
                return template["name"]
            case _:
                (zone,) = context["locations"]
                return self.on_hand(record["id"], zone)

    def _fits(self, model: str, record: Record, domain: Sequence[Any], context: Context) -> bool:
        if domain and domain[0] == "OR":
            return any(self._fits_clause(model, record, clause, context) for clause in domain[1:])
        return all(self._fits_clause(model, record, clause, context) for clause in domain)

    def _fits_clause(self, model: str, record: Record, clause: Sequence[Any], context: Context) -> bool:
        if not clause or isinstance(clause[0], list) or clause[0] == "OR":
            return self._fits(model, record, clause, context)
        path, operator, wanted, *_ = clause
        if path == "quantity":  # only products with moves are found by their quantity
            (zone,) = context["locations"]
            within = self.within(zone)
            done = [move for move in self.all("stock.move") if move["state"] in STOCKED]
            if not any(
                move["product"] == record["id"] and {move["from_location"], move["to_location"]} & within
                for move in done
            ):
                return False
        values = self._values(model, record, path, context)
        negative = operator in {"!=", "not like", "not child_of"}
        outcomes = [self._holds(value, operator, wanted) for value in values] or [negative]
        return all(outcomes) if negative else any(outcomes)

    def _values(self, model: str, record: Record, path: str, context: Context) -> list[Any]:
        name, _, rest = path.partition(".")
        everything = {**context, "active_test": False}
        value = self.value(model, record, name, everything)
        values = value if isinstance(value, list) else [value]
        if not rest:
            return values
        other = SCHEMA[model][name].model
        return [
            found
            for each in values
            if each is not None
            for found in self._values(other, self.get(other, each), rest, context)
        ]

    def _holds(self, value: Any, operator: str, wanted: Any) -> bool:
        match operator:
            case "=":
                return bool(value == wanted)
            case "!=":
                return bool((value or "") != (wanted or ""))
            case "in":
                return value in wanted
            case "like":
                return _is_like(value or "", wanted)
            case "not like":
                return not _is_like(value or "", wanted)
            case ">":
                return bool(value > wanted)
            case ">=":
                return value is not None and bool(value >= wanted)
            case "child_of":
                return value in self.within(wanted[0])
            case "not child_of":
                return value not in self.within(wanted[0])
        raise KeyError(operator)


def _is_shown(record: Record, context: Context) -> bool:
    return bool(record.get("active", True)) or not context.get("active_test", True)


def _is_like(value: str, pattern: str) -> bool:
    r"""Compares as SQLite does: without regard to case; `%` is anything, `_` one character, `\_` itself."""
    pieces = re.findall(r"\\.|.", pattern, re.DOTALL)
    anything = {"%": ".*", "_": "."}
    expression = "".join(anything.get(piece, re.escape(piece[-1])) for piece in pieces)
    return re.fullmatch(expression, value, re.IGNORECASE | re.DOTALL) is not None

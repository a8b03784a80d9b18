"""As much of GraphQL as the fake shop needs: reads a document, and picks out of a record what it asks for.

A field that a record does not have is refused as the real server refuses it, so that a misspelt query fails in a test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'\.\.\.|[{}()\[\]:!=@$]|"[^"]*"|-?\d+|\w+')


class Refused(Exception):
    """An error of a query: what stands in `errors`, and the HTTP status that it comes with."""

    def __init__(self, message: str, code: str, status: int = 200) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status


@dataclass
class Selection:
    """One field that is asked for, under the name `alias`; `kind` is set for a fragment (`... on Kind`)."""

    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    inner: list[Selection] = field(default_factory=list)
    kind: str = ""


class _Reader:
    """Reads the one operation of a document."""

    def __init__(self, document: str, variables: Mapping[str, Any]) -> None:
        self._tokens = _TOKEN.findall(document)
        self._variables = variables

    def operation(self) -> list[Selection]:
        self._tokens = self._tokens[
            self._tokens.index("{") :
        ]  # what stands before it are the variables' types
        return self._selections()

    def _selections(self) -> list[Selection]:
        found = []
        self._expect("{")
        while self._tokens[0] != "}":
            selection = self._selection()
            if selection is not None:
                found.append(selection)
        self._expect("}")
        return found

    def _selection(self) -> Selection | None:
        if self._tokens[0] == "...":
            self._expect("...")
            self._expect("on")
            kind = self._next()
            return Selection("", "", inner=self._selections(), kind=kind)
        alias = name = self._next()
        if self._tokens[0] == ":":
            self._next()
            name = self._next()
        arguments = self._arguments() if self._tokens[0] == "(" else {}
        wanted = True
        if self._tokens[0] == "@":
            self._expect("@")
            self._expect("include")
            wanted = self._arguments()["if"]
        inner = self._selections() if self._tokens[0] == "{" else []
        return Selection(name, alias, arguments, inner) if wanted else None

    def _arguments(self) -> dict[str, Any]:
        self._expect("(")
        found = self._pairs(")")
        self._expect(")")
        return found

    def _pairs(self, end: str) -> dict[str, Any]:
        found = {}
        while self._tokens[0] != end:
            name = self._next()
            self._expect(":")
            found[name] = self._value()
        return found

    def _value(self) -> Any:
        part = self._next()
        if part == "$":
            return self._variables.get(self._next())
        if part == "{":
            found = self._pairs("}")
            self._expect("}")
            return found
        return part.strip('"') if part.startswith('"') else int(part)

    def _next(self) -> str:
        return str(self._tokens.pop(0))

    def _expect(self, part: str) -> None:
        if self._next() != part:
            raise Refused(f"Syntax Error: Expected {part}", "GRAPHQL_PARSE_FAILED", 400)


def selections_of(document: str, variables: Mapping[str, Any]) -> list[Selection]:
    """Returns what the document asks for."""
    return _Reader(document, variables).operation()


def picked(value: Any, wanted: list[Selection]) -> Any:
    """Returns those fields of a value that are asked for, under the names that they are asked for by."""
    if isinstance(value, list):
        return [picked(each, wanted) for each in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for selection in wanted:
        if selection.kind:
            if selection.kind in value["kinds"]:
                found |= picked(value, selection.inner)
        elif selection.name not in value or isinstance(value[selection.name], dict) > bool(selection.inner):
            message = f'Cannot query field "{selection.name}".'
            raise Refused(message, "GRAPHQL_VALIDATION_FAILED", 400)
        else:
            found[selection.alias] = picked(value[selection.name], selection.inner)
    return found

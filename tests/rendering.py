"""Turns classes, functions and their docstrings into Markdown."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

_RULE_ALONE: Final = re.compile(r"\s\(SPEC [^:)]*\)")
_RULE_BEFORE: Final = re.compile(r"\(SPEC [^:)]*: ")
_CODE: Final = re.compile(r"^((?: {4}.*\n|>>> .*\n(?:.+\n)*|\n(?= {4}))+)", re.MULTILINE)
_PYTHON: Final = re.compile(r"^(?:>>>|class|def|async|from|import|@)", re.MULTILINE)


def prose(text: str) -> str:
    """Turns a docstring into Markdown, without the ids of rules, which say nothing to those who write plugins."""
    plain = _RULE_BEFORE.sub("(", _RULE_ALONE.sub("", inspect.cleandoc(text)))
    with_code = _CODE.sub(lambda found: _fenced(inspect.cleandoc(found[1])), plain + "\n")
    return re.sub(r"\n{3,}", "\n\n", with_code).strip()


def _fenced(code: str) -> str:
    return f"\n```{'python' if _PYTHON.search(code) else 'text'}\n{code}\n```\n"


def cell(text: str) -> str:
    """Makes a text fit into a cell of a table."""
    return " ".join(prose(text).split()).replace("|", "\\|")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Draws a table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def signature(name: str, function: Callable[..., Any]) -> str:
    """Writes a function as it is declared, without `self`, and with `async` where it is awaited."""
    found = inspect.signature(function)
    shown = found.replace(parameters=[p for p in found.parameters.values() if p.name not in ("self", "cls")])
    awaited = "async " if inspect.iscoroutinefunction(function) else ""
    return f"{awaited}{name}{str(shown).replace(chr(39), '')}"


def class_text(kind: type[Any], heading: str = "##") -> str:
    """Describes a class: what it is for, its fields or members, and its methods."""
    parts = [f"{heading} {kind.__name__}", _raised_with(kind), prose(kind.__doc__ or ""), _content(kind)]
    parts += [method_text(name, method, heading + "#") for name, method in methods(kind)]
    return "\n\n".join(filter(None, parts))


def method_text(name: str, method: Any, heading: str = "##") -> str:
    """Describes a method, a property or a function."""
    if isinstance(method, property):
        said = inspect.get_annotations(method.fget).get("return", "") if method.fget else ""
        shown = f"{name}: {said}"
    else:
        shown = signature(name, getattr(method, "__func__", method))
    return f"{heading} {name}\n\n`{shown}`\n\n{prose(method.__doc__ or '')}"


def _raised_with(kind: type[Any]) -> str:
    """Shows with what an error is raised, where it takes more than a text."""
    if not (issubclass(kind, Exception) and "__init__" in vars(kind)):
        return ""
    taken = signature(kind.__name__, kind.__init__).partition(" -> ")[0]
    return f"`{taken}`"


def methods(kind: type[Any]) -> Iterator[tuple[str, Any]]:
    """Yields the public methods and properties of a class that it documents itself."""
    for name, value in vars(kind).items():
        is_method = inspect.isfunction(value) or isinstance(value, classmethod | staticmethod | property)
        if is_method and not name.startswith("_") and value.__doc__:
            yield name, value


def _content(kind: type[Any]) -> str:
    """Lists the members of an enumeration, or the fields of a record."""
    if issubclass(kind, enum.Enum):
        return table(("member", "value"), ((f"`{each.name}`", f"`{each.value}`") for each in kind))
    rows = list(_fields(kind))
    return table(("field", "type", "default"), rows) if rows else ""


def _fields(kind: type[Any]) -> Iterator[tuple[str, str, str]]:
    types = {name: text for base in reversed(kind.__mro__) for name, text in _annotated(base).items()}
    if issubclass(kind, msgspec.Struct):
        for each in msgspec.structs.fields(kind):
            yield _field(each.name, types, each.default, each.default_factory, each.required)
    elif dataclasses.is_dataclass(kind):
        for one in dataclasses.fields(kind):
            missing = one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
            yield _field(one.name, types, one.default, one.default_factory, missing)


def _annotated(base: type[Any]) -> dict[str, Any]:
    return dict(vars(base).get("__annotations__", {}))


def _field(
    name: str, types: dict[str, Any], default: Any, factory: Any, required: bool
) -> tuple[str, str, str]:
    if callable(factory):
        shown = repr(factory()) if factory in (dict, list) else f"{factory.__name__}()"
    else:
        shown = getattr(default, "__qualname__", repr(default))
    return f"`{name}`", f"`{cell(str(types[name]))}`", "needed" if required else f"`{cell(shown)}`"

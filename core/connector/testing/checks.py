"""A check is one rule of the contract, tried on one plugin."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from connector.testing.groups import Group

V = TypeVar("V")
Run = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class Check:
    """A rule and how it is tried.

    `methods` are those of the plugin without which it can't be tried, `drives` those of the driver, `field` the place
    in the system that it takes (see `Driver.lacks`).
    """

    name: str
    group: Group
    rule: str
    run: Run
    methods: tuple[str, ...] = ()
    drives: tuple[str, ...] = ()
    field: str = ""


def check(
    group: Group, *methods: str, drives: tuple[str, ...] = (), field: str = ""
) -> Callable[[Run], Check]:
    """Makes a check of a function that takes a lab; the first line of its docstring is the rule."""

    def make(run: Run) -> Check:
        return Check(run.__name__, group, _rule(run), run, methods, drives, field)

    return make


def check_each(
    group: Group,
    table: Mapping[str, V],
    *,
    methods: Callable[[V], tuple[str, ...]] = lambda _: (),
    drives: Callable[[V], tuple[str, ...]] = lambda _: (),
    field: Callable[[V], str] = lambda _: "",
) -> Callable[[Callable[[Any, V], Awaitable[None]]], tuple[Check, ...]]:
    """Makes a check for each row of a table, of a function that takes a lab and the row."""

    def make(run: Callable[[Any, V], Awaitable[None]]) -> tuple[Check, ...]:
        return tuple(
            Check(
                name=f"{run.__name__}[{name}]",
                group=group,
                rule=_rule(run),
                run=_with_row(run, row),
                methods=methods(row),
                drives=drives(row),
                field=field(row),
            )
            for name, row in table.items()
        )

    return make


def checks_of(modules: Iterable[ModuleType]) -> tuple[Check, ...]:
    """Returns the checks of some modules, in the order in which they stand there."""
    found: list[Check] = []
    for module in modules:
        for value in vars(module).values():
            found += [value] if isinstance(value, Check) else []
            if isinstance(value, tuple):
                found += [each for each in value if isinstance(each, Check)]
    return tuple(found)


def _with_row(run: Callable[[Any, V], Awaitable[None]], row: V) -> Run:
    return lambda lab: run(lab, row)


def _rule(run: Callable[..., object]) -> str:
    return (inspect.getdoc(run) or "").partition("\n")[0]

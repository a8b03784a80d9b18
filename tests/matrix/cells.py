"""What the fault matrix tries: every call of the scenario's runs, every fault, once, twice and for a whole run."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from connector_sandbox.faults import FaultKind
from tests.matrix.answers import NEEDED_FIELDS
from tests.matrix.scenario import Scenario, new_world, prepared

MODES: Final[Mapping[str, int | None]] = MappingProxyType({"once": 1, "twice": 2, "whole run": None})
"""How many calls in a row the fault hits; None: all of them, until the run ends."""


@dataclass(frozen=True)
class Failure:
    """A way in which a call fails; `kind` is None where it does not even reach the service.

    `takes_effect` says whether the service did what it was asked before the answer went wrong.
    """

    kind: FaultKind | None
    takes_effect: bool = False


FAULTS: Final[Mapping[str, Failure]] = MappingProxyType(
    {
        "connection refused": Failure(None),
        "reset": Failure(FaultKind.RESET),
        "reset after it took effect": Failure(FaultKind.RESET, takes_effect=True),
        "time-out": Failure(FaultKind.HANG),
        "time-out after it took effect": Failure(FaultKind.HANG, takes_effect=True),
        "500": Failure(FaultKind.SERVER_ERROR),
        "500 after it took effect": Failure(FaultKind.SERVER_ERROR, takes_effect=True),
        "502 with a web page": Failure(FaultKind.BAD_GATEWAY),
        "502 after it took effect": Failure(FaultKind.BAD_GATEWAY, takes_effect=True),
        "503 with Retry-After": Failure(FaultKind.UNAVAILABLE),
        "429": Failure(FaultKind.TOO_MANY),
        "429 with Retry-After": Failure(FaultKind.TOO_MANY_RETRY_AFTER),
        "419": Failure(FaultKind.CALL_LIMIT),
        "419 in a body with status 200": Failure(FaultKind.CALL_LIMIT_IN_BODY),
        "200 with truncated JSON": Failure(FaultKind.TRUNCATED, takes_effect=True),
        "200 with a web page, nothing done": Failure(FaultKind.HTML_PAGE),
        "empty body": Failure(FaultKind.EMPTY, takes_effect=True),
        "cut off in the middle": Failure(FaultKind.CUT_OFF, takes_effect=True),
        "missing field": Failure(FaultKind.MISSING_FIELD, takes_effect=True),
        "wrong type": Failure(FaultKind.WRONG_TYPE, takes_effect=True),
        "slow drip": Failure(FaultKind.DRIP, takes_effect=True),
    }
)
_PLACEHOLDER: Final = re.compile(r"\{\w+\}|(?<=/):\w+")
_AFTER: Final = "after it took effect"
_FIELD_FAULTS: Final = frozenset({FaultKind.MISSING_FIELD, FaultKind.WRONG_TYPE})


@dataclass(frozen=True)
class Stage:
    """A run to disturb: what comes before it, its flows (none named: all), and what follows to the scenario's end.

    `calls` are those to disturb, none named: all that the run makes.
    """

    name: str
    before: Callable[[Path], Scenario]
    after: Callable[[Scenario], None]
    flows: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    state_lost: bool = False

    @property
    def is_last(self) -> bool:
        """Whether the scenario ends with this run."""
        return self.after is nothing_more


def _first_day(folder: Path) -> Scenario:
    scenario = Scenario(new_world(folder))
    scenario.begin()
    return scenario


def _rest_of_first_day(scenario: Scenario) -> None:
    scenario.fill_shelves()
    scenario.world.run()
    scenario.go_on()
    scenario.world.run()


def _without_memory(folder: Path) -> Scenario:
    scenario = prepared(folder)
    scenario.world.lose_state()
    return scenario


def nothing_more(scenario: Scenario) -> None:
    """The scenario has come to its end."""


STAGES: Final = (
    Stage("later run", prepared, nothing_more),
    Stage("first run", _first_day, _rest_of_first_day, flows=("products",)),
    Stage("without memory", _without_memory, nothing_more, calls=("GET /product/getAll",), state_lost=True),
)


@dataclass(frozen=True)
class DisturbedCall:
    """A call to disturb, as the audit names it: `POST /goodsOrder/add` of wemalo in the later run."""

    stage: Stage
    service: str
    endpoint: str

    def __str__(self) -> str:
        return f"{self.service} {self.endpoint} ({self.stage.name})"

    def is_named_in(self, text: str) -> bool:
        """Tells whether a text names the call; the two sides call the placeholders of a path differently."""
        name = re.escape(_PLACEHOLDER.sub("{}", self.endpoint))
        return re.search(rf"\b{name}(?![\w/{{])", _PLACEHOLDER.sub("{}", text)) is not None


@dataclass(frozen=True)
class Cell:
    """One try: which call is disturbed, how, how often, and in which field where an answer is spoiled."""

    call: DisturbedCall
    fault: str
    mode: str
    field: str = ""

    def __str__(self) -> str:
        how = f"{self.fault} {self.field}".strip()
        return f"{self.call}, {how}, {self.mode}"


def quick_cells() -> list[Cell]:
    """Chooses two faults for each call, those that were chosen least so far, in changing modes and fields."""
    by_call: dict[DisturbedCall, dict[str, list[Cell]]] = {}
    for cell in all_cells():
        by_call.setdefault(cell.call, {}).setdefault(cell.fault, []).append(cell)
    chosen: list[Cell] = []
    used: Counter[str] = Counter()
    for call in (*by_call, *by_call):
        cells = by_call[call]
        fault = min(cells, key=lambda name: used[name])
        chosen.append(cells.pop(fault)[len(chosen) % len(MODES)])
        used[fault] += 1
    return chosen


def all_cells() -> Iterator[Cell]:
    """Yields every cell; a field fault needs an answer that has fields."""
    for call in disturbed_calls():
        for fault, failure in FAULTS.items():
            if not _makes_sense(call, fault):
                continue
            fields = NEEDED_FIELDS[call.endpoint] if failure.kind in _FIELD_FAULTS else ("",)
            for field in fields:
                for mode in MODES:
                    yield Cell(call, fault, mode, field)


def _makes_sense(call: DisturbedCall, fault: str) -> bool:
    """Leaves out what another cell tries already: reading has no effect that could come before or after."""
    if FAULTS[fault].kind is FaultKind.CALL_LIMIT_IN_BODY:
        return call.service == "wemalo"  # Billbee says it in the status alone
    return not (call.endpoint.startswith("GET ") and fault.endswith(_AFTER))


def disturbed_calls() -> list[DisturbedCall]:
    """Counts which calls the undisturbed runs make."""
    found: list[DisturbedCall] = []
    for stage in STAGES:
        with tempfile.TemporaryDirectory() as folder:
            scenario = stage.before(Path(folder))
            scenario.world.run(*stage.flows)
            sandbox = scenario.sandbox
            for audit in (sandbox.billbee.audit, sandbox.wemalo.audit):
                names = dict.fromkeys(entry.name for entry in audit.entries)
                found += [
                    DisturbedCall(stage, audit.service, name)
                    for name in names
                    if name in (stage.calls or names)
                ]
    return found

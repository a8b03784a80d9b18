"""A part of the fault matrix, and the harness itself; all of it: `python -m tests.matrix --faults`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from connector_sandbox.audit import Entry
from connector_sandbox.exchange import Answer
from connector_sandbox.faults import Fault, FaultKind, spoiled
from tests.matrix.answers import NEEDED_FIELDS
from tests.matrix.cells import (
    FAULTS,
    MODES,
    STAGES,
    Cell,
    DisturbedCall,
    all_cells,
    disturbed_calls,
    quick_cells,
)
from tests.matrix.faults import table, try_cell
from tests.matrix.network import NetworkedWorld
from tests.matrix.repeats import blind_repetitions
from tests.matrix.safety import dangers
from tests.matrix.scenario import PERSONS_TAG, Scenario, prepared

LATER = STAGES[0]


def test_R3_R4_whatever_fails_is_told_and_put_right_by_the_next_run() -> None:
    results = [try_cell(cell) for cell in quick_cells()]
    assert not any(result.violations for result in results), table(results)


def test_the_quick_part_has_every_call_fault_and_mode() -> None:
    chosen = quick_cells()
    assert {cell.call for cell in chosen} == set(disturbed_calls())
    assert {cell.fault for cell in chosen} == set(FAULTS)
    assert {cell.mode for cell in chosen} == set(MODES)


def test_every_call_is_disturbed_by_every_fault_that_can_hit_it() -> None:
    assert len(disturbed_calls()) >= 24
    assert len(list(all_cells())) >= 1000


def test_every_field_to_spoil_is_in_an_answer(tmp_path: Path) -> None:
    answers: dict[str, list[bytes]] = defaultdict(list)
    for stage in STAGES:
        world = NetworkedWorld(stage.before(tmp_path / stage.name).world)
        world.run(*stage.flows)
        for call, bodies in world.answers.items():
            answers[call] += bodies
    for endpoint, fields in NEEDED_FIELDS.items():
        for field in fields:
            fault = Fault(endpoint, FaultKind.MISSING_FIELD, path=field)
            assert any(is_changed(fault, body) for body in answers[endpoint]), f"{endpoint} {field}"


def is_changed(fault: Fault, body: bytes) -> bool:
    return bool(body) and spoiled(Answer(body), fault).body != msgspec.json.decode(body)


def test_a_fault_that_hits_nothing_is_a_violation() -> None:
    cell = Cell(DisturbedCall(LATER, "billbee", "GET /webhooks"), "reset", "once")
    assert try_cell(cell).violations == ("the fault hit nothing",)


@pytest.mark.parametrize(
    ("endpoint", "text", "named"),
    [
        ("GET /orders/{id}", "shipments: billbee GET /orders/{id}: no answer", True),
        # both sides have a name of their own for what stands in a path
        ("PUT /goodsOrder/cancel/:id", "wemalo PUT /goodsOrder/cancel/{externalId}: 500", True),
        # in the words of a language
        ("GET /orders", "billbee hat GET /orders abgelehnt (400)", True),
        # other calls, whose names begin in the same way
        ("GET /orders/{id}", "orders: billbee GET /orders: no answer", False),
        ("GET /orders", "shipments: billbee GET /orders/{id}: no answer", False),
    ],
)
def test_a_call_is_known_by_the_name_that_a_report_gives_it(endpoint: str, text: str, named: bool) -> None:
    assert DisturbedCall(LATER, "billbee", endpoint).is_named_in(text) is named


def sent(*calls: tuple[str, str, str]) -> list[Entry]:
    """Makes up what an audit holds: method, path and fault of each call; all are about the goods order 7."""
    templates = {"/goodsOrder/getStatus/7": "/goodsOrder/getStatus/:id"}
    body = {"meta": {"externalId": "7"}}
    return [
        Entry(place, 0.0, "wemalo", method, templates.get(path, path), path, (), body, fault=fault)
        for place, (method, path, fault) in enumerate(calls)
    ]


ADD = ("POST", "/goodsOrder/add", "hang")
LOOK = ("GET", "/goodsOrder/getStatus/7", "")


@pytest.mark.parametrize(
    ("entries", "count"),
    [
        # nobody knows what became of the first one
        (sent(ADD, ADD), 1),
        # somebody looked
        (sent(ADD, LOOK, ADD), 0),
        # somebody wanted to look, and saw nothing
        (sent(ADD, (*LOOK[:2], "500"), ADD), 1),
        # the service said that it had not even looked at the first one
        (sent((*ADD[:2], "429"), ADD), 0),
        # it was refused
        (sent((*ADD[:2], ""), ADD), 0),
    ],
)
def test_R3_a_write_that_is_repeated_without_a_look_is_noticed(entries: list[Entry], count: int) -> None:
    assert len(blind_repetitions(entries)) == count


def order_twice(scenario: Scenario) -> None:
    there = scenario.warehouse.order(str(scenario.orders["untouched"]))
    scenario.warehouse.add_order(dict(there.meta), [{"externalId": there.positions[0].external_id}])


def number_twice(scenario: Scenario) -> None:
    for _ in range(2):
        scenario.world.shop.add_shipment(scenario.orders["untouched"], "T-1001")


def tag_lost(scenario: Scenario) -> None:
    scenario.world.shop.remove_tags(scenario.orders["untouched"], [PERSONS_TAG])


@pytest.mark.parametrize("spoil", [order_twice, number_twice, tag_lost])
def test_harm_is_noticed_while_a_fault_lasts(tmp_path: Path, spoil: Callable[[Scenario], None]) -> None:
    scenario = prepared(tmp_path)
    assert list(dangers(scenario)) == []
    spoil(scenario)
    assert len(list(dangers(scenario))) == 1

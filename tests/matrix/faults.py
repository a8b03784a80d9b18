"""The fault matrix: every call of the scenario, every fault, once, twice and for a whole run.

A cell plans one fault, runs the client, ends the fault and runs the client once more. Then both sides must stand as if
nothing had happened, the first report must have said what happened unless retries carried it through, and no write
may have been repeated blindly. All of it happens in memory, so that hours of pauses cost nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from string import ascii_lowercase

from connector.report import ClientReport
from connector_sandbox.faults import Fault, FaultKind
from tests.matrix.cells import FAULTS, MODES, Cell, all_cells, quick_cells
from tests.matrix.invariants import violations
from tests.matrix.network import NetworkedWorld
from tests.matrix.repeats import blind_repetitions
from tests.matrix.safety import dangers
from tests.matrix.scenario import Scenario


@dataclass(frozen=True)
class Result:
    """What came of a cell; no violations: all went well."""

    cell: Cell
    violations: tuple[str, ...]


def run_matrix(
    endpoints: Collection[str] | None = None,
    faults: Collection[str] | None = None,
    modes: Collection[str] | None = None,
) -> list[Result]:
    """Tries every combination of the named endpoints (`GET /products`), faults and modes; None stands for all."""
    wanted = [
        cell
        for cell in all_cells()
        if (endpoints is None or cell.call.endpoint in endpoints)
        and (faults is None or cell.fault in faults)
        and (modes is None or cell.mode in modes)
    ]
    with ProcessPoolExecutor() as processes:
        return list(processes.map(try_cell, wanted, chunksize=8))


def try_cell(cell: Cell) -> Result:
    """Disturbs a run, lets the fault end, runs once more, and looks at everything."""
    stage = cell.call.stage
    with tempfile.TemporaryDirectory() as folder:
        scenario = stage.before(Path(folder))
        scenario.world = world = NetworkedWorld(scenario.world)
        fault = _plan(cell, world)
        disturbed = world.run(*stage.flows)
        world.end_faults()
        found = list(dangers(scenario))
        undone = _differences(scenario, cell) if stage.is_last else []
        world.later(hours=1)
        restored = world.run(*stage.flows)
        stage.after(scenario)
        found += [] if fault.hits else ["the fault hit nothing"]
        found += _told(cell, disturbed, restored, undone)
        found += _differences(scenario, cell)
        audits = (world.sandbox.billbee.audit, world.sandbox.wemalo.audit)
        found += chain.from_iterable(blind_repetitions(audit.entries) for audit in audits)
    return Result(cell, tuple(found))


def _differences(scenario: Scenario, cell: Cell) -> list[str]:
    return violations(scenario, scenario.world.state_dir, state_lost=cell.call.stage.state_lost)


def _plan(cell: Cell, world: NetworkedWorld) -> Fault:
    failure, service = FAULTS[cell.fault], cell.call.service
    handled = world.sandbox.billbee.faults if service == "billbee" else world.sandbox.wemalo.faults
    faults = world.refused[service] if failure.kind is None else handled
    return faults.add(
        cell.call.endpoint,
        failure.kind or FaultKind.RESET,
        times=MODES[cell.mode],
        takes_effect=failure.takes_effect,
        path=cell.field,
    )


def _told(
    cell: Cell, disturbed: ClientReport, restored: ClientReport, undone: Collection[str]
) -> Iterator[str]:
    """The report has to name the call, or the records that it could not read, unless nothing was left undone."""
    if not restored.completed:
        yield f"the run after the fault did not complete: {restored.failure}"
    if any(problem.code == "run_crashed" for problem in disturbed.problems):
        yield f"a bug: {disturbed.failure}"
    said = (disturbed.failure, *(problem.reason for problem in disturbed.problems))
    still_open = {problem.id for problem in restored.problems}
    is_told_of_records = bool(cell.field) and any(each.id not in still_open for each in disturbed.problems)
    if is_told_of_records or any(cell.call.is_named_in(text) for text in said):
        return
    if not disturbed.completed:
        yield f"the report does not name the call: {disturbed.failure}"
    elif undone:
        yield f"the run says that it completed, but: {'; '.join(undone)}"


@dataclass(frozen=True)
class Tried:
    """What came of the matrix: its table, and how many calls, faults and cells were tried and how many went wrong."""

    text: str
    calls: int
    faults: int
    cells: int
    violated: int


def main_table(quick: bool) -> Tried:
    """Runs the matrix, or the quick part of it."""
    results = [try_cell(cell) for cell in quick_cells()] if quick else run_matrix()
    return Tried(
        text=table(results),
        calls=len({result.cell.call for result in results}),
        faults=len({result.cell.fault for result in results}),
        cells=len(results),
        violated=sum(bool(result.violations) for result in results),
    )


def table(results: Iterable[Result]) -> str:
    """A row for each call and a column for each fault: how many cells went well, or `3!` where three failed.

    Below it stand the names of the faults, then every violation.
    """
    by_row: dict[str, dict[str, list[Result]]] = {}
    for result in results:
        by_fault = by_row.setdefault(str(result.cell.call), {})
        by_fault.setdefault(result.cell.fault, []).append(result)
    letters = dict(zip(FAULTS, ascii_lowercase, strict=False))
    width = max(map(len, by_row), default=0)
    lines = [f"{'':{width}}" + "".join(f"{letter:>4}" for letter in letters.values())]
    for row, by_fault in by_row.items():
        lines.append(f"{row:{width}}" + "".join(f"{_mark(by_fault.get(fault, [])):>4}" for fault in FAULTS))
    lines += [f"  {letter}  {fault}" for fault, letter in letters.items()]
    tried = chain.from_iterable(chain.from_iterable(by_fault.values()) for by_fault in by_row.values())
    lines += [f"VIOLATION {result.cell}: {text}" for result in tried for text in result.violations]
    return "\n".join(lines)


def _mark(results: Collection[Result]) -> str:
    failed = sum(bool(result.violations) for result in results)
    return f"{failed}!" if failed else str(len(results) or "")

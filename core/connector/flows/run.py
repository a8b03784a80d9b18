"""What a flow works with while it runs for one client, and the words in which flows report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from connector.clock import Stop
from connector.contracts import Source, Target
from connector.errors import Interrupted, LimitReached, RecordRefused, ServiceDown, TransientError
from connector.mapping import Chain
from connector.problems import Ledger
from connector.records import Order, Product, Record, Shipment, Unreadable
from connector.report import FlowCounts
from connector.state import ClientState


class Reason(msgspec.Struct, frozen=True):
    """Why a record is reported: a code of the problem texts and what fills its placeholders."""

    code: str
    params: Mapping[str, str] = {}


def reason_of(error: RecordRefused) -> Reason:
    """Turns the error that kept a record out into words for the ledger."""
    return Reason(error.code, error.params)


def unheard(records: int) -> None:
    """Tells nobody how many records there are."""


@dataclass(frozen=True)
class FlowRun:
    """One flow of one client's run: both sides, the client's steps and state, and where results go.

    `has_time` tells whether the run's time allows a further record; what then waits is counted, and nothing is raised.
    `hide` keeps the client's secrets out of what a service says about a record.
    `expect` is told how many records the flow takes, once it knows.
    """

    flow: str
    source: Source
    target: Target
    product_steps: Chain[Product]
    order_steps: Chain[Order]
    shipment_steps: Chain[Shipment]
    state: ClientState
    ledger: Ledger
    counts: FlowCounts
    stop: Stop
    max_zeroed_share: float
    now: Callable[[], datetime]
    has_time: Callable[[], bool]
    hide: Callable[[str], str]
    expect: Callable[[int], None] = unheard

    def check_stop(self) -> None:
        """Raises Interrupted between two records when the run was asked to end (SPEC R5)."""
        if self.stop.requested:
            raise Interrupted("the run was asked to end")

    def report(self, record: Record, record_id: str, number: str, *reasons: Reason) -> None:
        """Reports what is wrong with a record; without reasons its earlier problems are closed."""
        for reason in reasons:
            self.ledger.report(
                code=reason.code,
                flow=self.flow,
                record_id=record_id,
                number=number,
                params={name: self.hide(str(value)) for name, value in reason.params.items()},
                record=record,
            )
        self.ledger.settle(self.flow, record_id)

    def report_unreadable(self, code: str, broken: Unreadable) -> None:
        """Counts and reports a record that the service delivered in a form that can't be read (SPEC R4)."""
        self.counts.read += 1
        self.counts.refused += 1
        self.report(broken, broken.record_id, broken.number, Reason(code, {"reason": broken.reason}))


class Postponed:
    """Records that a passing fault kept back; they wait for the next run (SPEC R1, R3).

    One fault never keeps the other records back, but after `in_a_row` faults without a success the flow stops
    asking: an outage is one problem, not one for each record.
    """

    def __init__(self, in_a_row: int = 3) -> None:
        self._left = self._in_a_row = in_a_row
        self._error: TransientError | None = None

    def add(self, error: TransientError) -> None:
        """Notes a fault."""
        self._error = error
        self._left = 0 if isinstance(error, Interrupted | LimitReached | ServiceDown) else self._left - 1

    def check(self) -> None:
        """Raises the last fault where going on makes no sense."""
        if self._error is not None and self._left <= 0:
            raise self._error

    def success(self) -> None:
        """Notes that the services answer."""
        self._left = self._in_a_row

    def raise_any(self) -> None:
        """Raises the last fault, if there was one, so that the flow does not count as complete."""
        if self._error is not None:
            raise self._error

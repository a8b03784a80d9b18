"""Figures for Prometheus, as text: what the states remember, and what this process measures. Needs the extra `web`.

The only module that knows prometheus_client. Runs, records, problems and calls of the month come from the states, so
they outlive a restart and are the same in every process; how long calls take and what waits for a limit is measured
where the calls are made.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, get_args

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from connector.costs import TARIFFS, Bill, bills, usages
from connector.crew import Crew
from connector.history import (
    CALLS,
    CALLS_SINCE,
    RUNS,
    TOTALS,
    Kept,
    PastRun,
    calls_in_month,
    month_of,
    runs,
    split_call,
    totals,
)
from connector.ledgers import PROBLEMS, open_levels
from connector.texts import Level

STREAMS: Final = frozenset({PROBLEMS, RUNS, CALLS, CALLS_SINCE, TARIFFS, TOTALS})
"""What is read of a state."""

BUCKETS_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

_CLIENT: Final = ("client",)
_CALL: Final = ("service", "endpoint")
_KEY: Final = ("service", "key")
_WORKER: Final = ("worker",)

_Values = Iterable[tuple[Sequence[str], float]]


class Metrics:
    """The figures of one process; implements `connector.http.Meter`.

    Nothing is global: a process may have several, and a test its own.
    """

    def __init__(self) -> None:
        self._times: dict[tuple[str, str], _Times] = {}
        self._answers: Counter[tuple[str, str, str]] = Counter()
        self._waits: Counter[tuple[str, str]] = Counter()
        self._waited_s: dict[tuple[str, str], float] = {}

    def called(self, service: str, endpoint: str, status: int | None, seconds: float) -> None:
        """Counts one attempt of a call, and how long its answer took; `status` None: none came that is of use."""
        self._answers[(service, endpoint, str(status or "none"))] += 1
        self._times.setdefault((service, endpoint), _Times()).add(seconds)

    def waited(self, service: str, endpoint: str, seconds: float) -> None:
        """Counts a call that had to wait for a limit of the service."""
        self._waits[(service, endpoint)] += 1
        self._waited_s[(service, endpoint)] = self._waited_s.get((service, endpoint), 0.0) + seconds

    def render(self, clients: Mapping[str, Kept], now: datetime, crew: Crew | None = None) -> str:
        """Returns the text that Prometheus reads; `clients` are the states, of which it needs `STREAMS`.

        `crew` are those who share a database; None: there is none, or it can't be looked at.
        """
        registry = CollectorRegistry(auto_describe=False)
        shared = _shared(crew) if crew is not None else ()
        registry.register(_Collected([*_remembered(clients, now), *shared, *self._measured()]))
        return generate_latest(registry).decode()

    def _measured(self) -> Iterator[Metric]:
        times = HistogramMetricFamily(
            "connector_call_duration_seconds", "Seconds from sending a call to its answer.", labels=_CALL
        )
        for labels, measured in self._times.items():
            times.add_metric(labels, measured.buckets(), measured.total)
        yield times
        yield _counter(
            "calls", "Calls by the status of the answer.", (*_CALL, "status"), self._answers.items()
        )
        yield _counter("limit_waits", "Calls that waited for a limit.", _CALL, self._waits.items())
        yield _counter(
            "limit_wait_seconds", "Seconds that calls waited for a limit.", _CALL, self._waited_s.items()
        )


class _Times:
    """How many calls took how long."""

    def __init__(self) -> None:
        self.total = 0.0
        self._counts = [0] * (len(BUCKETS_S) + 1)

    def add(self, seconds: float) -> None:
        self.total += seconds
        self._counts[bisect_left(BUCKETS_S, seconds)] += 1

    def buckets(self) -> list[tuple[str, float]]:
        """Returns for each limit how many calls took no longer."""
        found, so_far = [], 0
        for limit, count in zip((*map(str, BUCKETS_S), "+Inf"), self._counts, strict=True):
            so_far += count
            found.append((limit, float(so_far)))
        return found


class _Collected:
    """Hands out what was collected; the library asks for it."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _remembered(clients: Mapping[str, Kept], now: datetime) -> Iterator[Metric]:
    """Yields what the states of the clients say."""
    yield from _run_figures(clients, now)
    problems = _problems(clients).items()
    yield _gauge("problems_open", "Open problems that nobody ignores.", (*_CLIENT, "level"), problems)
    month = month_of(now)
    calls = {
        (client, *split_call(name)): count
        for client, kept in clients.items()
        for name, count in calls_in_month(kept, month).items()
    }
    yield _gauge("month_calls", "Calls of this month.", (*_CLIENT, *_CALL), calls.items())
    yield from _costs(bills({client: usages(kept, now) for client, kept in clients.items()}, month))


def _run_figures(clients: Mapping[str, Kept], now: datetime) -> Iterator[Metric]:
    counted: dict[tuple[str, ...], float] = {}
    records: dict[tuple[str, ...], float] = {}
    read: dict[tuple[str, ...], float] = {}
    for client, kept in clients.items():
        noted = totals(kept)
        counted |= {(client, result): count for result, count in noted.runs.items()}
        for flow, verdicts in noted.flows.items():
            read[(client, flow)] = verdicts.get("read", 0)
            records |= {(client, flow, name): count for name, count in verdicts.items() if name != "read"}
    yield _counter("runs", "Runs by their result.", (*_CLIENT, "result"), counted.items())
    yield _counter("records_read", "Records that flows have read.", (*_CLIENT, "flow"), read.items())
    yield _counter(
        "records", "Records by what became of them.", (*_CLIENT, "flow", "verdict"), records.items()
    )
    past = {(client,): kept_runs for client, kept in clients.items() if (kept_runs := runs(kept))}
    took = {labels: found[0].duration.total_seconds() for labels, found in past.items()}
    yield _gauge("last_run_duration_seconds", "Seconds that the last run took.", _CLIENT, took.items())
    completed = {labels: float(found[0].completed) for labels, found in past.items()}
    yield _gauge("last_run_completed", "1 where the last run completed.", _CLIENT, completed.items())
    ages = {labels: _age(found, now) for labels, found in past.items()}
    text = "Seconds since the last complete run ended, where there was none: since the first run began."
    yield _gauge("last_complete_run_age_seconds", text, _CLIENT, ages.items())


def _age(newest_first: Sequence[PastRun], now: datetime) -> float:
    complete = next((run for run in newest_first if run.completed), None)
    return (now - (complete.ended if complete else newest_first[-1].started)).total_seconds()


def _problems(clients: Mapping[str, Kept]) -> dict[tuple[str, str], int]:
    found = {(client, level): 0 for client in clients for level in get_args(Level)}
    for client, kept in clients.items():
        for level, count in open_levels(kept.stream(PROBLEMS).values()).items():
            found[(client, level)] = count
    return found


def _costs(charged: Iterable[Bill]) -> Iterator[Metric]:
    """Yields what services charge for; `key` is a digest of the key that the clients share."""
    by_key = {(bill.service, bill.key): bill for bill in charged}
    known = {labels: bill for labels, bill in by_key.items() if bill.forecast is not None}
    calls = {labels: bill.calls for labels, bill in by_key.items()}
    yield _gauge(
        "key_month_calls", "Calls of this month of all clients that share a key.", _KEY, calls.items()
    )
    then = {labels: bill.forecast or 0 for labels, bill in known.items()}
    yield _gauge("key_month_calls_forecast", "The same by the end of the month.", _KEY, then.items())
    free = {labels: bill.free_calls for labels, bill in by_key.items()}
    yield _gauge("key_month_free_calls", "Calls of a month that are free.", _KEY, free.items())
    cost = {(*labels, bill.currency): float(bill.cost) for labels, bill in by_key.items()}
    yield _gauge(
        "key_month_cost", "What is charged for this month so far.", (*_KEY, "currency"), cost.items()
    )
    later = {(*labels, bill.currency): float(bill.forecast_cost or 0) for labels, bill in known.items()}
    yield _gauge(
        "key_month_cost_forecast", "The same by the end of the month.", (*_KEY, "currency"), later.items()
    )


def _shared(crew: Crew) -> Iterator[Metric]:
    """Yields who works on a database, and what waits there."""
    states = {("alive",): len(crew.alive), ("silent",): len(crew.workers) - len(crew.alive)}
    text = "Workers by whether they gave a sign of life within the time of a lease."
    yield _gauge("workers", text, ("state",), states.items())
    places = {(worker.name,): worker.places for worker in crew.workers}
    yield _gauge("worker_places", "Clients that a worker can run at once.", _WORKER, places.items())
    taken = {(worker.name,): worker.running for worker in crew.workers}
    yield _gauge(
        "worker_places_taken", "Clients that a worker runs, as it said last.", _WORKER, taken.items()
    )
    silent = {(worker.name,): worker.silent_s for worker in crew.workers}
    text = "Seconds since the last sign of life of a worker."
    yield _gauge("worker_silence_seconds", text, _WORKER, silent.items())
    held = {(name,): count for name, count in crew.held_by.items()}
    yield _gauge("leases", "Clients that are held, by holder.", ("holder",), held.items())
    yield _number(
        "leases_past_end", "Clients whose holder did not renew its lease in time.", len(crew.past_end)
    )
    yield _number("clients_due", "Clients that are due and wait.", crew.overdue)
    yield _number("clients_due_seconds", "Seconds that the first of them has waited.", crew.longest_overdue_s)
    text = "Seconds that a client has been due without any worker alive; 0 where one is."
    yield _number("clients_unattended_seconds", text, crew.unattended_s)
    if crew.queue is not None:
        yield _number("queue_waiting", "Clients in the queue that wait for a place.", crew.queue.waiting)
        yield _number("queue_begun", "Clients that workers have taken out of the queue.", crew.queue.begun)
        yield _number(
            "queue_oldest_seconds", "Age of the oldest that waits in the queue.", crew.queue.oldest_s
        )


def _number(name: str, text: str, value: float) -> Metric:
    return _gauge(name, text, (), [((), value)])


def _counter(name: str, text: str, labels: Sequence[str], values: _Values) -> Metric:
    family = CounterMetricFamily(f"connector_{name}", text, labels=labels)
    for of, value in values:
        family.add_metric(of, value)
    return family


def _gauge(name: str, text: str, labels: Sequence[str], values: _Values) -> Metric:
    family = GaugeMetricFamily(f"connector_{name}", text, labels=labels)
    for of, value in values:
        family.add_metric(of, value)
    return family

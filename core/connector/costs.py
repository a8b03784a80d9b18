"""What calls cost: how many a month has taken, of all clients that a service counts together, and where that leads.

The stream `tariffs` of a client holds, by service, what it charges and which key it counts for, as of the last run; so
the state alone tells what is to be paid. The key stands there as a digest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from connector.calls import Service, Tariff
from connector.errors import StateError
from connector.history import (
    CALLS,
    CALLS_SINCE,
    Changeable,
    Kept,
    calls_in_month,
    calls_since,
    month_of,
    split_call,
)
from connector.state import StateStore

TARIFFS: Final = "tariffs"

STREAMS: Final = frozenset({TARIFFS, CALLS, CALLS_SINCE})
"""What is read of a state."""

AGAIN_AFTER: Final = timedelta(hours=1)

WARN_FROM: Final = 0.8
"""The share of a budget that is worth a warning."""

SOONEST_FORECAST: Final = timedelta(days=1)
"""So long has to be known before a forecast says more than it guesses."""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What one client called of one service in a month; `forecast` is for the month's end, None: not known yet."""

    service: str
    tariff: Tariff
    month: str
    calls: int
    forecast: int | None


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What a service charges for a month, for all `clients` that it counts together (client → calls, most first).

    `cost` is what is to be paid so far; the forecasts are for the month's end, None: not known yet.
    """

    service: str
    key: str
    month: str
    clients: Mapping[str, int]
    calls: int
    forecast: int | None
    free_calls: int
    cost: Decimal
    forecast_cost: Decimal | None
    currency: str


def note_tariffs(state: Changeable, services: Iterable[Service]) -> None:
    """Remembers what the services of a run charge; nothing is saved."""
    for service in services:
        if service.tariff is not None:
            state.put(TARIFFS, service.name, msgspec.to_builtins(service.tariff))


def usages(kept: Kept, now: datetime) -> tuple[Usage, ...]:
    """Returns what a client has called this month, of the services that charge."""
    month = month_of(now)
    calls: dict[str, int] = {}
    for name, number in calls_in_month(kept, month).items():
        service = split_call(name)[0]
        calls[service] = calls.get(service, 0) + number
    since = calls_since(kept, month)
    return tuple(
        Usage(
            service=service,
            tariff=msgspec.convert(tariff, Tariff),
            month=month,
            calls=calls.get(service, 0),
            forecast=forecast(calls.get(service, 0), since, now),
        )
        for service, tariff in kept.stream(TARIFFS).items()
    )


def forecast(calls: int, since: datetime, now: datetime) -> int | None:
    """Returns the calls that the month takes where it goes on as it did `since`; None: too little is known."""
    if now - since < SOONEST_FORECAST:
        return None
    return calls + round(calls * ((_end_of_month(now) - now) / (now - since)))


def _end_of_month(now: datetime) -> datetime:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def bills(used: Mapping[str, Iterable[Usage]], month: str) -> list[Bill]:
    """Puts together what the clients used of the same service and key, in the order of services and keys."""
    together: dict[tuple[str, str], dict[str, Usage]] = {}
    for client, each in used.items():
        for usage in each:
            if usage.month == month:
                together.setdefault((usage.service, usage.tariff.key), {})[client] = usage
    return [_bill(month, of_clients) for _, of_clients in sorted(together.items())]


def _bill(month: str, used: Mapping[str, Usage]) -> Bill:
    *_, newest = used.values()
    tariff = newest.tariff
    calls = sum(usage.calls for usage in used.values())
    forecasts = [usage.forecast for usage in used.values() if usage.forecast is not None]
    known = sum(forecasts) if len(forecasts) == len(used) else None
    return Bill(
        service=newest.service,
        key=tariff.key,
        month=month,
        clients=dict(sorted(((c, u.calls) for c, u in used.items()), key=lambda pair: (-pair[1], pair[0]))),
        calls=calls,
        forecast=known,
        free_calls=tariff.free_calls,
        cost=_cost(calls, tariff),
        forecast_cost=None if known is None else _cost(known, tariff),
        currency=tariff.currency,
    )


def _cost(calls: int, tariff: Tariff) -> Decimal:
    return (max(0, calls - tariff.free_calls) * tariff.price).quantize(Decimal("0.01"))


class CallTally:
    """What all clients used this month, as far as this process knows; so a run need not read the others' states.

    They are read once, and from then on each run brings its own up to date; where other processes run clients, too,
    they are read again when they are older than an hour.
    """

    def __init__(self, store: StateStore) -> None:
        self._store = store
        self._used: dict[str, tuple[Usage, ...]] = {}
        self._read_at: datetime | None = None
        self._reading = asyncio.Lock()

    async def bills(self, client: str, kept: Kept, now: datetime) -> list[Bill]:
        """Returns the bills that this client has a part in; `kept` is what is remembered of it."""
        own = usages(kept, now)
        if not own:
            return []
        await self._read(now)
        self._used[client] = own
        return [bill for bill in bills(self._used, month_of(now)) if client in bill.clients]

    async def _read(self, now: datetime) -> None:
        async with self._reading:
            if self._read_at is not None and not (self._store.schedule and now - self._read_at > AGAIN_AFTER):
                return
            for client in await self._store.clients():
                try:
                    snapshot = await self._store.read(client, STREAMS)
                except StateError:
                    continue  # its own run reports it
                self._used[client] = usages(snapshot, now)
                await asyncio.sleep(0)  # a state may be large, and others are waiting
            self._read_at = now

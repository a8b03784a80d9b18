"""The client that a plugin calls: slots, retries, pauses, counting, and what becomes of each answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from random import Random
from types import TracebackType
from typing import Final, Self, TypeVar

import msgspec
from tenacity import AsyncRetrying, RetryCallState, retry_if_result

from connector.calls import Answer, Endpoint, Headers, Query, Service
from connector.clock import Clock, Stop
from connector.crowd import Crowd
from connector.errors import CallRefused, ConnectorError, LimitReached, OutcomeUnknown, TransientError
from connector.http.addresses import UnsafeValue, url_for
from connector.http.answers import Call, Wanted, decoded, fault_in
from connector.http.breaker import Breaker
from connector.http.call_log import CallLog
from connector.http.limits import Lane, Limits
from connector.http.retry import (
    Effect,
    Fault,
    RetryPolicy,
    error_for,
    gives_up,
    growing_pause,
    is_worth_repeating,
    pause_after,
)
from connector.http.wire import Request, Transport, Wire

T = TypeVar("T")

DEFAULT_POLICY: Final = RetryPolicy()

_A_WAIT_S: Final = 0.001
"""What takes less is no wait, but what it costs to look."""

_log: Final = logging.getLogger("connector.http")


def _always() -> None:
    """Allows every call."""


class HttpClient:
    """Sends the calls of one client to one service; implements `connector.calls.Http`.

    `check` is called before everything that goes out, and once more in the moment in which it leaves. It may
    raise, when this process must not act any more (its lease on the client is lost). With `read_only` a call that
    writes is a bug, and is not sent (SPEC R6). An instance serves one run, because the total of its pauses is limited.
    What came is decoded, and then handled by the caller, when it is this run's turn in the `crowd`.
    """

    def __init__(
        self,
        service: Service,
        *,
        clock: Clock,
        stop: Stop,
        random: Random,
        limits: Limits,
        counts: CallLog,
        transport: Transport | None = None,
        policy: RetryPolicy = DEFAULT_POLICY,
        check: Callable[[], None] = _always,
        read_only: bool = False,
        crowd: Crowd | None = None,
    ) -> None:
        """Raises ConfigurationError where the service's base URL or headers can't be used."""
        self._service = service
        self._clock = clock
        self._stop = stop
        self._random = random
        self._limits = limits
        self._counts = counts
        self._policy = policy
        self._check = check
        self._read_only = read_only
        self._crowd = crowd or Crowd()
        self._waited = 0.0
        self._breaker = Breaker(service.name)
        self._wire = Wire(service, transport, clock, check)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._wire.aclose()

    async def call(
        self,
        endpoint: Endpoint,
        answer: type[T],
        *,
        otherwise: type[T] | None = None,
        path: Mapping[str, str | int] | None = None,
        query: Query = (),
        body: object = None,
        headers: Headers | None = None,
    ) -> T:
        """Sends one call and returns its answer; see `connector.calls.Http.call`."""
        call = Call(_with_headers(self._service, headers), endpoint)
        if self._read_only and not endpoint.is_read:
            raise RuntimeError(f"{call} would write, and this client may only read")
        values = {name: str(value) for name, value in (path or {}).items()}
        try:
            url = url_for(self._service.base_url, endpoint.path, values)
        except UnsafeValue as error:
            raise CallRefused(self._service.name, str(endpoint), 400, f"not sent: {error}") from None
        request = Request(call=msgspec.structs.replace(call, sent=body), url=url, query=query, body=body)
        wanted = Wanted(answer, otherwise)
        outcome = await self._attempt(request, values, wanted, 1)
        if isinstance(outcome, Fault):
            outcome = await self._repeated(request, values, wanted, outcome)
        self._breaker.note(outcome if isinstance(outcome, Fault) else None, endpoint)
        if isinstance(outcome, Fault):
            raise self._error_for(outcome, endpoint)
        return outcome

    async def _repeated(
        self, request: Request, values: Mapping[str, str], wanted: Wanted[T], first: Fault
    ) -> T | Fault:
        """Repeats a call whose first attempt brought a fault, as far as that may help; returns the last outcome."""
        retrying = self._retrying(request.call)

        async def attempt() -> T | Fault:
            number: int = retrying.statistics["attempt_number"]
            if number == 1:
                return first
            again: T | Fault = await self._attempt(request, values, wanted, number)
            return again

        outcome: T | Fault = await retrying(attempt)
        return outcome

    def _error_for(self, fault: Fault, endpoint: Endpoint) -> ConnectorError:
        """Names the service, and says that it is out of order where this call showed it."""
        error = error_for(fault, endpoint)
        if isinstance(error, TransientError):
            error.service = self._service.name
            if not isinstance(error, OutcomeUnknown):
                self._breaker.check()
        return error

    def _retrying(self, call: Call) -> AsyncRetrying:
        """Retries stand outside the limits, so that each attempt takes a slot of its own."""

        def is_worth_it(outcome: object) -> bool:
            return isinstance(outcome, Fault) and is_worth_repeating(outcome, call.endpoint)

        def pause(state: RetryCallState) -> float:
            return pause_after(_fault(state), state.attempt_number, self._policy, self._random.random())

        def is_last(state: RetryCallState) -> bool:
            pause = state.upcoming_sleep
            return gives_up(_fault(state), state.attempt_number, pause, self._waited, self._policy)

        def account_for(state: RetryCallState) -> None:
            self._waited += state.upcoming_sleep
            kind, wait = type(_fault(state).error).__name__, round(state.upcoming_sleep, 1)
            fields = {"endpoint": str(call), "cause": kind, "attempt": state.attempt_number + 1, "wait": wait}
            _log.info("call is repeated", extra=fields)

        return AsyncRetrying(
            retry=retry_if_result(is_worth_it),
            wait=pause,
            stop=is_last,
            before_sleep=account_for,
            sleep=self._pause,
            retry_error_callback=_fault,
        )

    async def _attempt(
        self, request: Request, values: Mapping[str, str], wanted: Wanted[T], number: int
    ) -> T | Fault:
        self._breaker.check()
        service, endpoint = self._service.name, request.call.endpoint
        lane, asked = self._limits.lane(self._service, endpoint), self._clock.monotonic()
        with await lane.take(values, self._pause, self._longest_pause()) as slot:
            if (waited := self._clock.monotonic() - asked) >= _A_WAIT_S:
                self._counts.meter.waited(service, str(endpoint), waited)
            self._check()
            self._counts.add(str(request.call))
            started = self._clock.monotonic()
            answer = await self._wire.send(request, slot.sent)
            if isinstance(answer, Fault) and answer.effect is Effect.NONE:
                slot.give_up()
        seconds = self._clock.monotonic() - started
        status = None if isinstance(answer, Fault) else answer.status
        self._counts.meter.called(service, str(endpoint), status, seconds)
        fields = {
            "endpoint": str(request.call),
            "status": status,
            "duration": round(seconds, 3),
            "attempt": number,
        }
        _log.debug("call", extra=fields)
        if isinstance(answer, Fault):
            return answer
        await self._crowd.turn()
        return self._judged(answer, wanted, request.call, lane)

    def _judged(self, answer: Answer, wanted: Wanted[T], call: Call, lane: Lane) -> T | Fault:
        asked = self._service.pause(answer)
        if asked is not None and asked > 0:
            self._limits.pause(self._service, asked)
            fields = {"service": self._service.name, "wait": round(asked, 1)}
            _log.info("service asks for a pause", extra=fields)
        if self._service.remaining is not None:
            self._limits.allow(self._service, self._service.remaining(answer))
        fault = fault_in(answer, call, self._clock.now())
        if fault is not None and isinstance(fault.error, LimitReached):
            return self._held_back(fault, lane)
        lane.accepted()
        if fault is not None:
            return fault
        found: T | Fault = decoded(answer, wanted, call)
        return found

    def _held_back(self, fault: Fault, lane: Lane) -> Fault:
        """Pauses the endpoint for everybody who uses this account, not only for the call that was refused."""
        chance = self._random.random()
        pause = lane.refused(fault.pause, lambda refusals: growing_pause(self._policy, refusals, chance))
        return msgspec.structs.replace(fault, pause=pause)

    def _longest_pause(self) -> float:
        """Returns the seconds that a call may wait because the service wants to be left alone."""
        return min(self._policy.longest_pause, self._policy.total_pause - self._waited)

    async def _pause(self, seconds: float) -> None:
        await self._stop.pause(self._clock, seconds)


def _with_headers(service: Service, headers: Headers | None) -> Service:
    """Describes the service for one call; so its own headers are kept out of messages, too."""
    if not headers:
        return service
    return msgspec.structs.replace(service, headers={**service.headers, **headers})


def _fault(state: RetryCallState) -> Fault:
    """Returns what the latest attempt brought; asked for only after one that brought a fault."""
    assert state.outcome is not None  # noqa: S101  (tells the type checker what tenacity promises)
    fault: Fault = state.outcome.result()
    return fault

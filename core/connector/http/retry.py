"""Decides what is sent again, and when (SPEC R3): pure functions, no clock and no network."""

from __future__ import annotations

from enum import Enum

import msgspec

from connector.calls import Endpoint
from connector.errors import ConnectorError, LimitReached, OutcomeUnknown, UnusableAnswer


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How patient a client is; the pauses are in seconds.

    `attempts` is the most that one call gets, the first included; a call that the service put off because of a limit
    gets `limit_attempts`, whose growing pauses outlast a limit that counts per minute; one whose answer could not be
    read gets `unreadable_attempts`. `total_pause` is what all calls of a client's run together may wait for retries:
    once it is used up, the rest is left to the next run.
    """

    attempts: int = 4
    limit_attempts: int = 8
    unreadable_attempts: int = 2
    first_pause: float = 1.0
    longest_pause: float = 60.0
    total_pause: float = 300.0


class Effect(Enum):
    """What a call did to the service, as far as anybody can tell."""

    NONE = "none"
    UNKNOWN = "unknown"
    FINAL = "final"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why an attempt brought nothing. `pause` is how many seconds the service wants to be left alone, if it said so."""

    error: ConnectorError
    effect: Effect
    pause: float | None = None


def may_repeat(endpoint: Endpoint) -> bool:
    """Tells whether a call may be sent again when nobody knows what became of the first."""
    return endpoint.is_read or endpoint.repeatable


def is_worth_repeating(fault: Fault, endpoint: Endpoint) -> bool:
    """Tells whether the same call may go through later, and can do no harm if it went through already."""
    return fault.effect is Effect.NONE or (fault.effect is Effect.UNKNOWN and may_repeat(endpoint))


def growing_pause(policy: RetryPolicy, failures: int, chance: float) -> float:
    """Returns seconds that double with each failure in a row, less up to a half by `chance` (0 to 1)."""
    whole = min(policy.first_pause * 2.0 ** (failures - 1), policy.longest_pause)
    return whole * (1 + chance) / 2


def pause_after(fault: Fault, attempt: int, policy: RetryPolicy, chance: float) -> float:
    """Returns the seconds to wait after attempt number `attempt`."""
    return growing_pause(policy, attempt, chance) if fault.pause is None else fault.pause


def gives_up(fault: Fault, attempt: int, pause: float, waited: float, policy: RetryPolicy) -> bool:
    """Tells whether attempt number `attempt` was the last; `waited` is what the run has spent on pauses so far."""
    return (
        attempt >= _allowed_attempts(fault, policy)
        or pause > policy.longest_pause
        or waited + pause > policy.total_pause
    )


def error_for(fault: Fault, endpoint: Endpoint) -> ConnectorError:
    """Returns what the caller gets to see: a write that may have taken effect is an OutcomeUnknown."""
    if fault.effect is not Effect.UNKNOWN or may_repeat(endpoint) or isinstance(fault.error, OutcomeUnknown):
        return fault.error
    return OutcomeUnknown(f"{fault.error}; nobody knows whether it took effect")


def _allowed_attempts(fault: Fault, policy: RetryPolicy) -> int:
    match fault.error:
        case LimitReached():
            return policy.limit_attempts
        case UnusableAnswer():
            return policy.unreadable_attempts
        case _:
            return policy.attempts

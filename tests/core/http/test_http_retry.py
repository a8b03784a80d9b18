import pytest

from connector.calls import Endpoint
from connector.errors import (
    CallRefused,
    ConnectorError,
    LimitReached,
    OutcomeUnknown,
    TransientError,
    UnusableAnswer,
)
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
from tests.core.http.world import READ, REPEATABLE_WRITE, WRITE

POLICY = RetryPolicy()
BUSY = TransientError("busy")
LIMIT = LimitReached("limit")
UNREADABLE = UnusableAnswer("cut off")


@pytest.mark.parametrize(
    ("effect", "worth"),
    [
        (Effect.NONE, [True, True, True]),  # certainly not handled
        (Effect.UNKNOWN, [True, True, False]),  # a write is looked up before it is repeated
        (Effect.FINAL, [False, False, False]),  # the same call gets the same answer
    ],
)
def test_R3_what_is_worth_repeating(effect: Effect, worth: list[bool]) -> None:
    fault = Fault(error=BUSY, effect=effect)
    assert [is_worth_repeating(fault, to) for to in (READ, REPEATABLE_WRITE, WRITE)] == worth


def test_R3_a_query_that_is_posted_is_a_read() -> None:
    query = Endpoint("POST", "/admin-api", reads=True, operation="products")
    assert is_worth_repeating(Fault(error=BUSY, effect=Effect.UNKNOWN), query)
    assert str(query) == "POST /admin-api products"


@pytest.mark.parametrize(
    ("failures", "least", "most"),
    [(1, 0.5, 1), (2, 1, 2), (3, 2, 4), (6, 16, 32), (7, 30, 60), (50, 30, 60)],
)
def test_R3_pauses_grow_and_are_random(failures: int, least: float, most: float) -> None:
    assert growing_pause(POLICY, failures, 0.0) == least
    assert growing_pause(POLICY, failures, 1.0) == most


def test_R3_the_service_has_the_say_on_the_pause() -> None:
    assert pause_after(Fault(error=BUSY, effect=Effect.NONE, pause=7), 3, POLICY, 0.5) == 7
    assert pause_after(Fault(error=BUSY, effect=Effect.NONE), 3, POLICY, 0.5) == 3


@pytest.mark.parametrize(
    ("error", "attempt", "pause", "waited", "last"),
    [
        (BUSY, 3, 4, 0, False),
        (BUSY, 4, 4, 0, True),
        (LIMIT, 7, 60, 0, False),  # outlasts a limit per minute
        (LIMIT, 8, 1, 0, True),
        (UNREADABLE, 1, 1, 0, False),
        (UNREADABLE, 2, 1, 0, True),
        (BUSY, 1, 60, 0, False),
        (BUSY, 1, 60.1, 0, True),  # longer than anybody waits
        (BUSY, 1, 60, 240, False),
        (BUSY, 1, 60, 241, True),  # the run's budget is used up
    ],
)
def test_R3_when_it_is_time_to_give_up(
    error: ConnectorError, attempt: int, pause: float, waited: float, last: bool
) -> None:
    assert gives_up(Fault(error=error, effect=Effect.NONE), attempt, pause, waited, POLICY) is last


def test_R3_only_a_write_that_may_have_taken_effect_has_an_unknown_outcome() -> None:
    unknown = Fault(error=BUSY, effect=Effect.UNKNOWN)
    assert error_for(unknown, READ) is error_for(unknown, REPEATABLE_WRITE) is BUSY
    assert isinstance(error_for(unknown, WRITE), OutcomeUnknown)
    assert error_for(Fault(error=LIMIT, effect=Effect.NONE), WRITE) is LIMIT
    refused = CallRefused("shop", "POST /orders", 400, "no")
    assert error_for(Fault(error=refused, effect=Effect.FINAL), WRITE) is refused

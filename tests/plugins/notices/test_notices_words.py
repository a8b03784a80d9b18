"""What is news to somebody, and the words of a message."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from connector.api import ConfigurationError, OpenProblem, Secret
from connector.testing.clock import NOON
from connector_notices.news import News, news
from connector_notices.sending import _without, understood
from connector_notices.settings import NoticesSettings
from connector_notices.wording import body, title

PLAIN = NoticesSettings(to={"ops": Secret("json://example.com")})


def open_problem(problem_id: str = "p1", **fields: Any) -> OpenProblem:
    plain = {
        "id": problem_id,
        "code": "order_receiver_missing",
        "level": "error",
        "flow": "orders",
        "record_id": "77",
        "number": "A-1001",
        "reason": "The delivery address is not complete; missing: street.",
        "hint": "Complete it.",
        "first_seen": NOON,
        "count": 1,
    }
    return OpenProblem(**{**plain, **fields})


@pytest.mark.parametrize(
    ("fields", "settings", "is_told"),
    [
        ({}, {}, True),
        ({"level": "warning"}, {}, True),
        ({"level": "info"}, {}, False),  # nothing to do
        ({"is_ignored": True}, {}, False),  # an operator wants to hear no more of it
        ({"is_passing": True}, {}, False),  # ends by itself, or `freshness` follows
        ({"is_passing": True}, {"passing": True}, True),
    ],
)
def test_what_is_worth_telling(fields: dict[str, Any], settings: dict[str, Any], is_told: bool) -> None:
    found = news([open_problem(**fields)], {}, NoticesSettings(**settings))
    assert [problem.id for problem in found.opened] == (["p1"] if is_told else [])
    assert found.known.keys() == ({"p1"} if is_told else set())


@pytest.mark.parametrize(
    ("problems", "told", "opened", "closed"),
    [
        ([], {}, [], []),
        (["p1"], {}, ["p1"], []),
        (["p1"], {"p1": "one"}, [], []),  # told before
        ([], {"p1": "one"}, [], ["one"]),
        (["p2"], {"p1": "one"}, ["p2"], ["one"]),
    ],
)
def test_what_is_new_for_somebody(
    problems: list[str], told: dict[str, str], opened: list[str], closed: list[str]
) -> None:
    found = news([open_problem(each) for each in problems], told, PLAIN)
    assert ([problem.id for problem in found.opened], list(found.closed)) == (opened, closed)
    assert found.known.keys() == set(problems)


def test_a_problem_that_is_ignored_after_it_was_told_has_not_closed() -> None:
    found = news([open_problem(is_ignored=True)], {"p1": "one"}, PLAIN)
    assert found.is_empty
    assert found.known == {"p1": "one"}


def test_closed_ones_are_forgotten_in_silence_where_nobody_wants_to_hear_of_them() -> None:
    found = news([], {"p1": "one"}, NoticesSettings(closed=False))
    assert (found.is_empty, found.known) == (True, {})


def test_what_stops_a_client_comes_first() -> None:
    problems = [
        open_problem("late", level="warning"),
        open_problem("order"),
        open_problem("credentials", flow="run", record_id="", number=""),
    ]
    assert [found.id for found in news(problems, {}, PLAIN).opened] == ["credentials", "order", "late"]


@pytest.mark.parametrize(
    ("opened", "closed", "language", "said"),
    [
        (1, 0, "en", "acme: 1 new problem"),
        (2, 0, "en", "acme: 2 new problems"),
        (0, 3, "en", "acme: 3 closed"),
        (1, 1, "de", "acme: 1 neues Problem, 1 erledigt"),
        (2, 0, "de", "acme: 2 neue Probleme"),
        (1, 0, "fr", "acme: 1 new problem"),
    ],
)
def test_the_title_says_whose_and_how_many(opened: int, closed: int, language: str, said: str) -> None:
    found = News(opened=tuple(open_problem(str(n)) for n in range(opened)), closed=("x",) * closed)
    assert title("acme", found, language) == said


def test_the_message_lists_reasons_with_what_to_do() -> None:
    found = News(opened=(open_problem(),), closed=("A-1000: done",))
    assert body("acme", found, "en").splitlines() == [
        "New:",
        "- A-1001: The delivery address is not complete; missing: street.",
        "  Complete it.",
        "",
        "Closed:",
        "- A-1000: done",
    ]


def test_of_many_problems_the_first_20_are_listed() -> None:
    found = News(opened=tuple(open_problem(str(n)) for n in range(500)), closed=("x",) * 30)
    lines = body("acme", found, "de").splitlines()
    assert "… und 480 weitere; alle zeigt: connector problems --client acme" in lines
    assert lines[-1] == "… und 10 weitere"
    assert len(lines) < 70


@pytest.mark.parametrize("address", ["", "nonsense", "pigeon://loft", "mailto://"])
def test_an_address_that_means_no_service_is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"to\.ops: this is no address that Apprise understands"
    ) as caught:
        understood("ops", address)
    assert not address or address not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("mailto://erika:secret@example.com", "E-Mail"),
        ("slack://TokenA12345/TokenB1234/TokenC123456789012345678/#ops", "Slack"),
        ("jsons://hooks.example.com/path", "JSON"),
    ],
)
def test_an_address_means_a_service(address: str, name: str) -> None:
    assert understood("ops", address).service_name == name


@pytest.mark.parametrize(
    ("address", "said", "shown"),
    [
        ("json://hook.example.com/t0ken", "no connection to hook.example.com/t0ken", "no connection to ***"),
        ("mailto://erika:p%40ss1@example.com", "login p@ss1 failed", "login *** failed"),
        ("slack://T0ken1/T0ken2", "T0ken2 is unknown\n\x1b[2J", "*** is unknown [2J"),
    ],
)
def test_C4_no_part_of_an_address_stands_in_a_reason(address: str, said: str, shown: str) -> None:
    assert _without(address, said) == shown


def test_without_receivers_the_library_is_not_even_loaded() -> None:
    code = "import connector_notices, sys; assert not {'apprise', 'requests'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)

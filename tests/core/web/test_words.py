"""Both languages say the same, and the templates say nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest

import connector.web
from connector.flows.retry import Retry
from connector.testing.clock import NOON
from connector.web.pages import DONE
from connector.web.texts_de import GERMAN
from connector.web.texts_en import ENGLISH
from connector.web.words import Words, language_of

PACKAGE = Path(connector.web.__file__).parent
SOURCES = "\n".join(
    file.read_text(encoding="utf-8")
    for file in sorted(PACKAGE.rglob("*"))
    if file.suffix in {".py", ".html"} and not file.stem.startswith("texts_")
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_know_the_same_codes() -> None:
    assert ENGLISH.keys() == GERMAN.keys()


@pytest.mark.parametrize("code", ENGLISH)
def test_a_code_takes_the_same_in_both_languages(code: str) -> None:
    assert placeholders(ENGLISH[code]) == placeholders(GERMAN[code])


@pytest.mark.parametrize("code", ENGLISH)
def test_every_code_is_used(code: str) -> None:
    stem = re.sub(r"_(one|many)$", "", code)
    made = ("level_", "flow_", "done_", "chart_", "error_")  # put together from what they tell
    assert code.startswith(made) or f'"{stem}"' in SOURCES or f"'{stem}'" in SOURCES or f'"{code}"' in SOURCES


def test_every_text_that_a_template_names_exists() -> None:
    named = re.findall(r"""\bt\(\s*["']([a-z_0-9]+)["']\s*[,)]""", SOURCES)
    amounts = [f"{noun}_{n}" for noun in re.findall(r't\.amount\("(\w+)"', SOURCES) for n in ("one", "many")]
    assert named
    assert set(named) | set(amounts) <= ENGLISH.keys()


def test_what_a_form_may_have_done_has_its_words() -> None:
    assert {retry.name.lower() for retry in Retry} | {"ignored"} == DONE
    assert {f"done_{done}" for done in DONE} <= ENGLISH.keys()


@pytest.mark.parametrize(
    ("wishes", "header", "language"),
    [
        ((), "", "en"),
        ((), "de", "de"),
        ((), "de-CH", "de"),
        ((), "fr, de;q=0.4, en;q=0.2", "de"),
        ((), "en;q=0.2, de;q=0.4", "de"),
        ((), "en, de", "en"),  # equal: the first
        ((), "fr", "en"),
        ((), "*", "en"),
        ((), ";;q=,=" * 500, "en"),
        (("de",), "en", "de"),
        (("xx", "de"), "en", "de"),
        (("", ""), "de", "de"),
    ],
)
def test_the_language_is_what_was_chosen_else_what_the_browser_likes_best(
    wishes: tuple[str, ...], header: str, language: str
) -> None:
    assert language_of(*wishes, header=header) == language


@pytest.mark.parametrize(
    ("seconds", "english", "german"),
    [
        (0.44, "0.4 s", "0,4 s"),
        (59, "59 s", "59 s"),
        (185, "3 min 05 s", "3 Min. 05 s"),
        (3720, "1 h 02 min", "1 Std. 02 Min."),
    ],
)
def test_spans_are_written_as_people_say_them(seconds: float, english: str, german: str) -> None:
    assert [Words(each).seconds(seconds) for each in ("en", "de")] == [english, german]


def test_numbers_and_times_follow_the_language() -> None:
    price = Decimal("1234.5")
    assert [Words(each).money(price, "EUR") for each in ("en", "de")] == ["1,234.50 EUR", "1.234,50 EUR"]
    assert [Words(each).number(1234567) for each in ("en", "de")] == ["1,234,567", "1.234.567"]
    assert [Words(each).moment(NOON) for each in ("en", "de")] == [
        "2026-03-02 12:00 UTC",
        "02.03.2026 12:00 UTC",
    ]
    assert [Words("en").amount("problem", n) for n in (0, 1, 1000)] == [
        "0 problems",
        "1 problem",
        "1,000 problems",
    ]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.9, "gerade eben"),
        (1, "vor 1 Min."),
        (119, "vor 119 Min."),
        (120, "vor 2 Std."),
        (2880, "vor 2 Tagen"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_unit(minutes: float, said: str) -> None:
    assert Words("de").ago(timedelta(minutes=minutes)) == said

"""What a check has to say: that a rule was broken, or that it can't be tried here."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, Final, TypeVar

import msgspec

from connector.contracts import Outcome
from connector.records import Record

_LONGEST: Final = 300

E = TypeVar("E", bound=BaseException)


class Broken(AssertionError):
    """A plugin broke a rule: what was expected, what was found, where to look, and what had happened before."""

    def __init__(self, expected: str, found: str, look_at: str = "", when: str = "") -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found
        self.look_at = look_at
        self.when = when


class NotOffered(Exception):
    """A check can't be tried, since the plugin, its system or its fake has no such thing; says which."""


def expect(holds: bool, expected: str, found: object, look_at: str = "") -> None:
    """Raises Broken unless it holds."""
    if not holds:
        raise Broken(expected, found if isinstance(found, str) else brief(found), look_at)


def expect_same(found: Any, wanted: Any, what: str, look_at: str = "") -> None:
    """Raises Broken unless both are the same."""
    expect(found == wanted, f"{what}: {brief(wanted)}", brief(found), look_at)


async def raised(kind: type[E], work: Awaitable[object], when: str, look_at: str = "") -> E:
    """Returns the error of this kind that the work raises; raises Broken where it ends otherwise."""
    try:
        found = await work
    except kind as error:
        return error
    except Exception as error:
        raise Broken(kind.__name__, in_words(error), look_at, when) from error
    raise Broken(kind.__name__, f"no error; it returned {brief(found)}", look_at, when)


def in_words(error: BaseException) -> str:
    """Names an error with its text."""
    return f"{type(error).__name__}: {error}"


def brief(value: object) -> str:
    """Shows a value; of a record what it has in it, of a long value a part."""
    text = (
        f"{type(value).__name__} {msgspec.to_builtins(value)}" if isinstance(value, Record) else repr(value)
    )
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def expect_ids(found: Sequence[str], wanted: Sequence[str], what: str, look_at: str = "") -> None:
    """Raises Broken unless these ids were found, each once, in whatever order."""
    missing = [each for each in wanted if each not in found]
    doubled = sorted({each for each in found if found.count(each) > 1})
    foreign = [each for each in found if each not in wanted]
    words = [
        f"{len(missing)} missing ({_listed(missing, wanted)})" if missing else "",
        f"more than once: {', '.join(doubled)}" if doubled else "",
        f"not among them: {', '.join(foreign)}" if foreign else "",
    ]
    problem = "; ".join(filter(None, words))
    expect(not problem, f"{what}: {len(wanted)}, each once", f"{len(found)}: {problem}", look_at)


def raise_refusal(outcomes: Sequence[Outcome], ids: Sequence[str], method: str) -> None:
    """Raises the first error that the outcomes tell; raises Broken where they don't fit what was sent."""
    expect_same([outcome.record_id for outcome in outcomes], list(ids), "one outcome for each record", method)
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error


def _listed(missing: Sequence[str], wanted: Sequence[str]) -> str:
    shown = [f"{each} is number {list(wanted).index(each) + 1}" for each in missing[:5]]
    return ", ".join(shown) + (", …" if len(missing) > len(shown) else "")

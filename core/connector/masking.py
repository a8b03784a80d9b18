"""Keeps secrets and customers' data out of texts that somebody else wrote, in whatever encoding they stand there."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec

from connector.secret import MASK, Personal, Secret, secrets_alive, secrets_made

SHORTEST: Final = 4
"""Characters that a secret has at least; what is shorter stands in every other word."""

_SHOWN: Final = 8
"""So many of its first characters show a secret, since services cut off what they repeat."""

_ROUNDS: Final = 4
"""How often one encoding may be wrapped into another (JSON in HTML in JSON)."""

_ENCODED: Final = re.compile(
    # Upper-case letters were made small before.
    r"""(?: \\u[0-9a-f]{4} )+ | \\x[0-9a-f]{2} | \\[\\/"'bfnrt]   # JSON, and languages that write alike
    | &\#?\w{1,8};                                               # HTML
    | (?: %[0-9a-f]{2} )+                                        # addresses
    """,
    re.VERBOSE,
)
_LETTERS: Final[Mapping[str, str]] = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

Span = tuple[int, int]


class _Reading(NamedTuple):
    """What a text says: its bare characters, and where each of them stands in the text."""

    bare: str
    spans: list[Span]


def masked(text: str, secrets: Iterable[str]) -> str:
    """Returns the text with three stars in the place of each secret, and of the beginning of each.

    A secret is found as it is and as JSON, HTML and addresses write it, also one in the other, with line breaks in
    between, and in either case.
    """
    wanted = {secret for secret in secrets if len(secret) >= SHORTEST}
    for secret in sorted(wanted, key=len, reverse=True):
        text = text.replace(secret, MASK)
    forms = [form for secret in wanted for form in _forms(secret)]
    found = [span for reading in _readings(text) for form in forms for span in _found(reading, form)]
    return _without(text, found) if found else text


def without_secrets(text: str) -> str:
    """Returns the text without any secret of this process, however many there are."""
    return masked(text, _index(secrets_made()).possible_in(text))


class _Index:
    """Finds among thousands of secrets the few that may stand in a text, by the first characters of each."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._starting: dict[str, set[str]] = {}
        self._short: set[str] = set()
        for secret in secrets:
            for form in _forms(secret):
                if len(form) < SHORTEST:
                    self._short.add(secret)
                else:
                    self._starting.setdefault(form[:SHORTEST], set()).add(secret)

    def possible_in(self, text: str) -> set[str]:
        """Returns those whose first characters stand in the text, and those of which too little would be left."""
        starts = {
            reading.bare[place : place + SHORTEST]
            for reading in _readings(text)
            for place in range(len(reading.bare) - SHORTEST + 1)
        }
        return self._short.union(*(self._starting[start] for start in starts & self._starting.keys()))


@functools.lru_cache(maxsize=1)
def _index(made: int) -> _Index:
    """Makes the index anew where secrets were made since; those that are gone stay in it until then."""
    del made
    return _Index(secrets_alive())


def hiding(settings: object) -> Callable[[str], str]:
    """Returns what keeps the secrets of these settings out of a text."""
    return functools.partial(masked, secrets=tuple(secrets_in(settings)))


def secrets_in(settings: object) -> Iterator[str]:
    """Yields the secrets that stand somewhere in settings."""
    match settings:
        case Secret():
            yield settings.reveal()
        case _:
            for part in _parts(settings):
                yield from secrets_in(part)


def personal_in(sent: object) -> Iterator[str]:
    """Yields the texts of a customer's data that stand somewhere in what is sent."""
    for part in _parts(sent):
        if isinstance(sent, Personal) and isinstance(part, str):
            yield part
        else:
            yield from personal_in(part)


def _parts(value: object) -> Iterator[object]:
    match value:
        case msgspec.Struct():
            yield from (getattr(value, name) for name in value.__struct_fields__)
        case dict():
            yield from value.values()
        case list() | tuple():
            yield from value


def _readings(text: str) -> Iterator[_Reading]:
    """Yields the text without what may be put in between, then with one encoding after the other undone.

    Each of them is of use: undoing one more may take a secret's first letter together with what stands before it.
    """
    reading = _squeezed(_Reading(text, [(place, place + 1) for place in range(len(text))]))
    yield reading
    for _ in range(_ROUNDS):
        if _ENCODED.search(reading.bare) is None:
            break
        reading = _squeezed(_decoded(reading))
        yield reading


def _squeezed(reading: _Reading) -> _Reading:
    """Leaves out blanks, line breaks and `+`, which stands for a blank in addresses; writes all letters small."""
    kept = [
        (small, span)
        for character, span in zip(reading.bare, reading.spans, strict=True)
        if character.isprintable() and character not in " +"
        for small in character.lower()
    ]
    return _Reading("".join(small for small, _ in kept), [span for _, span in kept])


def _decoded(reading: _Reading) -> _Reading:
    """Undoes one encoding everywhere; what a sequence stands for has the place of that sequence."""
    bare: list[str] = []
    spans: list[Span] = []
    done = 0
    for run in _ENCODED.finditer(reading.bare):
        bare.append(reading.bare[done : run.start()])
        spans += reading.spans[done : run.start()]
        done = run.start()
        for means, width in _meanings(run[0]):
            bare.append(means)
            spans += [(reading.spans[done][0], reading.spans[done + width - 1][1])] * len(means)
            done += width
    return _Reading("".join((*bare, reading.bare[done:])), spans + reading.spans[done:])


def _meanings(run: str) -> Iterator[tuple[str, int]]:
    """Yields what encoded letters stand for, and how many characters each takes."""
    if run[0] == "%":
        for letter in unquote_to_bytes(run).decode("utf-8", "surrogateescape"):
            yield letter, len("%ff") * len(letter.encode("utf-8", "surrogateescape"))
    elif run[0] == "&":
        yield html.unescape(run), len(run)
    elif run[1] == "u":
        for letter in bytes.fromhex(run.replace("\\u", "")).decode("utf-16-be", "surrogatepass"):
            yield letter, len("\\uffff") * len(letter.encode("utf-16-be", "surrogatepass")) // 2
    elif run[1] == "x":
        yield bytes.fromhex(run[2:]).decode("latin-1"), len(run)
    else:
        yield _LETTERS.get(run[1], run[1]), len(run)


@functools.lru_cache(maxsize=8192)
def _forms(secret: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reading.bare for reading in _readings(secret)))


def _found(reading: _Reading, secret: str) -> Iterator[Span]:
    """Yields where a secret begins and ends, as far as it is there."""
    if len(secret) < SHORTEST:
        return
    start = reading.bare.find(secret[:_SHOWN])
    while start != -1:
        end = start + min(len(secret), _SHOWN)
        while end - start < len(secret) and reading.bare[end : end + 1] == secret[end - start]:
            end += 1
        yield reading.spans[start][0], reading.spans[end - 1][1]
        start = reading.bare.find(secret[:_SHOWN], end)


def _without(text: str, spans: Iterable[Span]) -> str:
    shown: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if start > done or not shown:
            shown += text[done:start], MASK
        done = max(done, end)
    return "".join((*shown, text[done:]))

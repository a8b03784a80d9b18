"""An explanation as it is told: sentences in the client's language, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from connector import texts
from connector.flows.run import Reason
from connector.problems import Problem, hint, reason
from connector.texts import Sentence, Sentences


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one record and why. `is_known` is false where nobody knows such a record."""

    client: str
    subject: str
    is_known: bool
    sentences: tuple[Sentence, ...]
    next_steps: tuple[Sentence, ...]


class Story:
    """Collects the sentences of one explanation, each once."""

    def __init__(self, table: Sentences, language: str) -> None:
        self._table = table
        self._language = language
        self._sentences: list[Sentence] = []
        self._steps: list[Sentence] = []

    def say(self, code: str, **params: str) -> None:
        """Tells something."""
        self._add(self._sentences, texts.sentence(self._table, code, params, self._language))

    def advise(self, code: str, **params: str) -> None:
        """Says what to do."""
        self._add(self._steps, texts.sentence(self._table, code, params, self._language))

    def give(self, why: Reason) -> None:
        """Tells why a record is held back, in the words of the problems, and what to do about it."""
        self.quote(why)
        self.advise_on(why)

    def advise_on(self, why: Reason) -> None:
        """Says what to do about a reason, in the words of the problems."""
        self._add(self._steps, Sentence(why.code, texts.hint(why.code, why.params, self._language)))

    def quote(self, why: Reason) -> None:
        """Tells a reason whose cause follows, which says better what to do."""
        self._add(self._sentences, Sentence(why.code, self.words(why)))

    def words(self, why: Reason) -> str:
        """Returns a reason in the client's language."""
        return texts.reason(why.code, why.params, self._language)

    def problem(self, problem: Problem, code: str, *, advise: bool = True) -> None:
        """Tells of a problem of the ledger, and what to do about it."""
        self.say(
            code,
            id=problem.id,
            since=moment(problem.first_seen),
            closed=moment(problem.closed_at) if problem.closed_at else "",
            count=str(problem.count),
            reason=reason(problem, self._language),
        )
        if problem.ignored:
            self.say("problem_ignored", id=problem.id, why=problem.ignored)
        if advise:
            self._add(self._steps, Sentence(problem.code, hint(problem, self._language)))

    def ended(self, client: str, subject: str, *, is_known: bool = True) -> Explanation:
        """Returns all that was told; where nothing is to be done, that is said as well."""
        if not self._steps:
            self.advise("nothing_to_do")
        return Explanation(
            client=client,
            subject=subject,
            is_known=is_known,
            sentences=tuple(self._sentences),
            next_steps=tuple(self._steps),
        )

    @staticmethod
    def _add(sentences: list[Sentence], sentence: Sentence) -> None:
        if sentence not in sentences:
            sentences.append(sentence)


def moment(at: datetime) -> str:
    """Returns a time as people read it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def newest_first(problems: Iterable[Problem]) -> list[Problem]:
    """Sorts problems by when they were last seen."""
    return sorted(problems, key=lambda problem: problem.last_seen, reverse=True)

"""What a comparison finds: the differences, with cause and remedy, and what could not be compared."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from connector import texts
from connector.errors import ConnectorError
from connector.problems import Problem, hint, reason
from connector.reconcile.texts import SENTENCES
from connector.texts import Sentence


class Kind(StrEnum):
    """In what the two sides differ."""

    MISSING_IN_WAREHOUSE = "missing_in_warehouse"
    CANCELLED_IN_WAREHOUSE = "cancelled_in_warehouse"
    NOT_CANCELLED_IN_WAREHOUSE = "not_cancelled_in_warehouse"
    NOT_MARKED_IN_SHOP = "not_marked_in_shop"
    NOT_SHIPPED_IN_SHOP = "not_shipped_in_shop"
    STOCK_DIFFERS = "stock_differs"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One record on which the two sides don't agree.

    `cause` is None where nobody knows it; `remedy` says what to do, or what became of the repair; `is_repaired` is
    true once nothing is left to do, or nothing but the next run.
    """

    kind: Kind
    record_id: str
    number: str
    what: Sentence
    cause: Sentence | None
    remedy: Sentence
    is_repaired: bool = False


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides of a client compared. `not_compared` says what is missing from it.

    `is_complete` is false where something failed, so that there may be more differences.
    """

    client: str
    orders: int
    products: int
    differences: tuple[Difference, ...]
    not_compared: tuple[Sentence, ...]
    is_complete: bool

    @property
    def agrees(self) -> bool:
        """Whether all was compared and nothing is left that differs."""
        return self.is_complete and all(difference.is_repaired for difference in self.differences)


class Findings:
    """Collects what a comparison finds, in the client's language."""

    def __init__(self, client: str, language: str) -> None:
        self.orders = 0
        self.products = 0
        self._client = client
        self._language = language
        self._differences: list[Difference] = []
        self._not_compared: list[Sentence] = []
        self._is_complete = True

    def say(self, code: str, **params: str) -> Sentence:
        """Puts something into words; the client's name is filled in."""
        return texts.sentence(SENTENCES, code, {"client": self._client, **params}, self._language)

    def cause(self, problem: Problem) -> Sentence:
        """Names an open problem as the cause."""
        text = reason(problem, self._language).rstrip(".")
        return self.say("problem", reason=text, id=problem.id)

    def follow(self, problem: Problem) -> Sentence:
        """Says what to do about a problem."""
        return self.say("follow_problem", hint=hint(problem, self._language))

    def add(self, difference: Difference) -> None:
        """Notes a difference."""
        self._differences.append(difference)

    def left_out(self, code: str, flow: str) -> None:
        """Notes what is not compared on purpose."""
        self._not_compared.append(self.say(code, flow=flow))

    def failed(self, code: str, error: ConnectorError | str, **params: str) -> None:
        """Notes what could not be compared, although it should have been."""
        self._is_complete = False
        self._not_compared.append(self.say(code, reason=str(error), **params))

    def result(self) -> Reconciliation:
        """Returns all of it."""
        return Reconciliation(
            client=self._client,
            orders=self.orders,
            products=self.products,
            differences=tuple(self._differences),
            not_compared=tuple(self._not_compared),
            is_complete=self._is_complete,
        )

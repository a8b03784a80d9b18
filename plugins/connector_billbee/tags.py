"""The tags through which an order tells how far it is (SPEC O1, O2, O5, O7, X). Tags compare without regard to case."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class OrderTags(msgspec.Struct, frozen=True):
    """The names of all tags that this connection reads and sets, made from the setting orders_tag."""

    wanted: str

    @property
    def received(self) -> str:
        """The warehouse has the order, or nothing of it is shipped (SPEC O2)."""
        return f"order_received_by_{self.wanted}"

    @property
    def failed(self) -> str:
        """The order can't be shipped as it is (SPEC O5)."""
        return f"order_failed_by_{self.wanted}"

    @property
    def change_refused(self) -> str:
        """The order was changed when the warehouse was already working on it (SPEC O7)."""
        return f"order_change_refused_by_{self.wanted}"

    @property
    def cancelled(self) -> str:
        """The warehouse has cancelled the order (SPEC X1)."""
        return f"order_cancelled_received_by_{self.wanted}"

    @property
    def cancel_refused(self) -> str:
        """The order was cancelled when the warehouse was already working on it (SPEC X2)."""
        return f"order_cancel_refused_by_{self.wanted}"


def carries(tags: Iterable[str], wanted: str) -> bool:
    """Tells whether a tag is among others."""
    return _key(wanted) in map(_key, tags)


def without(tags: Iterable[str], unwanted: str) -> list[str]:
    """Returns the tags without one of them, otherwise as they are."""
    return [tag for tag in tags if _key(tag) != _key(unwanted)]


def missing(expected: Iterable[str], present: Iterable[str]) -> list[str]:
    """Returns the expected tags that are not there."""
    there = set(map(_key, present))
    return [tag for tag in expected if _key(tag) not in there]


def _key(tag: str) -> str:
    return tag.strip().casefold()

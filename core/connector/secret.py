"""What must never be shown, logged or stored: credentials (SPEC C4), and what a request says about a customer."""

from __future__ import annotations

from typing import Final, final
from weakref import WeakValueDictionary

import msgspec

MASK: Final = "***"


@final
class Secret:
    """Wraps a password, key or token: every way of printing it shows three stars.

    >>> str(Secret("hunter2"))
    '***'
    """

    __slots__ = ("__weakref__", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        _alive.add(self)

    def reveal(self) -> str:
        """Returns the value itself; call it only where a request is built."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __reduce__(self) -> str:
        raise TypeError("a Secret can't be pickled")


class _Alive:
    """The secrets of this process. Equal ones are different entries: each lives as long as its own settings."""

    def __init__(self) -> None:
        self._entries = WeakValueDictionary[int, Secret]()
        self.made = 0

    def add(self, secret: Secret) -> None:
        self._entries[id(secret)] = secret
        self.made += 1

    def values(self) -> list[str]:
        return [secret.reveal() for secret in list(self._entries.values())]


_alive: Final = _Alive()


def secrets_alive() -> list[str]:
    """Returns the values of all secrets of this process, for what writes the texts of others: the log."""
    return _alive.values()


def secrets_made() -> int:
    """Returns how many secrets were made so far: while that number stays, there are no new ones."""
    return _alive.made


class Personal(msgspec.Struct):
    """The base of those parts of a request that hold a customer's data.

    Where a service repeats a text of such a part while it refuses the request, no message and no log shows it.
    """

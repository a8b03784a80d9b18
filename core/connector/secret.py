"""A value that must never be shown, logged or stored (SPEC C4)."""

from __future__ import annotations

from typing import Final, final

MASK: Final = "***"


@final
class Secret:
    """Wraps a password, key or token: every way of printing it shows three stars.

    >>> str(Secret("hunter2"))
    '***'
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

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

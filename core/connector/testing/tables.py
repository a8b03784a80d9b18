"""What can be asked of a plugin, as tables: the checks that hold for every method go through them row by row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.records import Page


@dataclass(frozen=True)
class Read:
    """A method that reads. `ask` calls it in a furnished world and returns all that came."""

    method: str
    ask: Callable[[Any, Any], Awaitable[object]]


@dataclass(frozen=True)
class Listing:
    """A method that yields pages.

    `fill` puts so many records there and returns their ids; `read` asks for the pages; `key` is a record's id.
    """

    method: str
    fill: Callable[[Any, Any, int], Awaitable[Sequence[str]]]
    read: Callable[[Any], AsyncIterator[Page[Any]]]
    key: Callable[[Any], str]
    needs: tuple[str, ...] = ()
    drives: tuple[str, ...] = ()

    @property
    def methods(self) -> tuple[str, ...]:
        return (self.method, *self.needs)


@dataclass(frozen=True)
class Write:
    """A method that changes something.

    `prepare` makes a new subject, on which `act` is carried out, as the flows do it: `again` says that an earlier
    attempt was cut off. What is refused is raised. `done` raises Broken unless all of it was done, and once.
    """

    method: str
    prepare: Callable[[Any, Any], Awaitable[Any]]
    act: Callable[[Any, Any, bool], Awaitable[None]]
    done: Callable[[Any, Any], Awaitable[None]]
    needs: tuple[str, ...] = ()
    drives: tuple[str, ...] = ()

    @property
    def methods(self) -> tuple[str, ...]:
        return (self.method, *self.needs)


@dataclass(frozen=True)
class Tables:
    """All that one side can be asked. `furnish` makes a world in which every read finds something."""

    furnish: Callable[[Any], Awaitable[Any]]
    reads: Mapping[str, Read]
    listings: Mapping[str, Listing]
    writes: Mapping[str, Write]

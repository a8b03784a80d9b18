"""What a service has of a kind that hardly ever changes, such as its carriers: read once a day, not in each run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

import msgspec

from connector.contracts import Context

T = TypeVar("T")
F = TypeVar("F")

A_DAY: Final = timedelta(hours=24)


class Daily(Generic[T]):
    """A list that hardly ever changes, such as carriers, stores or profiles: read once a day, and once in a run.

    `read` asks the service. What it returns, unless None, is remembered from run to run under `name`, and comes back
    as `kind`, which is any type that msgspec turns into JSON and back. It is forgotten when the client's settings name
    another account. Where something is missing in it, `find` looks at the service before anybody is told so.

    Example: the numbers of carriers by their names.

        self._carriers = Daily(context, "carriers", dict[str, int], self._read_carriers)
        ...
        number = await self._carriers.find(lambda known: known.get(name))
    """

    def __init__(self, context: Context, name: str, kind: type[T], read: Callable[[], Awaitable[T]]) -> None:
        self._context = context
        self._name = name
        self._kind: Any = kind
        self._read = read
        self._reading = asyncio.Lock()
        self._held: tuple[T] | None = None
        self._is_fresh = False

    async def get(self) -> T:
        """Returns what was read within a day, by whichever run; else reads it."""
        async with self._reading:
            return await self._get()

    async def find(self, look: Callable[[T], F | None]) -> F | None:
        """Returns what `look` finds; where that is None, it looks again in what the service has now.

        A run reads at most once for all that it misses.
        """
        async with self._reading:
            found = look(await self._get())
            if found is None and self.forget():
                found = look(await self._get())
            return found

    def forget(self) -> bool:
        """Forgets what an earlier run has read, since the service did not take it: it is read again when it is needed.

        Returns whether it did; what this run has read itself, or has not looked at, stays.
        """
        if self._held is None or self._is_fresh:
            return False
        self._context.memory.delete(self._name)
        self._held = None
        return True

    async def _get(self) -> T:
        if self._held is None:
            self._held = self._remembered()
        if self._held is None:
            self._held = (await self._read(),)
            self._is_fresh = True
            self._remember(self._held[0])
        return self._held[0]

    def _remembered(self) -> tuple[T] | None:
        """Returns what is remembered, where it is not too old and can still be read."""
        try:
            entry = self._context.memory.get(self._name)
            age = self._context.now() - datetime.fromisoformat(entry["at"])
            value: T = msgspec.convert(entry["value"], self._kind, str_keys=True)
        except (
            TypeError,
            KeyError,
            ValueError,
        ):  # nothing is there, or another release has remembered it otherwise
            return None
        return (value,) if timedelta() <= age < A_DAY else None

    def _remember(self, value: T) -> None:
        if value is None:
            self._context.memory.delete(self._name)
            return
        plain = msgspec.to_builtins(value, str_keys=True)
        self._context.memory.put(self._name, {"at": self._context.now().isoformat(), "value": plain})

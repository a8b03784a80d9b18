"""Keeps the limits of a service: every call takes a slot, and holds it until it no longer counts (SPEC R2).

A service counts a call when it arrives, not when we decide to make it; between the two stand the connection, TLS
and a busy event loop. So a slot is stamped when the request was really sent, and holds its room until then.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import TracebackType
from typing import Final, Self

from connector.calls import Endpoint, Limit, Service
from connector.clock import Clock
from connector.errors import LimitReached

Pause = Callable[[float], Awaitable[None]]
"""Waits that many seconds, or raises Interrupted."""

GUARD: Final = 0.035
"""Seconds by which a window is longer here than there; measured to be enough for 30 ms of network jitter."""

LOOK_AGAIN: Final = 1.0
"""Seconds after which a full window is looked at again while one of its slots may still be given up."""

TICK: Final = 1e-6
"""Seconds added to each wait, so that rounding never ends it a moment too early."""


class Slot:
    """One call's place in the windows that it has to pass; a context manager around the sending.

    It holds its room from the moment when it was taken, and for the length of the window after it was sent. A call
    that ends without anybody having seen it go out counts as sent at its end.
    """

    def __init__(self, clock: Clock, account: Account) -> None:
        self._clock = clock
        self._account = account
        self.stamp: float | None = None

    def sent(self) -> None:
        """Stamps the slot; the last stamp counts, because a tunnel through a proxy sends twice."""
        self.stamp = self._clock.monotonic()

    def give_up(self) -> None:
        """Frees the room: the call certainly never reached the service."""
        self.stamp = -math.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.stamp is None:
            self.sent()
        self._account.end_call()


class Window:
    """At most `limit.calls` slots in any `limit.seconds`, first come, first served."""

    def __init__(self, limit: Limit, clock: Clock, guard: float) -> None:
        self._calls = limit.calls
        self._span = limit.seconds + guard
        self._clock = clock
        self._slots: list[Slot] = []
        self._turn = asyncio.Lock()

    async def enter(self, slot: Slot, pause: Pause) -> None:
        """Waits until there is room, and takes it."""
        async with self._turn:
            while (seconds := self._seconds_until_room()) > 0:
                await pause(seconds + TICK)
            self._slots.append(slot)

    def is_idle(self) -> bool:
        """Tells whether forgetting this window would change nothing."""
        self._forget_old_slots()
        return not self._slots and not self._turn.locked()

    def _seconds_until_room(self) -> float:
        self._forget_old_slots()
        if len(self._slots) < self._calls:
            return 0.0
        now = self._clock.monotonic()
        stamps = [slot.stamp for slot in self._slots if slot.stamp is not None]
        seconds = min(stamps, default=now) + self._span - now
        return min(seconds, LOOK_AGAIN) if len(stamps) < len(self._slots) else seconds

    def _forget_old_slots(self) -> None:
        oldest = self._clock.monotonic() - self._span
        self._slots = [slot for slot in self._slots if slot.stamp is None or slot.stamp > oldest]


class Hold:
    """A moment before which nothing may be sent; it only ever moves further away."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = -math.inf

    @property
    def seconds_left(self) -> float:
        return max(self._until - self._clock.monotonic(), 0.0)

    def extend(self, seconds: float) -> None:
        """Holds for `seconds` from now on, unless it holds for longer already."""
        self._until = max(self._until, self._clock.monotonic() + seconds)


class Account(Hold):
    """What a service allows one account over all its endpoints: pauses, and a number of further calls.

    A service that tells how many calls are left can't know of those that are under way to it. So as many are sent
    side by side as it allows for certain, and one by one while nobody knows.
    """

    def __init__(self, clock: Clock, is_told: bool) -> None:
        super().__init__(clock)
        self._left = 0.0 if is_told else math.inf
        self._under_way = 0
        self._changed = asyncio.Event()

    def allow(self, calls: int | None) -> None:
        """Notes how many calls the service allows beside those under way; None: it does not count."""
        self._left = math.inf if calls is None else calls - self._under_way
        self._changed.set()

    @property
    def has_room(self) -> bool:
        """Whether one more call is allowed for certain, or none is under way that would tell."""
        return self._left > 0 or not self._under_way

    async def room(self) -> None:
        """Waits for room: until the answer to a call that is under way has told."""
        while not self.has_room:
            self._changed.clear()
            await self._changed.wait()

    def begin_call(self) -> None:
        """Notes that a call is on its way."""
        self._left -= 1
        self._under_way += 1

    def end_call(self) -> None:
        """Notes that a call has ended."""
        self._under_way -= 1
        self._changed.set()


class Lane:
    """The way to one endpoint for one account: its windows, and its pauses.

    `refusals` counts how many times in a row the service asked for a pause, so that the pauses can grow.
    """

    def __init__(
        self, name: str, limits: Iterable[Limit], account: Account, clock: Clock, guard: float
    ) -> None:
        self._name = name
        # Those that hold for one value first: a call that waits there must not take room away from the others.
        self._limits = sorted(limits, key=lambda limit: (not limit.per, -limit.seconds))
        self._account = account
        self._own = Hold(clock)
        self._clock = clock
        self._guard = guard
        self._windows: dict[tuple[Limit, str], Window] = {}
        self.refusals = 0

    async def take(self, values: Mapping[str, str], pause: Pause, longest_pause: float) -> Slot:
        """Waits for a slot for a call with these values of the path placeholders.

        Raises LimitReached where the service wants a pause of more than `longest_pause` seconds, and whatever
        `pause` raises.
        """
        slot = Slot(self._clock, self._account)
        try:
            for limit in self._limits:
                await self._window(limit, values.get(limit.per, "")).enter(slot, pause)
            while self._seconds_left() > 0 or not self._account.has_room:
                await self._wait_out(pause, longest_pause)
                await self._account.room()
            self._account.begin_call()
        except BaseException:
            slot.give_up()
            raise
        return slot

    def _seconds_left(self) -> float:
        return max(self._own.seconds_left, self._account.seconds_left)

    async def _wait_out(self, pause: Pause, longest_pause: float) -> None:
        while (seconds := self._seconds_left()) > 0:
            if seconds > longest_pause + TICK:
                raise LimitReached(
                    f"{self._name}: the service wants a pause of another {seconds:.0f} s, which is left to "
                    "the next run",
                    seconds,
                )
            await pause(seconds + TICK)

    def refused(self, asked: float | None, growing: Callable[[int], float]) -> float:
        """Pauses the endpoint for `asked` seconds, else for `growing(refusals)`, and returns how long that is.

        Refusals of calls that were under way together count as one.
        """
        if self._own.seconds_left <= 0:
            self.refusals += 1
        seconds = growing(self.refusals) if asked is None else asked
        self._own.extend(seconds)
        return seconds

    def accepted(self) -> None:
        """Lets the next pause start small again."""
        self.refusals = 0

    def _window(self, limit: Limit, value: str) -> Window:
        key = (limit, value)
        if key not in self._windows:
            self._windows = {known: window for known, window in self._windows.items() if not window.is_idle()}
            self._windows[key] = Window(limit, self._clock, self._guard)
        return self._windows[key]


class Limits:
    """The slots of one process: clients that use the same account of a service share its budget."""

    def __init__(self, clock: Clock, guard: float = GUARD) -> None:
        self._clock = clock
        self._guard = guard
        self._lanes: dict[tuple[str, str, Endpoint], Lane] = {}
        self._accounts: dict[tuple[str, str], Account] = {}

    def lane(self, service: Service, endpoint: Endpoint) -> Lane:
        """Returns the way to one endpoint for the account of this service."""
        key = (service.name, service.account, endpoint)
        if key not in self._lanes:
            limits = (*endpoint.limits, *((service.limit,) if service.limit else ()))
            name = f"{service.name} {endpoint}"
            self._lanes[key] = Lane(name, limits, self._account(service), self._clock, self._guard)
        return self._lanes[key]

    def pause(self, service: Service, seconds: float) -> None:
        """Keeps every call back that this account makes to the service, for `seconds` from now on."""
        self._account(service).extend(seconds)

    def allow(self, service: Service, calls: int | None) -> None:
        """Notes how many further calls the service allows this account; None: it does not say."""
        self._account(service).allow(calls)

    def _account(self, service: Service) -> Account:
        key = (service.name, service.account)
        if key not in self._accounts:
            self._accounts[key] = Account(self._clock, is_told=service.remaining is not None)
        return self._accounts[key]

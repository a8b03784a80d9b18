import asyncio
from random import Random

import pytest
from starlette.types import Receive, Scope, Send

from connector.calls import Endpoint, Limit
from connector.clock import Stop
from connector.errors import Interrupted, LimitReached
from connector.http import HttpClient, Limits
from connector.http.limits import GUARD, Slot
from connector.testing.clock import FakeClock
from tests.core.http.world import READ, WRITE, Products, World, says, service

TWO_A_SECOND = Limit(2, 1.0)
ORDER = Endpoint("GET", "/orders/{id}", limits=(Limit(6, 60.0, per="id"),))


class StrictWorld(World):
    """Counts a call when it arrives, up to 30 ms after it was sent, and refuses the third within a second."""

    def __init__(self, seed: int) -> None:
        super().__init__(limit=TWO_A_SECOND)
        self.random = Random(seed)
        self.arrivals: list[float] = []
        self.refused = 0

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.clock.sleep(self.random.uniform(0, 0.03))
        now = self.clock.monotonic()
        if sum(now - arrival < 1.0 for arrival in self.arrivals) >= 2:
            self.refused += 1
            await says(429)(scope, receive, send)
            return
        self.arrivals.append(now)
        await self.clock.sleep(self.random.uniform(0.05, 2.0))
        await says()(scope, receive, send)


@pytest.mark.parametrize("seed", range(5))
def test_R2_twelve_workers_never_meet_a_strict_limit_and_still_use_it(seed: int) -> None:
    world = StrictWorld(seed)

    async def worker(client: HttpClient) -> None:
        for _ in range(5):
            await client.call(READ, Products)

    async def script() -> None:
        async with world.client() as first, world.client() as second:
            await asyncio.gather(*(worker(client) for client in (first, second) for _ in range(6)))

    asyncio.run(script())
    assert world.refused == 0
    assert len(world.arrivals) == 60
    assert world.arrivals[-1] - world.arrivals[0] < 30 * (1 + GUARD) * 1.1  # 60 calls at 2 a second take 30 s


def sent_at(world: World, *calls: tuple[Endpoint, int]) -> list[float]:
    """Makes the calls at the same time and returns when each arrived, in the order of arrival."""

    async def script() -> None:
        async with world.client() as client:
            await asyncio.gather(*(client.call(to, Products, path={"id": id}) for to, id in calls))

    asyncio.run(script())
    return [round(seen.at, 3) for seen in world.seen]


def test_R2_each_endpoint_has_the_limit_for_itself() -> None:
    times = sent_at(World(limit=TWO_A_SECOND), *[(READ, 0)] * 3, *[(WRITE, 0)] * 2)
    assert times == [0, 0, 0, 0, 1.035]


def test_R2_a_limit_per_value_keeps_only_that_value_back() -> None:
    times = sent_at(World(), *[(ORDER, 1)] * 7, *[(ORDER, 2)] * 6)
    assert times == [0] * 12 + [60.035]


def test_R2_a_call_that_waits_for_its_own_value_takes_no_room_from_others() -> None:
    times = sent_at(World(limit=Limit(10, 1.0)), *[(ORDER, 1)] * 8, *[(ORDER, 2)] * 4)
    assert times == [0] * 10 + [60.035] * 2


def test_R2_a_call_waits_for_its_own_value_first_even_where_the_common_limit_is_longer() -> None:
    order = Endpoint("GET", "/orders/{id}", limits=(Limit(1, 10.0, per="id"),))
    times = sent_at(World(limit=Limit(3, 60.0)), (order, 1), (order, 1), (order, 2), (order, 3))
    assert times == [0, 0, 0, 60.035]


def test_R2_two_accounts_have_a_budget_each() -> None:
    world = World(limit=Limit(1, 60.0))
    max_ = service(limit=Limit(1, 60.0), account="max@example.com")

    async def script() -> None:
        async with world.client() as first, world.client(service=max_) as second:
            await first.call(READ, Products)
            await second.call(READ, Products)

    asyncio.run(script())
    assert world.clock.monotonic() == 0


class Crew:
    """Takes slots of one lane directly, without a network."""

    def __init__(self, *limits: Limit) -> None:
        self.clock = FakeClock()
        self.stop = Stop()
        self.lane = Limits(self.clock).lane(service(), Endpoint("GET", "/orders/{id}", limits=limits))

    async def take(self, value: str = "", longest_pause: float = 60.0) -> Slot:
        return await self.lane.take({"id": value}, self.pause, longest_pause)

    async def pause(self, seconds: float) -> None:
        await self.stop.pause(self.clock, seconds)


def test_R2_a_slot_counts_from_when_it_was_sent_not_from_when_it_was_taken() -> None:
    async def script() -> float:
        crew = Crew(Limit(1, 1.0))
        slot = await crew.take()
        following = asyncio.create_task(crew.take())
        await crew.clock.sleep(10)
        assert not following.done()
        slot.sent()
        await following
        return crew.clock.monotonic()

    assert asyncio.run(script()) == pytest.approx(11.035, abs=0.001)


def test_R2_a_slot_that_is_given_up_makes_room() -> None:
    async def script() -> float:
        crew = Crew(Limit(1, 60.0))
        slot = await crew.take()
        slot.give_up()
        await crew.take()
        return crew.clock.monotonic()

    assert asyncio.run(script()) == 0


def test_R2_those_who_wait_notice_within_a_second_that_a_slot_was_given_up() -> None:
    async def script() -> float:
        crew = Crew(Limit(1, 60.0))
        slot = await crew.take()
        following = asyncio.create_task(crew.take())
        await crew.clock.sleep(0.5)
        slot.give_up()
        await following
        return crew.clock.monotonic()

    assert asyncio.run(script()) <= 1.001


def test_R2_a_call_that_ends_without_a_trace_counts_as_sent_at_its_end() -> None:
    async def script() -> float:
        crew = Crew(Limit(1, 1.0))
        with await crew.take():
            await crew.clock.sleep(5)
        await crew.take()
        return crew.clock.monotonic()

    assert asyncio.run(script()) == pytest.approx(6.035, abs=0.001)


def test_slots_are_given_out_in_the_order_in_which_they_were_asked_for() -> None:
    order: list[int] = []

    async def script() -> None:
        crew = Crew(Limit(2, 1.0))

        async def worker(number: int) -> None:
            with await crew.take():
                order.append(number)

        await asyncio.gather(*(worker(number) for number in range(9)))

    asyncio.run(script())
    assert order == list(range(9))


def test_windows_of_values_that_no_longer_count_are_forgotten() -> None:
    async def script() -> int:
        crew = Crew(Limit(6, 60.0, per="id"))
        for number in range(500):
            with await crew.take(str(number)):
                await crew.clock.sleep(1)
        return len(crew.lane._windows)

    assert asyncio.run(script()) <= 62


def test_R5_everybody_who_waits_for_a_slot_is_interrupted() -> None:
    async def script() -> None:
        crew = Crew(Limit(1, 60.0))
        (await crew.take()).sent()
        waiting = [asyncio.create_task(crew.take()) for _ in range(3)]
        await asyncio.sleep(0)
        crew.stop.request()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(result) for result in results] == [Interrupted] * 3
        assert crew.clock.monotonic() == 0

    asyncio.run(script())


def test_R2_refusals_of_calls_that_were_under_way_together_let_the_pause_grow_once() -> None:
    async def script() -> None:
        crew = Crew()
        assert [crew.lane.refused(None, float), crew.lane.refused(5, float)] == [1, 5]
        assert crew.lane.refusals == 1
        with pytest.raises(LimitReached, match="another 5 s"):
            await crew.take(longest_pause=4)
        await crew.take()
        assert crew.clock.monotonic() == pytest.approx(5, abs=0.001)
        assert crew.lane.refused(None, float) == 2
        crew.lane.accepted()
        assert crew.lane.refusals == 0

    asyncio.run(script())

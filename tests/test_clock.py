import asyncio
from datetime import timedelta

from connector.testing.clock import NOON, FakeClock


def test_sleepers_wake_in_the_order_of_their_deadlines_and_nobody_waits() -> None:
    clock = FakeClock()
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, *naps: float) -> None:
        for nap in naps:
            await clock.sleep(nap)
            woken.append((name, clock.monotonic()))

    async def script() -> None:
        await asyncio.gather(sleeper("long", 3600), sleeper("short", 1, 1), sleeper("middle", 1.5))

    asyncio.run(script())
    assert woken == [("short", 1), ("middle", 1.5), ("short", 2), ("long", 3600)]
    assert clock.now() == NOON + timedelta(hours=1)


def test_a_sleep_that_was_cancelled_moves_no_time() -> None:
    clock = FakeClock()

    async def script() -> None:
        sleeping = asyncio.create_task(clock.sleep(3600))
        await asyncio.sleep(0)
        sleeping.cancel()
        await clock.sleep(1)

    asyncio.run(script())
    assert clock.monotonic() == 1

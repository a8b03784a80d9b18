"""One piece of work after the other: the loop looks around between them, and new runs wait for those under way."""

from __future__ import annotations

import asyncio

import pytest

from connector.crowd import MOST_YOUNG, TURNS_BEFORE_A_START, Crowd


async def _wait(crowd: Crowd, kind: str, name: str, order: list[str]) -> None:
    if kind == "start":
        async with crowd.run():
            order.append(name)
    else:
        await crowd.turn()
        order.append(name)


async def _look_around(order: list[str]) -> None:
    while True:
        order.append("-")
        await asyncio.sleep(0)


async def _in_order(*waiting: str) -> list[str]:
    """Lets all of them wait at once, such as "turn 1" and "start 2"; returns the order in which they went on."""
    crowd, order = Crowd(), list[str]()
    tasks = [asyncio.create_task(_wait(crowd, name.split()[0], name, order)) for name in waiting]
    await crowd.turn()  # so that all of them have to wait
    await asyncio.gather(*tasks)
    return order


def test_who_is_alone_never_waits() -> None:
    async def alone() -> list[str]:
        order = list[str]()
        looking = asyncio.create_task(_look_around(order))
        await Crowd().turn()
        looking.cancel()
        return order

    assert asyncio.run(alone()) == []


def test_the_loop_looks_around_between_two_pieces_of_work() -> None:
    async def crowded() -> str:
        crowd, order = Crowd(), list[str]()
        looking = asyncio.create_task(_look_around(order))
        await asyncio.gather(*(_wait(crowd, "turn", str(number), order) for number in range(5)))
        looking.cancel()
        return "".join(order)

    assert "".join(c if c != "-" else " " for c in asyncio.run(crowded())).split() == list("01234")


def test_a_run_begins_when_those_under_way_keep_up() -> None:
    order = asyncio.run(_in_order("start 1", "turn 2", "turn 3", "start 4"))
    assert order == ["turn 2", "turn 3", "start 1", "start 4"]


def test_runs_under_way_never_keep_a_new_one_back_for_ever() -> None:
    turns = [f"turn {number}" for number in range(TURNS_BEFORE_A_START + 3)]
    order = asyncio.run(_in_order("start", *turns))
    assert order.index("start") == TURNS_BEFORE_A_START


def test_who_is_cancelled_while_waiting_takes_nobodys_turn() -> None:
    async def one_gives_up() -> list[str]:
        crowd, order = Crowd(), list[str]()
        waiting = [asyncio.create_task(_wait(crowd, "turn", str(number), order)) for number in range(3)]
        await crowd.turn()
        await asyncio.sleep(0)
        waiting[1].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return order

    assert asyncio.run(one_gives_up()) == ["0", "2"]


async def _most_at_once(runs: int) -> tuple[int, int]:
    """Lets so many runs begin together; returns how many were under way at once at most, and how many ended."""
    crowd, under_way, most, ended = Crowd(), 0, 0, 0

    async def run() -> None:
        nonlocal under_way, most, ended
        async with crowd.run():
            under_way += 1
            most = max(most, under_way)
            for _ in range(10 * MOST_YOUNG):
                await asyncio.sleep(0)
            under_way -= 1
            ended += 1

    await asyncio.gather(*(run() for _ in range(runs)))
    return most, ended


def test_no_more_runs_begin_than_keep_a_processor_busy_and_all_of_them_end() -> None:
    assert asyncio.run(_most_at_once(3 * MOST_YOUNG)) == (MOST_YOUNG, 3 * MOST_YOUNG)


def test_a_run_that_takes_long_makes_room_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.crowd.YOUNG_S", 0.0)
    most, ended = asyncio.run(_most_at_once(2 * MOST_YOUNG))
    assert (most > MOST_YOUNG, ended) == (True, 2 * MOST_YOUNG)

"""What every store keeps its word on: files of one machine, and a database that many processes share."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from connector.errors import ClientHeld, StateError
from connector.state import ClientState, Glance, Snapshot
from tests.core.state.conftest import Place, child, read_line

AWKWARD_KEYS = [
    "",
    "1",
    "ä/ö",
    "\t\n",
    "_format",
    "9" * 40,
    "\\0",
    "\0",
    "a\\\0b",
    "\\#",
    "k" * 5000,
    "ß" * 900,
]
AWKWARD_VALUES = ["", "ß", "\0", 0, -1.5, None, True, {"at": ["2026-11-23T14:03:10Z", {}]}, 2**53, "v" * 9000]


@pytest.mark.parametrize("seed", range(8))
def test_what_was_saved_is_what_the_next_run_finds(place: Place, seed: int) -> None:
    rng = random.Random(seed)
    expected: dict[str, dict[str, Any]] = {"orders": {}, "products": {}}

    async def run_several_times() -> None:
        async with place.open() as store:
            for _ in range(rng.randint(1, 5)):
                async with await store.acquire("acme") as state:
                    assert state.copy().items() >= {s: e for s, e in expected.items() if e}.items()
                    for _ in range(rng.randint(0, 4)):
                        change_at_random(rng, state, expected)
                        await state.save()

    asyncio.run(run_several_times())
    assert {stream: place.load("acme", stream) for stream in expected} == expected


def change_at_random(rng: random.Random, state: ClientState, expected: dict[str, dict[str, Any]]) -> None:
    """Puts and deletes entries of one stream, both in the state and in what is expected of it."""
    stream = rng.choice(list(expected))
    for key in rng.choices(AWKWARD_KEYS, k=5):
        if rng.random() < 0.3:
            state.delete(stream, key)
            expected[stream].pop(key, None)
        else:
            expected[stream][key] = rng.choice(AWKWARD_VALUES)
            state.put(stream, key, expected[stream][key])


def test_a_key_that_no_index_could_hold_is_kept_and_can_be_deleted(place: Place) -> None:
    long = "k" * 100_000
    place.save("acme", "orders", {long: 1, long + "x": 2})
    assert place.load("acme", "orders") == {long: 1, long + "x": 2}
    place.run("acme", lambda state: state.delete("orders", long))
    assert place.load("acme", "orders") == {long + "x": 2}


def test_a_view_of_a_stream_is_live_and_can_not_be_written(place: Place) -> None:
    def use(state: ClientState) -> None:
        view = state.stream("orders")
        state.put("orders", "4711", "accepted")
        assert dict(view) == {"4711": "accepted"}
        view["4712"] = "accepted"  # type: ignore[index]

    with pytest.raises(TypeError, match="does not support item assignment"):
        place.run("acme", use)


def test_a_run_that_does_not_save_leaves_the_last_checkpoint(place: Place) -> None:
    async def run() -> None:
        async with place.open() as store, await store.acquire("acme") as state:
            state.put("orders", "4711", "forgotten")

    place.save("acme", "orders", {"4711": "accepted"})
    asyncio.run(run())
    assert place.load("acme", "orders") == {"4711": "accepted"}


def test_a_rehearsal_takes_nobody_the_client_and_writes_nothing(place: Place) -> None:
    async def run() -> None:
        async with place.open() as store, await store.acquire("acme"):
            rehearsed = await store.rehearse("acme")
            rehearsed.put("orders", "4711", "rehearsed")
            await rehearsed.save()

    place.save("acme", "orders", {"4711": "accepted"})
    asyncio.run(run())
    assert place.load("acme", "orders") == {"4711": "accepted"}


def test_a_state_that_was_given_back_is_no_longer_ours(place: Place) -> None:
    async def run() -> None:
        async with place.open() as store:
            state = await store.acquire("acme")
            state.check()
            await state.renew()
            await state.release()
            await state.release()
            state.put("orders", "4711", "too late")
            await state.save()

    with pytest.raises(ClientHeld, match="client `acme` is no longer held by this run: it was given back"):
        asyncio.run(run())
    assert place.load("acme", "orders") == {}


def test_closing_the_store_gives_back_what_is_held_and_the_epoch_grows(place: Place) -> None:
    async def run() -> list[int]:
        store = place.open()
        first = await store.acquire("acme")
        await store.close()
        async with place.open() as later, await later.acquire("acme") as second:
            return [first.epoch, second.epoch]

    assert asyncio.run(run()) == [1, 2]


def test_the_clients_with_a_state_are_listed(place: Place) -> None:
    assert place.clients() == ()
    for client in ("muster-shop", "acme"):
        place.save(client, "orders", {"4711": "accepted"})
    assert place.clients() == ("acme", "muster-shop")


def test_a_client_that_never_ran_has_an_empty_state_and_nobody_holds_it(place: Place) -> None:
    assert place.load("acme", "orders") == {}
    assert place.holder("acme") is None
    assert place.clients() == ()


@pytest.mark.parametrize("name", ["", "_format", "Orders", "two words"])
def test_a_stream_that_no_store_could_keep_is_a_bug(place: Place, name: str) -> None:
    with pytest.raises(ValueError, match="use a-z, 0-9 and _, a letter first"):
        place.load("acme", name)


@pytest.mark.parametrize("name", ["", "../other", "a/b", "Acme", "acme.json", "acme\n", "ä"])
def test_a_name_that_no_client_can_have_is_refused(place: Place, name: str) -> None:
    with pytest.raises(StateError, match="can't be the name of a client: use a-z, 0-9, _ and - only"):
        place.save(name, "orders", {})
    assert place.clients() == ()


@pytest.mark.parametrize("saves", [1, 3])
def test_R5_a_kill_in_the_middle_of_saves_leaves_a_whole_checkpoint(place: Place, saves: int) -> None:
    with child(place, "save") as process:
        for number in range(1, saves + 1):
            assert read_line(process) == str(number)
    orders, products = place.load("acme", "orders"), place.load("acme", "products")
    assert orders["number"] == products["number"] >= saves
    assert {len(products[str(key)]) for key in range(20_000)} == {orders["number"] % 7}


def test_C3_a_client_that_another_process_runs_is_refused_and_that_process_named(place: Place) -> None:
    with child(place, "hold") as process:
        says = rf"client `acme` is being run by process {process.pid} on .+ since .+ UTC.*; wait until it has"
        with pytest.raises(ClientHeld, match=says):
            place.save("acme", "orders", {})
        seen = place.holder("acme")
    assert seen is not None
    assert seen.startswith(f"process {process.pid} on ")


def test_C3_a_client_is_refused_a_second_time_in_the_same_process(place: Place) -> None:
    async def acquire_twice() -> None:
        async with place.open() as store, await store.acquire("acme"):
            await store.acquire("acme")

    with pytest.raises(ClientHeld, match="client `acme` is being run by"):
        asyncio.run(acquire_twice())


def test_reading_needs_no_lock_and_another_client_is_free_while_one_runs(place: Place) -> None:
    place.save("acme", "orders", {"4711": "accepted"})
    with child(place, "hold"):
        assert place.load("acme", "orders") == {"4711": "accepted"}
        place.save("other", "orders", {"4711": "accepted"})
    assert place.load("other", "orders") == {"4711": "accepted"}


def test_many_clients_are_read_together_as_each_would_be_alone(place: Place) -> None:
    names = [f"shop-{number}" for number in range(45)]

    async def read() -> tuple[dict[str, Any], dict[str, Any]]:
        async with place.open() as store:
            many = await store.read_many([*names, "other"], {"orders"})
            alone = {name: await store.read(name, {"orders"}) for name in [*names, "other"]}
            return {n: dict(s.stream("orders")) for n, s in many.items() if isinstance(s, Snapshot)}, {
                n: dict(s.stream("orders")) for n, s in alone.items()
            }

    for number, name in enumerate(names[::9]):
        place.save(name, "orders", {"4711": number})
        place.save(name, "products", {"1": "not asked for"})
    many, alone = asyncio.run(read())
    assert many == alone
    assert len(many) == 46
    assert many["shop-9"] == {"4711": 1}


def test_a_glance_at_many_clients_tells_who_runs_them_and_what_changed(place: Place) -> None:
    async def glance() -> dict[str, Glance]:
        async with place.open() as store:
            seen = await store.glance(("acme", "calm", "never"))
            for name in seen:
                assert seen[name].stamp == await store.stamp(name)
            return seen

    for name in ("acme", "calm"):
        place.save(name, "orders", {"4711": "accepted"})
    before = asyncio.run(glance())
    place.save("calm", "orders", {"4711": "changed"})
    with child(place, "hold") as process:
        after = asyncio.run(glance())
    assert [before[name].holder for name in before] == [None, None, None]
    assert str(process.pid) in str(after["acme"].holder)
    assert (after["calm"].holder, after["calm"].fault) == (None, "")
    assert after["calm"].stamp != before["calm"].stamp
    assert after["never"].stamp == before["never"].stamp


def test_a_name_that_no_client_can_have_is_refused_without_the_others(place: Place) -> None:
    async def look() -> tuple[dict[str, Any], dict[str, Glance]]:
        async with place.open() as store:
            names = ("acme", "Acme")
            return dict(await store.read_many(names)), await store.glance(names)

    place.save("acme", "orders", {"4711": "accepted"})
    read, seen = asyncio.run(look())
    assert read["acme"].stream("orders") == {"4711": "accepted"}
    assert "can't be the name of a client" in str(read["Acme"])
    assert (seen["acme"].fault, "can't be the name of a client" in seen["Acme"].fault) == ("", True)


def test_nobody_looks_at_a_state_that_was_given_back(place: Place) -> None:
    async def run() -> None:
        async with place.open() as store:
            state = await store.acquire("acme")
            state.put("orders", "4711", "in time")
            await state.release()
            with pytest.raises(ClientHeld, match="given back"):
                state.stream("orders")
            with pytest.raises(ClientHeld, match="given back"):
                state.delete("orders", "4711")

    asyncio.run(run())

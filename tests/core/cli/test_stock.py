"""`connector stock confirm`: a person releases what the guard against many zeroes holds back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from connector.clock import SystemClock
from connector.state import TinyStore
from tests.core.cli.conftest import Run


@pytest.fixture
def store(config: Path) -> TinyStore:
    return TinyStore(config.parent / "state", SystemClock())


def hold_back(store: TinyStore, zeroes: int) -> None:
    """Leaves the state as a run does that sent none of its zeroes, and one other quantity that was refused."""

    async def run() -> None:
        async with await store.acquire("acme") as state:
            state.put("stock_open", "4711", {"sku": "SKU-4711", "quantity": 5})
            for product in range(zeroes):
                state.put("stock_open", str(product), {"sku": f"SKU-{product}", "quantity": 0})
            await state.save()

    asyncio.run(run())


def test_K3_zeroes_that_are_held_back_are_released_and_counted(connector: Run, store: TinyStore) -> None:
    hold_back(store, 14)
    result = connector("stock", "confirm", "--client", "acme")
    assert result.exit_code == 0
    assert result.stdout == "acme: the next run sets 14 products to stock 0 in the shop\n"
    assert len(asyncio.run(store.read("acme")).stream("meta")["stock_zeroes_confirmed"]) == 14


def test_K3_without_zeroes_there_is_nothing_to_confirm(connector: Run, store: TinyStore) -> None:
    hold_back(store, 0)
    result = connector("stock", "confirm", "--client", "acme")
    assert result.exit_code == 0
    assert result.stdout == "acme: nothing to confirm, no product waits to be set to stock 0\n"
    assert not asyncio.run(store.read("acme")).stream("meta")


def test_C3_nothing_is_confirmed_while_the_client_is_being_run(connector: Run, store: TinyStore) -> None:
    state = asyncio.run(store.acquire("acme"))
    result = connector("stock", "confirm", "--client", "acme")
    asyncio.run(state.release())
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: client `acme` is being run by process ")


@pytest.mark.parametrize(
    ("options", "said"),
    [([], "Missing option '--client'"), (["--client", "acne"], "there is no client `acne`")],
)
def test_exit_code_2_for_a_mistake_in_the_call(connector: Run, options: list[str], said: str) -> None:
    result = connector("stock", "confirm", *options)
    assert result.exit_code == 2
    assert said in result.stderr

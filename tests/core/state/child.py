"""A process that runs a client until it is killed: `child.py DIRECTORY-OR-URL hold|save`.

It prints a line as soon as it has the client, and with `save` one after each checkpoint: its number.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

from connector.clock import SystemClock
from connector.state import ClientState, open_store

FILLING = 20_000


async def run(place: str, what: str) -> None:
    url = place if place.startswith("postgresql://") else None
    store = open_store(Path(place), url, 45, SystemClock())
    async with store, await store.acquire("acme") as state:
        say("held")
        if what == "hold":
            sys.stdin.read()
        else:
            await save_for_ever(state)


async def save_for_ever(state: ClientState) -> None:
    """Writes the same number to two streams in each checkpoint; the file grows and shrinks."""
    for number in count(1):
        state.put("orders", "number", number)
        state.put("products", "number", number)
        for key in range(FILLING):
            state.put("products", str(key), "x" * (number % 7))
        await state.save()
        say(str(number))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


asyncio.run(run(*sys.argv[1:]))

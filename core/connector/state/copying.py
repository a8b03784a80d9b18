"""Moves what is remembered of a client from one store to another, and checks that it arrived."""

from __future__ import annotations

from connector.errors import StateError
from connector.state.hold import Streams
from connector.state.port import ClientState, Snapshot, StateStore


async def copy_client(source: StateStore, target: StateStore, client: str, *, overwrite: bool) -> int:
    """Copies the state of a client and returns the number of its entries; nobody runs the client meanwhile.

    Raises ClientHeld where somebody runs it now, on either side, and StateError where the target remembers something
    else already and is not to be overwritten, or where it does not hold the same in the end.
    """
    await source.read(client)  # raises for a damaged state, which to take would put aside
    async with await source.acquire(client) as original, await target.acquire(client) as copy:
        there, here = _entries(copy), _entries(original)
        if there and there != here and not overwrite:
            raise StateError(
                f"the state of client `{client}` is there already and differs: nothing was changed. "
                "Copy in the other direction, or overwrite it with --overwrite"
            )
        _make_equal(copy, here)
        await copy.save()
    if _entries(await target.read(client)) != here:
        raise StateError(
            f"what arrived of client `{client}` is not what was sent: copy it again, "
            "and do not use the copy before that succeeds"
        )
    return sum(len(entries) for entries in here.values())


def _entries(snapshot: Snapshot) -> Streams:
    """Returns the streams that hold something."""
    return {name: entries for name, entries in snapshot.copy().items() if entries}


def _make_equal(copy: ClientState, wanted: Streams) -> None:
    for name, entries in _entries(copy).items():
        for key in entries.keys() - wanted.get(name, {}).keys():
            copy.delete(name, key)
    for name, entries in wanted.items():
        copy.put_many(name, entries)

"""How entries of streams stand in the table: one row each, its value as JSON. Pure functions and the statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final

import msgspec

from connector.state.hold import StreamChanges, Streams

LONGEST_KEY: Final = 1000
"""Bytes of a key that stands in the index as it is; of a longer one it is a hash, since an index can't hold it."""

LOAD: Final = """
select stream, coalesce(long_key, key), value from connector_state
where client = %(client)s and (%(only)s::text[] is null or stream = any(%(only)s::text[]))
"""

LOAD_MANY: Final = """
select client, stream, coalesce(long_key, key), value from connector_state
where client = any(%(clients)s::text[]) and (%(only)s::text[] is null or stream = any(%(only)s::text[]))
"""

SAVE: Final = """
with held as (
    update connector_client set saves = %(number)s
    where client = %(client)s and epoch = %(epoch)s and holder is not null and saves < %(number)s
    returning client
), gone as (
    delete from connector_state s
    using unnest(%(gone_streams)s::text[], %(gone_keys)s::text[]) as d (stream, key)
    where s.client = %(client)s and s.stream = d.stream and s.key = d.key and exists (select from held)
), kept as (
    insert into connector_state as s (client, stream, key, long_key, value)
    select held.client, p.* from held, unnest(
        %(streams)s::text[], %(keys)s::text[], %(long_keys)s::text[], %(values)s::text[]
    ) as p
    on conflict (client, stream, key) do update set value = excluded.value
    where s.value is distinct from excluded.value
)
select exists (select from held) or exists (
    select from connector_client
    where client = %(client)s and epoch = %(epoch)s and holder is not null and saves >= %(number)s
)
"""
"""Writes a whole checkpoint in one statement, if and only if the epoch is still the newest one; says whether it is.

So it is one transaction that never waits for this process: one that is stopped in the middle keeps no row locked. The
checkpoints of a client are numbered: one that is sent again, since nobody knows what became of it, counts once, and
one that arrives late never covers a newer one.
"""

_encode: Final = msgspec.json.Encoder().encode
_decode_list: Final = msgspec.json.Decoder(list[Any]).decode


def parameters(client: str, epoch: int, number: int, changes: Mapping[str, StreamChanges]) -> dict[str, Any]:
    """Returns what `SAVE` takes; `number` is that of the checkpoint."""
    put = [(stream, key, value) for stream, change in changes.items() for key, value in change.put.items()]
    gone = [(stream, key) for stream, change in changes.items() for key in change.deleted]
    return {
        "client": client,
        "epoch": epoch,
        "number": number,
        "streams": [stream for stream, _, _ in put],
        "keys": [short_key(key) for _, key, _ in put],
        "long_keys": [_escaped(key) if _is_long(key) else None for _, key, _ in put],
        "values": [_encode(value).decode() for _, _, value in put],
        "gone_streams": [stream for stream, _ in gone],
        "gone_keys": [short_key(key) for _, key in gone],
    }


def streams_of(rows: Iterable[tuple[str, str, str]]) -> Streams:
    """Returns the streams that the rows of `LOAD` make up; raises msgspec.DecodeError where one is no JSON."""
    listed = list(rows)
    values = _decode_list("[" + ",".join(value for _, _, value in listed) + "]")  # faster than one by one
    streams: Streams = {}
    for (stream, key, _), value in zip(listed, values, strict=True):
        streams.setdefault(stream, {})[_plain(key)] = value
    return streams


def short_key(key: str) -> str:
    """Returns the key as it stands in the index."""
    return f"\\#{blake2b(key.encode(), digest_size=32).hexdigest()}" if _is_long(key) else _escaped(key)


def _is_long(key: str) -> bool:
    return len(key) > LONGEST_KEY // 4 and len(_escaped(key).encode()) > LONGEST_KEY


def _escaped(key: str) -> str:
    """Writes NUL, which PostgreSQL has no place for, as a backslash and a zero."""
    return key.replace("\\", "\\\\").replace("\0", "\\0")


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    return "\\".join(part.replace("\\0", "\0") for part in text.split("\\\\"))

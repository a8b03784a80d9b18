"""The processes that run clients, as they say themselves with each renewal of their leases."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from connector.state.postgres.database import Row
from connector.state.schedule import WorkerSeen

NOTE: Final = """
    insert into connector_worker as w (id, name, running, places)
    select %(id)s, %(name)s, cardinality(%(clients)s::text[]), %(places)s::int where %(places)s::int is not null
    on conflict (id) do update set
        last_seen = clock_timestamp(), running = excluded.running, places = excluded.places
"""

LEAVE: Final = "delete from connector_worker where id = %(id)s"

TIDY: Final = """
delete from connector_worker w where w.last_seen < clock_timestamp() - interval '1 day'
    or w.last_seen < clock_timestamp() - make_interval(secs => %(lease_s)s)
        and exists (select from connector_worker later where later.name = w.name and later.started > w.started)
"""
"""Of two processes with one name, the one that was started later is there: a container has the same number again."""

LOOK: Final = """
select name, started, last_seen, extract(epoch from clock_timestamp() - last_seen)::float8, running, places,
    last_seen >= clock_timestamp() - make_interval(secs => %(lease_s)s)
from connector_worker order by started, id
"""


def seen(row: Row) -> WorkerSeen:
    """Returns a row of `LOOK`."""
    name, started, last_seen, silent_s, running, places, alive = row
    return WorkerSeen(
        name=name,
        started=started.astimezone(UTC),
        last_seen=last_seen.astimezone(UTC),
        silent_s=silent_s,
        running=running,
        places=places,
        alive=alive,
    )

"""What is remembered of each client between two runs, and who may run a client now."""

from connector.state.copying import copy_client
from connector.state.hold import Glance, Hold, Loaded, StreamChanges, Streams
from connector.state.opening import open_store
from connector.state.port import ClientState, Snapshot, StateStore
from connector.state.schedule import LeaseSeen, Schedule, Seen, Turn, WorkerSeen
from connector.state.tiny import TinyStore

__all__ = [
    "ClientState",
    "Glance",
    "Hold",
    "LeaseSeen",
    "Loaded",
    "Schedule",
    "Seen",
    "Snapshot",
    "StateStore",
    "StreamChanges",
    "Streams",
    "TinyStore",
    "Turn",
    "WorkerSeen",
    "copy_client",
    "open_store",
]

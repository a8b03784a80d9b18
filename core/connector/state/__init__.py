"""What is remembered of each client between two runs, and who may run a client now."""

from connector.state.port import ClientState, Hold, Loaded, Snapshot, StateStore, StreamChanges, Streams
from connector.state.tiny import TinyStore

__all__ = ["ClientState", "Hold", "Loaded", "Snapshot", "StateStore", "StreamChanges", "Streams", "TinyStore"]

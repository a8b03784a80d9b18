"""Workers on any number of machines, behind a port that the local loop fits, too (docs/scaling.md)."""

from connector.cluster.engine import Engine, Pace, Work
from connector.cluster.queue import QueueGone, look_at_queue, make_queue
from connector.cluster.worker import QueueEngine

__all__ = ["Engine", "Pace", "QueueEngine", "QueueGone", "Work", "look_at_queue", "make_queue"]

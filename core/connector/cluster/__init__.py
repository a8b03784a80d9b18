"""Workers on any number of machines, behind a port that the local loop fits, too (docs/scaling.md)."""

from connector.cluster.queue import QueueGone, look_at_queue, make_queue
from connector.cluster.work import Pace, Work
from connector.cluster.worker import QueueEngine

__all__ = ["Pace", "QueueEngine", "QueueGone", "Work", "look_at_queue", "make_queue"]

"""What the parts of the plugin share during one run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from connector_tryton.directory import Directory, Places
from connector_tryton.rest import Rest


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One run's work with Tryton, after company and warehouse were found.

    `released` are the ids of products whose moves this run has deleted.
    """

    rest: Rest
    directory: Directory
    places: Places
    shop: str
    now: Callable[[], datetime]
    released: set[int]

"""Notices that a service is out of order, so that the rest of a run leaves it alone."""

from __future__ import annotations

from typing import Final

from connector.calls import Endpoint
from connector.errors import AuthenticationError, CallRefused, LimitReached, ServiceDown, UnusableAnswer
from connector.http.retry import Effect, Fault, may_repeat

ENDPOINTS: Final = 2
"""So many endpoints have to fail one after the other: one by itself may be broken in a service that works."""


class Breaker:
    """Opens when one call could not even be sent, or calls to two endpoints failed in a row, after all retries.

    An answer of any other kind in between shows that the service works. Once open it stays so: it lives as long as
    one run, and the next run tries again. What can't be read says nothing: the service may have changed its answers,
    or may be replaced by a web page (SPEC R4).
    """

    def __init__(self, service: str) -> None:
        self._service = service
        self._failing: set[Endpoint] = set()
        self._reason = ""

    def check(self) -> None:
        """Raises ServiceDown where the service is to be left alone."""
        if self._reason:
            raise ServiceDown(self._service, self._reason)

    def note(self, fault: Fault | None, endpoint: Endpoint) -> None:
        """Notes what became of a call in the end; None: it went well."""
        if fault is None or isinstance(fault.error, LimitReached | CallRefused | AuthenticationError):
            self._failing.clear()
        elif fault.effect is Effect.NONE:
            self._reason = str(fault.error)
        elif may_repeat(endpoint) and not isinstance(fault.error, UnusableAnswer):
            self._failing.add(endpoint)
            if len(self._failing) >= ENDPOINTS:
                self._reason = str(fault.error)

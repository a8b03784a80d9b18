"""Who may see the page: the token, the sessions of those who gave it, and the proof that a form came from our page."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from connector.secret import Secret

COOKIE: Final = "connector_session"
LASTS: Final = timedelta(days=7)
_MOST: Final = 1_000
_OPEN: Final = "open"


@dataclass(frozen=True)
class Visitor:
    """Somebody who may see the page. A program that shows the token with each request has no `session`."""

    session: str = ""

    @property
    def is_program(self) -> bool:
        """Whether the token came with the request itself, which no foreign page can make a browser do."""
        return not self.session


class Access:
    """Knows the token and who has shown it. Sessions live as long as this process does, for a week at most."""

    def __init__(self, token: Secret | None, now: Callable[[], datetime]) -> None:
        self._token = token
        self._now = now
        self._key = secrets.token_bytes(32)
        self._ends: dict[str, datetime] = {}

    @property
    def asks_for_token(self) -> bool:
        """Whether anybody has to show a token at all."""
        return self._token is not None

    def visitor(self, authorization: str, cookies: Mapping[str, str]) -> Visitor | None:
        """Returns who this is, None where they may see nothing."""
        if self._token is None:
            return Visitor(_OPEN)
        kind, _, given = authorization.partition(" ")
        if kind.lower() == "bearer" and self.is_token(given.strip()):
            return Visitor()
        session = cookies.get(COOKIE, "")
        return Visitor(session) if self._now() < self._ends.get(session, self._now()) else None

    def is_token(self, given: str) -> bool:
        """Compares in a time that tells nothing about the token."""
        return self._token is not None and hmac.compare_digest(
            sha256(given.encode()).digest(), sha256(self._token.reveal().encode()).digest()
        )

    def log_in(self) -> str:
        """Begins a session for somebody who has shown the token; the oldest ones make room."""
        now = self._now()
        lasting = [(session, ends) for session, ends in self._ends.items() if ends > now]
        self._ends = dict(lasting[-_MOST + 1 :])
        session = secrets.token_urlsafe(32)
        self._ends[session] = now + LASTS
        return session

    def log_out(self, visitor: Visitor) -> None:
        """Ends a session."""
        self._ends.pop(visitor.session, None)

    def form_token(self, visitor: Visitor) -> str:
        """Returns what a form of ours carries, so that no foreign page can send it in the visitor's name."""
        return hmac.new(self._key, visitor.session.encode(), sha256).hexdigest()

    def is_ours(self, visitor: Visitor, given: str) -> bool:
        """Tells whether a form came from a page that we showed to this visitor."""
        if visitor.is_program:
            return True
        return hmac.compare_digest(self.form_token(visitor).encode(), given.encode())

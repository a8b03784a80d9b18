"""Stands before all pages: refuses foreign names and foreign forms, asks for the token, and sets security headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector.web.budget import Busy
from connector.web.site import Site
from connector.webhooks import PREFIX

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
PROBES: Final = frozenset({"/healthz", "/readyz"})
"""What machines ask to learn whether the process lives; it tells nothing else, so nobody is asked for a token."""

_OPEN: Final = frozenset({"/login", *PROBES})
_STATIC: Final = "/static/"
_FOR_PROGRAMS: Final = frozenset({"/metrics"})
_FROM_OURSELVES: Final = frozenset({"", "same-origin", "none"})


class Guard:
    """The application with its guard."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        with_headers = _adding_headers(send)
        refusal = await self._refusal(request)
        await (refusal or self._app)(scope, receive, with_headers)

    async def _refusal(self, request: Request) -> Response | None:
        """Returns the answer to a request that goes no further."""
        path = request.url.path
        if path in PROBES:
            return None
        if not self._site.terms.allows_host(request.headers.get("host", "")):
            return _plain(
                "this page is not offered under that name; the setting web.hosts names those that are", 400
            )
        if request.method not in {"GET", "HEAD"} and not _is_from_ourselves(request):
            return _plain("this form was sent from another site", 403)
        if path.startswith(_STATIC):
            self._site.budget.charge()  # a page without its style would be no page
            return None
        try:
            await self._site.budget.turn()
        except Busy:
            return _plain("busy; runs come first, try again in a moment", 503, {"Retry-After": "10"})
        visitor = self._site.access.visitor(request.headers.get("authorization", ""), request.cookies)
        if visitor is not None:
            request.scope["visitor"] = visitor
            return None
        # services prove by their secrets that they may call; nobody else gets anything there
        return None if path in _OPEN or path.startswith(PREFIX) else _ask_for_token(request)


def _ask_for_token(request: Request) -> Response:
    """Sends people to the page where they log in, and tells programs what is missing."""
    wants_page = "authorization" not in request.headers and request.url.path not in _FOR_PROGRAMS
    if request.method in {"GET", "HEAD"} and wants_page:
        after = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?{urlencode({'next': after})}", 303, {"Cache-Control": "no-store"})
    return _plain("show the token: Authorization: Bearer …", 401, {"WWW-Authenticate": "Bearer"})


def _is_from_ourselves(request: Request) -> bool:
    """Tells whether a browser sent this from a page of ours; a program that is no browser says nothing of it."""
    if request.headers.get("sec-fetch-site", "") not in _FROM_OURSELVES:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


def _plain(text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{text}\n", status, {"Cache-Control": "no-store", **(headers or {})})


def _adding_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending

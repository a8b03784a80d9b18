"""Sends single requests. The only module that knows httpx; nothing of it leaves this file but the transport type.

Errors of httpx hold the request with its headers, so they end here: what is returned in their place has no cause.
"""

from __future__ import annotations

import functools
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

import httpx
import msgspec

from connector.calls import Answer, Query, Service
from connector.clock import Clock, within
from connector.errors import CallRefused, ConfigurationError, TransientError
from connector.http.addresses import check_base_url, is_loopback
from connector.http.answers import Call, unreadable
from connector.http.network import guard
from connector.http.retry import Effect, Fault
from connector.secret import Secret

Transport = httpx.AsyncBaseTransport

AsgiApp = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]

TIMEOUT: Final = httpx.Timeout(connect=10.0, read=60.0, write=60.0, pool=60.0)
LONGEST_CALL_S: Final = 300.0
"""Seconds after which an answer is given up that comes, but so slowly that no single pause is too long."""

# More connections make each request slower, and the limits of both services never need them.
CONNECTIONS: Final = httpx.Limits(max_connections=8, max_keepalive_connections=8)
LARGEST_BODY: Final = 64 * 1024 * 1024
"""Bytes of an answer, unpacked, after which reading it is given up."""

PACKINGS: Final = ("gzip", "deflate")
"""How an answer may be packed: what unpacks to a thousand times its length at most, and only one of them."""

_OWN_HEADERS: Final[Mapping[str, str]] = {
    "User-Agent": "connector",
    "Accept": "application/json",
    "Accept-Encoding": ", ".join(PACKINGS),
    "Connection": "keep-alive",
}
_OWN_HEADERS_WITH_BODY: Final[Mapping[str, str]] = {**_OWN_HEADERS, "Content-Type": "application/json"}

_SENDING_EVENT: Final = "http11.send_request_headers.started"
_SENT_EVENT: Final = "http11.send_request_headers.complete"
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_WORDS: Final[tuple[tuple[type[httpx.RequestError], str], ...]] = (
    (httpx.ConnectTimeout, f"no connection within {TIMEOUT.connect:.0f} s"),
    (httpx.PoolTimeout, f"no free connection within {TIMEOUT.pool:.0f} s"),
    (httpx.ProxyError, "the proxy refused the connection"),
    (httpx.ReadTimeout, f"no answer within {TIMEOUT.read:.0f} s"),
    (httpx.WriteTimeout, f"the request could not be sent within {TIMEOUT.write:.0f} s"),
    (httpx.RequestError, "the connection broke before the whole answer was there"),
)

_encoder: Final = msgspec.json.Encoder(decimal_format="number")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to send, and where; a body that is None is not sent."""

    call: Call
    url: str
    query: Query
    body: object


class Wire:
    """The connections of one client to one service."""

    def __init__(
        self, service: Service, transport: Transport | None, clock: Clock, may_send: Callable[[], None]
    ) -> None:
        """`may_send` is asked when there is a connection, in the moment in which something leaves; it may raise."""
        self._clock = clock
        self._may_send = may_send
        check_base_url(service.base_url)
        _keep_libraries_quiet()
        _headers(service)  # what can't be sent is told at once
        self._client = httpx.AsyncClient(
            auth=_auth(service),
            timeout=TIMEOUT,
            limits=CONNECTIONS,
            follow_redirects=False,
            verify=shared_ssl_context(),
            transport=transport,
            trust_env=not is_loopback(_host(service)),
        )
        guard(self._client, may_send)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def send(self, request: Request, on_sent: Callable[[], None]) -> Answer | Fault:
        """Sends a request once and reads the answer; calls `on_sent` when the request has left.

        What `may_send` raises is passed on; nothing has left then.
        """

        async def trace(event: str, _: Mapping[str, object]) -> None:
            if event == _SENDING_EVENT:
                self._may_send()
            elif event == _SENT_EVENT:
                on_sent()

        try:
            outgoing = self._built(request)
        except httpx.InvalidURL:
            return _not_an_address(request.call)
        if self._client.cookies:
            self._client.cookies.set_cookie_header(outgoing)
        outgoing.extensions["trace"] = trace
        try:
            response, body = await within(self._clock, LONGEST_CALL_S, self._exchanged(outgoing))
        except TimeoutError:
            return unreadable(request.call, f"the whole answer was not there within {LONGEST_CALL_S:.0f} s")
        except httpx.DecodingError:
            return unreadable(request.call, "the answer can't be unpacked")
        except httpx.RequestError as error:
            return _fault(error, request.call)
        if body is None:
            return unreadable(request.call, f"the answer is longer than {LARGEST_BODY} bytes")
        return Answer(response.status_code, dict(response.headers), body)

    async def _exchanged(self, outgoing: httpx.Request) -> tuple[httpx.Response, bytes | None]:
        response = await self._client.send(outgoing, stream=True)
        try:
            return response, await _read(response)
        finally:
            await response.aclose()

    def _built(self, request: Request) -> httpx.Request:
        """Builds a request that is whole: to let the client merge its own settings into it costs twice as much."""
        has_body = request.body is not None
        given = _headers(request.call.service)
        own = _OWN_HEADERS_WITH_BODY if has_body else _OWN_HEADERS
        named = {name.lower() for name in given}
        query = f"?{httpx.QueryParams(list(request.query))}" if request.query else ""
        return httpx.Request(
            request.call.endpoint.method,
            request.url + query,
            content=_encoder.encode(request.body) if has_body else None,
            headers={name: value for name, value in own.items() if name.lower() not in named} | given,
        )


class _AsgiTransport(httpx.AsyncBaseTransport):
    def __init__(self, app: AsgiApp) -> None:
        self._inner = httpx.ASGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        trace = request.extensions.get("trace")
        if trace is not None:
            await trace(_SENDING_EVENT, {})
            await trace(_SENT_EVENT, {})
        try:
            return await self._inner.handle_async_request(request)
        except ConnectionRefusedError as error:
            raise httpx.ConnectError(str(error)) from None
        except ConnectionError as error:
            raise httpx.ReadError(str(error)) from None
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error)) from None


def asgi_transport(app: AsgiApp) -> Transport:
    """Returns a transport that calls an ASGI application in memory.

    The application plays a broken network by raising ConnectionRefusedError (nothing was sent), another
    ConnectionError (broken off) or TimeoutError (no answer in time).
    """
    return _AsgiTransport(app)


@functools.cache
def shared_ssl_context() -> ssl.SSLContext:
    """Returns the one TLS context of this process: building one costs 40 ms and a megabyte."""
    return httpx.create_ssl_context()


def _keep_libraries_quiet() -> None:
    """Stops httpx from logging addresses with their queries (level INFO) and httpcore from logging headers (DEBUG)."""
    for library in ("httpx", "httpcore"):
        logging.getLogger(library).setLevel(logging.WARNING)


def _host(service: Service) -> str:
    try:
        return httpx.URL(service.base_url).host
    except httpx.InvalidURL:
        raise ConfigurationError(f"{service.name}: base_url is not a web address") from None


def _headers(service: Service) -> dict[str, str]:
    headers = {}
    for name, value in service.headers.items():
        text = value.reveal() if isinstance(value, Secret) else value
        if not (text.isascii() and text.isprintable()):
            raise ConfigurationError(
                f"{service.name}: the value for the header {name} holds a line break or a character beyond ASCII; "
                "copy the key or token again"
            )
        headers[name] = text
    return headers


def _auth(service: Service) -> httpx.BasicAuth | None:
    if service.basic_auth is None:
        return None
    user, password = service.basic_auth
    return httpx.BasicAuth(user, password.reveal())


async def _read(response: httpx.Response) -> bytes | None:
    """Reads the unpacked body, None where it is too long.

    Raises DecodingError for what nobody asked for: packed twice, a thousand bytes can unpack to gigabytes at once.
    """
    named = response.headers.get_list("content-encoding", split_commas=True)
    packings = [name.lower() for name in named if name.lower() not in {"", "identity"}]
    if packings[1:] or not set(packings) <= set(PACKINGS):
        raise httpx.DecodingError("packed in another way than asked for")
    chunks, length = list[bytes](), 0
    async for chunk in response.aiter_bytes():
        chunks.append(chunk)
        length += len(chunk)
        if length > LARGEST_BODY:
            return None
    return b"".join(chunks)


def _not_an_address(call: Call) -> Fault:
    error = CallRefused(call.service.name, str(call.endpoint), 414, "not sent: the address is too long")
    return Fault(error=error, effect=Effect.FINAL)


def _fault(error: httpx.RequestError, call: Call) -> Fault:
    # Only this error's own text is of use (unknown host, wrong certificate); others may quote what was sent.
    words = str(error) if type(error) is httpx.ConnectError else ""
    words = words or next(words for kind, words in _WORDS if isinstance(error, kind))
    if isinstance(error, _NEVER_SENT):
        return Fault(error=TransientError(f"{call} could not be sent: {words}"), effect=Effect.NONE)
    return Fault(error=TransientError(f"{call}: {words}"), effect=Effect.UNKNOWN)

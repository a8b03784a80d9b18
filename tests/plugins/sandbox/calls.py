"""Calling the sandbox's apps in memory, and a clock that a test moves by hand."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette

from connector.http import asgi_transport
from connector_sandbox.servers import Sandbox

START = 1_795_000_000.0  # 18 November 2026, 12:06:40 in Germany


class Ticker:
    """A clock that stands still until `later` is called."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> float:
        return self.at

    def later(self, seconds: float) -> None:
        self.at += seconds


class Caller:
    """Sends requests to an app; `headers` and `auth` are the credentials."""

    def __init__(
        self,
        app: Starlette,
        base: str,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> None:
        self._transport = asgi_transport(app)
        self._settings: dict[str, Any] = {
            "base_url": f"http://sandbox.example{base}",
            "headers": headers,
            "auth": auth,
        }

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        return asyncio.run(self._send(method, path, body, query))

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET."""
        return self("GET", path, **query).json()

    async def _send(self, method: str, path: str, body: Any, query: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport, **self._settings) as client:
            return await client.request(method, path, json=body, params=query or None)


def billbee_caller(sandbox: Sandbox, **changes: Any) -> Caller:
    """A caller with Billbee's credentials, or others."""
    headers = {"X-Billbee-Api-Key": changes.get("api_key", sandbox.api_key)}
    auth = (changes.get("username", sandbox.username), changes.get("api_password", sandbox.api_password))
    return Caller(sandbox.billbee_app(), "/api/v1", headers, auth)


def wemalo_caller(sandbox: Sandbox, **changes: Any) -> Caller:
    """A caller with Wemalo's token, or another."""
    return Caller(
        sandbox.wemalo_app(), "/v1", {"Authorization": f"JWT {changes.get('token', sandbox.token)}"}
    )

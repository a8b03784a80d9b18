"""Wemalo over HTTP: who may call, how often, and which endpoints there are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connector_sandbox.delivery import Sleep
from connector_sandbox.exchange import JSON, Answer, Call, Refusal
from connector_sandbox.service import Service
from connector_sandbox.throttle import SlidingWindow
from connector_sandbox.wemalo import order_calls, other_calls, product_calls
from connector_sandbox.wemalo.envelope import failure, refusal
from connector_sandbox.wemalo.habits import WemaloHabits
from connector_sandbox.wemalo.pages import warehouse_page
from connector_sandbox.wemalo.warehouse import Warehouse
from connector_sandbox.wemalo.wire import as_text

DRIVES: Mapping[str, Callable[..., Any]] = {
    verb.__name__: verb
    for verb in (
        Warehouse.add_product,
        Warehouse.update_product,
        Warehouse.set_stock,
        Warehouse.receive,
        Warehouse.set_second_choice,
        Warehouse.block,
        Warehouse.stock_everything,
        Warehouse.advance,
        Warehouse.ship,
        Warehouse.cancel,
    )
}


class WemaloService(Service[Warehouse]):
    """Wemalo with any number of tokens, each of them for a warehouse client of its own."""

    name = "wemalo"
    prefix = "/v1"
    endpoints = (*product_calls.ENDPOINTS, *order_calls.ENDPOINTS, *other_calls.ENDPOINTS)
    drives = DRIVES

    def __init__(
        self,
        habits: WemaloHabits | None = None,
        now: Callable[[], float] = time.time,
        sleep: Sleep = asyncio.sleep,
        calls_per_window: int = 1000,
        window_s: float = 60.0,
    ) -> None:
        super().__init__(now, sleep)
        self._habits = habits or WemaloHabits()
        self._warehouses: dict[str, Warehouse] = {}
        self._accounts_by_token: dict[str, str] = {}
        self.call_limit = SlidingWindow(calls_per_window, window_s, now)

    @property
    def habits(self) -> WemaloHabits:
        return self._habits

    def open_account(self, token: str, warehouse: Warehouse) -> None:
        """Give the bearer of a token access to a warehouse; the audit shows the warehouse's name.

        Raises ValueError for a second warehouse of one name.
        """
        if self._warehouses.get(warehouse.name, warehouse) is not warehouse:
            raise ValueError(f"there is another warehouse named {warehouse.name!r}; give each its own name")
        self._warehouses[warehouse.name] = warehouse
        self._accounts_by_token[token] = warehouse.name

    def accounts(self) -> Mapping[str, Warehouse]:
        return self._warehouses

    @property
    def violations(self) -> int:
        """How many requests were refused because they came too early."""
        return self.call_limit.violations.total()

    def account_of(self, call: Call) -> str:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme.upper() != "JWT" or token not in self._accounts_by_token:
            raise Refusal(401, "Unauthorized", "UNAUTHORIZED")
        return self._accounts_by_token[token]

    def limit(self, call: Call, account: str) -> Answer | None:
        if not self._habits.limited or not self.call_limit.admit(account):
            return None
        return failure(419, "Call limit exceeded.", "LIMIT", 419 if self._habits.limit_in == "http" else 200)

    def refuse(self, call: Call, refused: Refusal) -> Answer:
        answer = refusal(refused)
        in_http = refused.status == 401 and self._habits.unauthorized_in == "http"
        return replace(answer, status=401) if in_http else answer

    def finish(self, answer: Answer, account: str) -> Answer:
        if self._habits.texts_only and answer.media_type == JSON:
            answer = replace(answer, body=as_text(answer.body))
        if not account or not self._habits.limited:
            return answer
        limits = {
            "x-wemalo-limit-maxcall": str(self.call_limit.limit),
            "x-wemalo-limit-remainingcall": str(self.call_limit.remaining(account)),
        }
        return replace(answer, headers={**answer.headers, **limits})

    def dump(self, state: Warehouse) -> dict[str, Any]:
        return {"products": list(state.products), "orders": list(state.orders)}

    def page(self) -> str:
        return warehouse_page(self.accounts(), self.audit)

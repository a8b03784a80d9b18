"""Calls of services: who is believed, and that the flows run within seconds."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Collection
from hashlib import sha256

import httpx
import pytest

from connector.clock import Stop
from connector.engine import run_client
from connector.scheduler import FIRST_RUNS_WITHIN_S, Scheduler
from connector.secret import Secret
from connector.web import Terms, make_app
from connector.webhooks import webhook_secret
from connector_sandbox.seed import ean13
from tests.core.web.office import TOKEN, Office

COMMON = Secret("the common secret of all webhooks")
ORDER = json.dumps({"Notifications": [{"Action": "order.created"}]}).encode()


def signed(body: bytes = ORDER, client: str = "acme") -> dict[str, str]:
    """The headers by which Billbee proves itself."""
    secret = webhook_secret(COMMON, client, "source").reveal()
    return {"ms-signature": "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()}


def stock_call(client: str = "acme") -> bytes:
    secret = webhook_secret(COMMON, client, "target").reveal()
    return json.dumps({"token": secret, "eventData": {"type": "INCOMING_STOCK"}}).encode()


class Hints(list[tuple[str, list[str]]]):
    """Notes what it is told."""

    def __call__(self, client: str, flows: Collection[str]) -> None:
        self.append((client, list(flows)))


def test_a_call_that_proves_itself_has_its_flows_run(office: Office) -> None:
    hints = Hints()
    page = office.page(webhook_secret=COMMON, hint=hints, token=Secret(TOKEN))
    assert page.ask("POST", "/hooks/acme/source", content=ORDER, headers=signed()).status_code == 202
    assert page.ask("POST", "/hooks/acme/target", content=stock_call()).status_code == 202
    assert hints == [("acme", ["orders", "cancellations"]), ("acme", ["stock"])]
    assert office.world.calls() == 0


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/hooks/acme/source", ORDER, {}),
        ("/hooks/acme/source", ORDER + b" ", signed()),  # another body
        ("/hooks/acme/source", ORDER, signed(client="other")),  # another client's secret
        ("/hooks/acme/target", ORDER, signed()),  # the other side's
        ("/hooks/acme/target", stock_call("other"), {}),
        ("/hooks/acne/source", ORDER, signed(client="acne")),  # nobody's
        ("/hooks/acme/sauce", ORDER, signed()),
        ("/hooks/..%2facme/source", ORDER, signed()),
    ],
)
def test_whoever_does_not_prove_to_be_the_service_learns_nothing(
    office: Office, path: str, body: bytes, headers: dict[str, str]
) -> None:
    office.add("other")
    hints = Hints()
    page = office.page(webhook_secret=COMMON, hint=hints)
    answer = page.ask("POST", path, content=body, headers=headers)
    assert (answer.status_code, hints) == (404, [])
    assert answer.text == page.ask("POST", "/hooks/nobody/source", content=body).text


def test_without_a_secret_or_without_runs_no_call_is_taken(office: Office) -> None:
    hints = Hints()
    for terms in ({"hint": hints}, {"webhook_secret": COMMON}):
        page = office.page(**terms)
        assert page.ask("POST", "/hooks/acme/source", content=ORDER, headers=signed()).status_code == 404
    assert hints == []


def test_a_client_whose_settings_are_wrong_takes_no_call(office: Office) -> None:
    office.write("clients/acme.toml", '[source]\nplugin = "bilbee"\n')
    page = office.page(webhook_secret=COMMON, hint=Hints())
    assert page.ask("POST", "/hooks/acme/source", content=ORDER, headers=signed()).status_code == 404


def test_a_call_that_is_too_large_is_refused(office: Office) -> None:
    page = office.page(webhook_secret=COMMON, hint=Hints())
    assert page.ask("POST", "/hooks/acme/source", content=b"x" * 1_000_001).status_code == 413


def test_nobody_can_look_at_the_addresses_of_webhooks(office: Office) -> None:
    assert office.page(webhook_secret=COMMON, hint=Hints()).get("/hooks/acme/source").status_code == 405


def test_an_order_that_the_shop_tells_of_is_in_the_warehouse_within_seconds(office: Office) -> None:
    world, inst = office.world, office.installation()
    piece = world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup")
    taken: list[float] = []

    async def live() -> None:
        common, stop = world.shared(), Stop()
        settings = inst.client("acme").settings

        async def run(client: str, flows: frozenset[str] = frozenset()) -> None:
            await run_client(settings, common, flows, at_once=bool(flows))

        scheduler = Scheduler(lambda: {"acme": 3600.0}, run, common.clock, stop, run, run_flows=run)
        app = make_app(inst, common, Terms(webhook_secret=COMMON), hint=scheduler.hint)
        serving = asyncio.create_task(scheduler.serve())
        await common.clock.sleep(FIRST_RUNS_WITHIN_S + 60)
        order = world.shop.add_order([(piece, 1)])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as billbee:
            await billbee.post("/hooks/acme/source", content=ORDER, headers=signed())
        for second in range(30):
            await common.clock.sleep(1)
            taken.append(second if world.received(order) else 0)
        stop.request()
        await serving
        await common.store.close()

    asyncio.run(live())
    assert 0 < next(second for second in taken if second) < 10

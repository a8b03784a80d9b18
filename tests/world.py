"""A whole world in memory: shop, warehouse, clock, and the connector between them, over the real HTTP path."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

from connector.calls import Service
from connector.clock import Stop
from connector.engine import run_client
from connector.http import Limits, Transport, asgi_transport
from connector.mapping import describe_step
from connector.plugins import load_plugins
from connector.report import ClientReport, ProblemLine
from connector.secret import Secret
from connector.settings import ClientSettings, PluginChoice, StepChoice
from connector.sides import Shared
from connector.state import TinyStore
from connector.testing.clock import FakeClock
from connector_billbee.settings import BillbeeSettings
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse
from connector_wemalo.settings import WemaloSettings

PLUGINS = load_plugins()
STEPS = {name: describe_step(name, offer.what) for name, offer in PLUGINS.steps.items()}
RECEIVED = "order_received_by_wemalo"
FAILED = "order_failed_by_wemalo"


class World:
    """One client, `acme`, between one shop and one warehouse; `run` is one run of `connector run --once`."""

    def __init__(self, state_dir: Path, *, seed: int = 1) -> None:
        self.clock = FakeClock()
        self.sandbox = Sandbox.empty(now=lambda: self.clock.now().timestamp(), sleep=self.clock.sleep)
        self.state_dir = state_dir
        self.plugins = PLUGINS
        self._seed = seed

    @property
    def shop(self) -> Shop:
        return self.sandbox.shop

    @property
    def warehouse(self) -> Warehouse:
        return self.sandbox.warehouse

    def settings(self, **changes: Any) -> ClientSettings:
        """The client's settings; `changes` go to the client's field of that name, else to Billbee's."""
        box = self.sandbox
        own = {name: changes.pop(name) for name in list(changes) if name in ClientSettings.__struct_fields__}
        billbee = BillbeeSettings(
            **{
                "username": box.username,
                "api_password": Secret(box.api_password),
                "api_key": Secret(box.api_key),
                "base_url": "https://billbee.example/api/v1",
                **changes,
            }
        )
        wemalo = WemaloSettings(token=Secret(box.token), base_url="https://wemalo.example/v1")
        fields: dict[str, Any] = {
            "name": "acme",
            "source": PluginChoice("billbee", billbee),
            "target": PluginChoice("wemalo", wemalo),
            "mapping": (StepChoice("resolve_sets", True),),
        }
        return ClientSettings(**{**fields, **own})

    def run(self, *only: str, **changes: Any) -> ClientReport:
        """Runs the client once, a minute later, with all flows or only those named; returns the report."""
        self.later(hours=1 / 60)
        return asyncio.run(self._run(only, self.settings(**changes)))

    def problems(self, report: ClientReport) -> dict[str, list[str]]:
        """Returns the codes of the open problems by the number that a person knows the record by."""
        found: dict[str, list[str]] = {}
        for problem in report.problems:
            found.setdefault(problem.number, []).append(problem.code)
        return found

    def later(self, hours: float = 1) -> None:
        """Lets time pass."""
        asyncio.run(self.clock.sleep(hours * 3600))

    def lose_state(self) -> None:
        """Deletes everything that is remembered."""
        for file in self.state_dir.iterdir():
            file.unlink()

    def clear_audit(self) -> None:
        """Forgets the calls so far, so that the next run's can be counted."""
        self.sandbox.billbee.audit.clear()
        self.sandbox.wemalo.audit.clear()

    def calls(self, pattern: str = "*") -> int:
        """Counts the calls to both services that match, such as `POST /goodsOrder/*`."""
        return self.sandbox.billbee.audit.count(pattern) + self.sandbox.wemalo.audit.count(pattern)

    def writes(self) -> list[str]:
        """Names the calls that changed something on either side."""
        audits = (self.sandbox.billbee.audit, self.sandbox.wemalo.audit)
        return [entry.name for audit in audits for entry in audit.writes()]

    def received(self, order_id: int) -> bool:
        """Tells whether the order carries the received tag."""
        return RECEIVED in self.shop.order(order_id)["Tags"]

    def shared(self) -> Shared:
        """Builds what a process has in common, with the sandbox as its network."""
        apps = {"billbee": self.sandbox.billbee_app(), "wemalo": self.sandbox.wemalo_app()}

        def transport(service: Service) -> Transport:
            return asgi_transport(apps[service.name.lower()])

        return Shared(
            plugins=self.plugins,
            steps=STEPS,
            store=TinyStore(self.state_dir, self.clock),
            limits=Limits(self.clock),
            clock=self.clock,
            stop=Stop(),
            random=random.Random(self._seed),
            transport=transport,
        )

    async def _run(self, only: tuple[str, ...], settings: ClientSettings) -> ClientReport:
        shared = self.shared()
        report = await run_client(settings, shared, only)
        await shared.store.close()
        return report


def problem(report: ClientReport, code: str, flow: str = "") -> ProblemLine:
    """Returns the one open problem with this code, in the named flow."""
    (found,) = [line for line in report.problems if line.code == code and flow in ("", line.flow)]
    return found

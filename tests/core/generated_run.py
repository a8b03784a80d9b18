"""Takes an order from a generated source to a generated target: `python generated_run.py SOURCE TARGET FOLDER`.

Run where both are installed. Prints what the warehouse and the shop have in the end, as one JSON object.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from click.testing import CliRunner

from connector.api import Address, Order, OrderLine, Product, Secret, Source, Target
from connector.cli import main
from connector.plugins import load_plugins

TO = Address(name="Erika Muster", street="Hauptstraße 1", zip="01067", city="Dresden", country_code="DE")


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serves an application on a free port of loopback; yields the address of its API."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        finally:
            server.should_exit = True
            thread.join()


def table(plugin: str, settings: msgspec.Struct, base_url: str) -> str:
    """Writes one side's settings, those that are set in its case."""
    fields = {name: getattr(settings, name) for name in settings.__struct_fields__}
    secrets = {name: value.reveal() for name, value in fields.items() if isinstance(value, Secret)}
    lines = {"plugin": plugin, "base_url": base_url, **secrets}
    return "\n".join(f"{name} = {json.dumps(value)}" for name, value in lines.items())


def run(source: str, target: str, folder: Path) -> dict[str, Any]:
    """Makes two runs, of which the second has nothing to do."""
    plugins = load_plugins()
    shop_case = case_of(source, plugins.sources[source].what)
    depot_case = case_of(target, plugins.targets[target].what)
    shop, warehouse = shop_case.shop, depot_case.warehouse
    cup = shop.add_product(Product(id="", sku="CUP", ean="4006381333931", name="Cup", weight_g=300))
    line = OrderLine(id="", product_id=cup, sku="CUP", quantity=Decimal(2), total=Decimal("19.98"))
    order_id = shop.add_order(Order(id="", number="1001", receiver=TO, lines=(line,)))
    with served(shop.app) as shop_url, served(warehouse.app) as depot_url:
        (folder / "clients").mkdir(parents=True)
        (folder / "clients" / "acme.toml").write_text(
            f"[source]\n{table(source, shop_case.settings, shop_url)}\n"
            f"[target]\n{table(target, depot_case.settings, depot_url)}\n"
        )
        (folder / "settings.toml").write_text(f"state_dir = {json.dumps(str(folder / 'state'))}\n")
        reports = [once(folder) for _ in range(2)]
    shown = shop.order(order_id)
    return {
        "runs": [{name: flow["sent"] for name, flow in each["flows"].items()} for each in reports],
        "problems": [each["problems"] for each in reports],
        "products": [product.sku for product in warehouse.products()],
        "orders": [order.number for order in warehouse.orders()],
        "received": shown.is_received,
    }


def case_of(name: str, plugin: type[Source] | type[Target]) -> Any:
    """Makes the case that the plugin's package brings."""
    return import_module(f"connector_{name}.testing").contract_case(plugin)


def once(folder: Path) -> Any:
    """Runs the command, and returns its report of the one client."""
    result = CliRunner().invoke(main, ["--config", str(folder), "run", "--once", "--json"])
    (client,) = json.loads(result.stdout)["clients"]
    return client


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))

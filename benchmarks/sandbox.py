"""The sandbox as a process of its own: `python -m benchmarks.sandbox PRODUCTS FOLDER [ORDERS]`.

Writes the client's settings below FOLDER, prints where both services are as one line of JSON, and serves until its
standard input ends, so that it never outlives who started it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from connector_sandbox.commands import write_settings
from connector_sandbox.seed import large_shop
from connector_sandbox.servers import Sandbox, SandboxServers
from connector_sandbox.wemalo.warehouse import Warehouse

ORDERS = 2
"""As many as Billbee's limit lets through at once, so that orders never add a pause to the products' time."""


def serve(products: int, folder: Path, orders: int = ORDERS) -> None:
    """Serves a shop of that size and an empty warehouse, without limits and without keeping bodies."""
    sandbox = Sandbox(large_shop(products, orders), Warehouse())
    sandbox.billbee.habits.throttled = False
    sandbox.wemalo.habits.limited = False
    sandbox.billbee.audit.keep_bodies = sandbox.wemalo.audit.keep_bodies = False
    with SandboxServers(sandbox) as servers:
        write_settings(servers, folder)
        print(json.dumps({"billbee": servers.billbee_site, "wemalo": servers.wemalo_site}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))

"""One run as a process of its own, with the web page beside it or without: `python -m benchmarks.one_run CONFIG [web]`.

Prints where the page is (an empty line without it), makes the run when a line comes in, and prints what it took as
JSON.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from connector.clock import Stop
from connector.engine import run_client
from connector.installation import open_installation, shared
from connector.web import Address, Terms, WebServer, make_app
from connector_sandbox.commands import CLIENT


async def main(config: Path, *, with_page: bool) -> None:
    inst, stop = open_installation(config), Stop()
    common = shared(inst, stop)
    server = WebServer(make_app(inst, common, Terms()), Address("127.0.0.1", 0)) if with_page else None
    serving = asyncio.create_task(server.serve(stop)) if server else None
    print(server.url if server else "", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    began, used = time.monotonic(), _cpu_s()
    report = await run_client(inst.client(CLIENT).settings, common)
    figures = {"wall_s": time.monotonic() - began, "cpu_s": _cpu_s() - used, "completed": report.completed}
    print(json.dumps(figures), flush=True)
    stop.request()
    if serving:
        await serving
    await common.store.close()


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), with_page=sys.argv[2:] == ["web"]))

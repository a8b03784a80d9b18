"""`python -m tests.cluster`: the campaign of faults, a line for each run; exits with 1 where anything must not be."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.cluster import campaign
from tests.cluster.stage import end_on_signals
from tests.conftest import migrated
from tests.postgres import running_server


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    options = _options(arguments)
    plan = campaign.Plan(
        clients=options.clients,
        workers=options.workers,
        lease_s=options.lease,
        module=tuple(options.module),
        interval_s=options.interval,
        patience_s=options.patience or 2 * options.interval,
    )
    results = []
    end_on_signals()
    with running_server() as server:
        for seed in range(options.first, options.first + options.runs):
            with server.database() as url:
                asyncio.run(migrated(url))
                result = campaign.run(server, url, seed, plan, options.keep)
            results.append(result)
            _say(result)
            if options.json:
                options.json.write_text(
                    json.dumps([asdict(each) for each in results], indent=2) + "\n", encoding="utf-8"
                )
    failed = sum(bool(result.failed) for result in results)
    calls, runs = sum(result.calls for result in results), sum(result.runs for result in results)
    print(f"{len(results)} runs, {failed} failed; {runs} client runs, {calls} calls")
    return int(failed > 0)


def _say(result: campaign.Result) -> None:
    done = f"{result.complete_after_s:.0f} s" if result.complete_after_s is not None else "never"
    print(
        f"run {result.seed}: {'FAILED' if result.failed else 'ok'}, {result.runs} client runs, {result.calls} calls, "
        f"{result.taken_over} taken over, complete again after {done}, {result.seconds:.0f} s in all; "
        f"faults: {', '.join(result.faults)}",
        flush=True,
    )
    for line in result.failed[:20]:
        print(f"    {line}", flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="the seed of the first run")
    parser.add_argument("--clients", type=int, default=campaign.CLIENTS)
    parser.add_argument("--workers", type=int, default=campaign.WORKERS)
    parser.add_argument("--lease", type=float, default=campaign.LEASE_S, metavar="SECONDS")
    parser.add_argument(
        "--interval",
        type=float,
        default=campaign.INTERVAL_S,
        metavar="SECONDS",
        help="of the clients: within two of them after the last fault all have to be complete again",
    )
    parser.add_argument(
        "--patience",
        type=float,
        metavar="SECONDS",
        help="to wait for that, where it is not two intervals: on a machine that is busy with other things",
    )
    parser.add_argument(
        "--module", nargs="+", default=["connector"], help="what runs the workers: a broken variant must fail"
    )
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the logs of a failed run are kept")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

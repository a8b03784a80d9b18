"""What a person sees in a terminal while something goes on, and what a file gets instead."""

from __future__ import annotations

import asyncio
import io
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from connector.cli.live import LiveRuns
from connector.report import ClientReport, FlowCounts
from connector.testing.clock import NOON, FakeClock
from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run
from tests.core.cli.ptys import in_terminal

ESCAPE = "\x1b"
CURSOR_IS_BACK = "\x1b[?25h"
LINE_IS_EMPTY = "\x1b[2K"


def plain(text: str) -> str:
    """Takes colours and cursor movements out."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_a_run_in_a_terminal_shows_what_it_does_and_then_the_same_report(
    connector: Run, config: Path
) -> None:
    with in_terminal(config, "run", "--once", "--dry-run") as (process, screen):
        assert process.stdout is not None
        shown, report = screen.rest(), process.stdout.read().decode()
    assert re.search(r"products +3 read, 2 sent", plain(shown))
    assert "WARNING" not in shown  # what the log says of problems is for the report
    assert shown.rindex("products") < shown.rindex(CURSOR_IS_BACK) < shown.rindex(LINE_IS_EMPTY)
    assert first_lines(report) == first_lines(connector("run", "--once", "--dry-run").stdout)


def test_a_person_who_wants_the_log_gets_it_above(config: Path) -> None:
    with in_terminal(config, "--log-level", "warning", "run", "--once") as (_, screen):
        shown = screen.rest()
    assert re.search(r"products +3 read, 2 sent", plain(shown))
    assert re.search(r"\S+Z \[warning *\] .*problem", plain(shown).replace("\r", "\n"), re.MULTILINE)


def first_lines(report: str) -> list[str]:
    """Leaves out what differs from run to run: how long it took, and times of day."""
    return re.sub(r"in [\d.]+ s|\d\d:\d\d UTC", "", report).splitlines()


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_can_not_be_redrawn_gets_the_log_only(config: Path, term: str) -> None:
    with in_terminal(config, "run", "--once", TERM=term) as (process, screen):
        shown = screen.rest()
    assert ESCAPE not in shown
    assert re.search(r"flow finished .*flow=products records='3 read, 2 sent, 1 refused'", shown)
    assert process.returncode == 0


def test_a_file_gets_lines_and_what_draws_is_not_even_loaded(config: Path) -> None:
    code = (
        "import sys\nfrom connector.cli import main\n"
        f"main(['--config', {str(config)!r}, 'run', '--once'], standalone_mode=False)\n"
        "print('DRAWS', 'connector.cli.live' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert '"flow":"orders","records":"2 read, 2 sent"' in result.stderr
    assert ESCAPE not in result.stdout + result.stderr
    assert "DRAWS False" in result.stdout


def test_R5_ctrl_c_ends_a_run_in_a_terminal_with_its_report_and_the_cursor(
    config: Path, servers: SandboxServers
) -> None:
    servers.sandbox.wemalo.faults.add("GET /product/getAll", "hang", times=None)
    with in_terminal(config, "run", "--once", stdout_too=True) as (process, screen):
        screen.until("products")
        process.send_signal(signal.SIGINT)
        shown = screen.rest()
    assert "ending: the records under way are finished" in shown
    assert "acme: NOT COMPLETED after" in shown[shown.rindex(CURSOR_IS_BACK) :]
    assert process.returncode == 1


def drawn(live: LiveRuns, console: Console) -> list[str]:
    """Returns the picture as it is now."""
    with console.capture() as captured:
        console.print(live.picture())
    return [line.rstrip() for line in captured.get().splitlines()]


def runs(clients: Sequence[str], height: int, clock: FakeClock | None = None) -> tuple[LiveRuns, Console]:
    """Returns what shows these clients in a terminal that knows no more than ASCII, and that terminal."""
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    console = Console(file=file, width=70, height=height, color_system=None)
    return LiveRuns(clients, console, (clock or FakeClock()).monotonic), console


def finished(client: str, failure: str = "") -> ClientReport:
    report = ClientReport.begin(client, NOON)
    report.failure = failure
    report.end(NOON + timedelta(seconds=12))
    return report


def test_few_clients_are_shown_with_their_flows() -> None:
    clock = FakeClock()
    live, console = runs(["acme", "beta"], height=24, clock=clock)
    products, orders = FlowCounts(read=3, sent=2, refused=1), FlowCounts()
    live.begin("acme", "products", products)
    live.end("acme", "products", products, True)
    live.begin("acme", "orders", orders)
    live.expect("acme", "orders", 40)
    orders.read = orders.sent = 10
    asyncio.run(clock.sleep(75))
    bar = "-----               "
    assert drawn(live, console) == [
        "acme",
        "  + products 3 read, 2 sent, 1 refused",
        f"  - orders   {bar} 10 of 40, 1 min 15 s",
        "beta  waits for its turn",
    ]


def test_a_client_that_is_done_says_how_it_went() -> None:
    live, console = runs(["acme"], height=24)
    counts = FlowCounts()
    live.begin("acme", "orders", counts)
    live.end("acme", "orders", counts, False)
    live.done(finished("acme", "orders: billbee does not answer"))
    assert drawn(live, console) == [
        "acme  NOT COMPLETED after 12 s: orders: billbee does not answer",
        "  x orders nothing to do",
    ]


def test_of_many_clients_only_those_that_run_have_a_row_and_never_more_than_there_is_room_for() -> None:
    clients = [f"client-{number}" for number in range(60)]
    live, console = runs(clients, height=7)
    for client in clients[2:]:
        live.begin(client, "products", FlowCounts(read=100))
    live.done(finished("client-0"))
    live.done(finished("client-1", "a fault"))
    assert drawn(live, console) == [
        *(f"- client-{number} products 100 read, 0 s" for number in range(2, 6)),
        "2 of 60 clients done, 1 not completed, 54 more are running",
    ]


def test_status_watched_in_a_terminal_is_drawn_in_its_place_until_ctrl_c(config: Path) -> None:
    with in_terminal(config, "status", "--watch", "0.5", stdout_too=True) as (process, screen):
        screen.until("Ctrl-C ends it", times=3)
        process.send_signal(signal.SIGINT)
        shown = screen.rest()
    assert process.returncode == 0
    assert f"{ESCAPE}[1A" in shown  # the cursor went up again
    assert plain(shown).splitlines()[-3].startswith("acme    never")
    assert shown.endswith(CURSOR_IS_BACK)


def test_status_watched_in_a_file_is_written_again_and_again(config: Path) -> None:
    command = [sys.executable, "-m", "connector", "--config", str(config), "status", "--watch", "0.5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        rows = [next(line for line in process.stdout if line.startswith("acme ")) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert rows[0] == rows[1]
    assert process.returncode == 0


def test_status_watched_tells_of_settings_that_break_meanwhile_and_goes_on(config: Path) -> None:
    with in_terminal(config, "status", "--watch", "0.5", stdout_too=True) as (process, screen):
        screen.until("never")
        acme = config / "clients" / "acme.toml"
        acme.rename(acme.with_suffix(".off"))
        screen.until("there are no clients in")
        acme.with_suffix(".off").rename(acme)
        screen.until("acme    never", times=2)
        process.send_signal(signal.SIGINT)
        screen.rest()
    assert process.returncode == 0


def test_watching_is_not_for_programs(connector: Run) -> None:
    result = connector("status", "--watch", "--json")
    assert result.exit_code == 2
    assert "a program calls --json again" in result.stderr

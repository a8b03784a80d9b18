"""Notices in whole runs: people are told once what is new, whatever fails on the way."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connector.clock import SystemClock
from connector.history import PastRun, note_run
from connector.state import TinyStore
from connector_sandbox.seed import ean13
from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run
from tests.plugins.notices.letterbox import TOKEN, Letterbox

UNREACHABLE = "json://127.0.0.1:9/away"  # nobody listens there


def complete_the_product(servers: SandboxServers) -> None:
    servers.sandbox.shop.change_product(servers.sandbox.shop.product_with_sku("SKU-3"), EAN=ean13(3))


def add_receiver(config: Path, line: str, table: str = "[plugins.notices.to]") -> None:
    """Adds a receiver to the client's own settings."""
    acme = config / "clients" / "acme.toml"
    acme.write_text(f"{acme.read_text()}\n{table}\n{line}\n")


def test_a_problem_is_told_once_and_again_when_it_has_closed(
    connector: Run, servers: SandboxServers, told: Letterbox
) -> None:
    connector("run", "--once")
    assert told.titles == ["acme: 1 new problem"]
    assert told.messages[0]["message"].splitlines()[:2] == [
        "New:",
        '- SKU-3: The product "No EAN" (SKU SKU-3) has no EAN.',
    ]
    connector("run", "--once")  # another process, as far as the plugin can tell
    assert len(told.messages) == 1
    complete_the_product(servers)
    connector("run", "--once")
    assert told.titles[1:] == ["acme: 1 closed"]
    assert 'SKU-3: The product "No EAN"' in told.messages[1]["message"]


def test_what_could_not_be_sent_is_told_after_the_next_run(connector: Run, told: Letterbox) -> None:
    told.status = 503
    result = connector("run", "--once")
    assert result.exit_code == 0  # the run went well
    assert "plugin_failed" in result.stdout
    assert "`ops` (JSON) did not take the message" in result.stdout
    told.status = 200
    assert "plugin_failed" not in connector("run", "--once").stdout
    assert "SKU-3: The product" in told.messages[0]["message"]


def test_one_receiver_that_can_not_be_reached_keeps_the_news_from_no_other(
    connector: Run, config: Path, told: Letterbox
) -> None:
    add_receiver(config, f'away = "{UNREACHABLE}"')
    for _ in range(3):
        result = connector("run", "--once")
    assert "`away` (JSON) did not take the message" in result.stdout
    # what was news, and that somebody else can't be reached
    assert told.titles == ["acme: 1 new problem", "acme: 1 new problem"]
    assert "The plugin connector-framework (notices) could not do its work" in told.messages[1]["message"]


def test_a_client_adds_receivers_of_its_own(
    connector: Run, config: Path, told: Letterbox, letterbox: Letterbox
) -> None:
    other = Letterbox()
    add_receiver(config, f'merchant = "{other.address}"')
    connector("run", "--once")
    other.close()
    assert (letterbox.titles, other.titles) == (["acme: 1 new problem"], ["acme: 1 new problem"])


def test_nobody_is_told_of_a_client_that_switches_it_off(
    connector: Run, config: Path, told: Letterbox
) -> None:
    add_receiver(config, "enabled = false", "[plugins.notices]")
    connector("run", "--once")
    assert told.messages == []


def test_wrong_credentials_are_told_in_the_clients_language(
    connector: Run, config: Path, told: Letterbox
) -> None:
    acme = config / "clients" / "acme.toml"
    acme.write_text(acme.read_text().replace('"en"', '"de"').replace("sandbox-password", "wrong"))
    connector("run", "--once")
    assert told.titles == ["acme: 1 neues Problem"]
    assert "- billbee nimmt die Zugangsdaten nicht an" in told.messages[0]["message"]


def test_an_outage_is_told_when_it_lasts(
    connector: Run, servers: SandboxServers, config: Path, told: Letterbox
) -> None:
    servers.sandbox.billbee.faults.add("*", "html", times=None)
    connector("run", "--once")
    assert told.messages == []
    asyncio.run(remember_a_run(config, hours_ago=3))
    connector("run", "--once")
    assert told.titles == ["acme: 1 new problem"]
    assert "- There was no complete run since" in told.messages[0]["message"]


def test_a_client_whose_settings_are_wrong_is_told_of_when_it_is_late(
    connector: Run, config: Path, told: Letterbox
) -> None:
    asyncio.run(remember_a_run(config, hours_ago=3))
    acme = config / "clients" / "acme.toml"
    acme.write_text(acme.read_text().replace('plugin = "billbee"', 'plugin = "bilbee"'))
    for _ in range(2):
        assert connector("run", "--once").exit_code == 2
    assert told.titles == ["acme: 1 neues Problem"]  # which language it has is not known
    assert "Seit " in told.messages[0]["message"]


async def remember_a_run(config: Path, hours_ago: int) -> None:
    """Lets the last complete run of acme be so long ago."""
    ended = datetime.now(UTC) - timedelta(hours=hours_ago)
    store = TinyStore(config.parent / "state", SystemClock())
    async with await store.acquire("acme") as state:
        for past in list(state.stream("runs")):
            state.delete("runs", past)
        note_run(state, PastRun(run_id="acme-1", started=ended, ended=ended, completed=True), {})
        await state.save()


def test_a_rehearsal_tells_nobody(connector: Run, told: Letterbox) -> None:
    connector("run", "--once", "--dry-run")
    assert told.messages == []


def test_C4_no_address_stands_in_the_log_the_report_or_the_state(
    connector: Run, config: Path, told: Letterbox
) -> None:
    told.status = 500
    result = connector("--log-level", "debug", "run", "--once")
    assert "did not take the message" in result.stderr + result.stdout
    state = (config.parent / "state" / "acme.json").read_text()
    assert TOKEN not in result.output + result.stderr + state
    assert connector("clients", "show", "acme").stdout.count(TOKEN) == 0


def test_check_looks_at_each_address_and_sends_nothing(connector: Run, config: Path, told: Letterbox) -> None:
    add_receiver(config, 'odd = "pigeon://loft"')
    result = connector("check", "acme")
    assert "  ok   notices to `ops` go by JSON" in result.stdout
    assert "  warn notices to `odd`" in result.stdout
    assert "this is no address that Apprise understands" in result.stdout
    assert result.exit_code == 0
    assert told.messages == []


def test_an_address_that_is_none_is_a_problem_and_the_run_goes_well(connector: Run, config: Path) -> None:
    add_receiver(config, 'odd = "pigeon://loft"')
    result = connector("run", "--once", "--json")
    (client,) = json.loads(result.stdout)["clients"]
    assert client["completed"]
    (failed,) = [problem for problem in client["problems"] if problem["code"] == "plugin_failed"]
    assert "to.odd: this is no address that Apprise understands" in failed["reason"]
    assert "pigeon" not in failed["reason"]

"""How each of them is started for one run, and how what it remembers is kept for the next one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from benchmarks.peers.environments import HERE, install_ours
from connector_sandbox.commands import CLIENT
from connector_sandbox.servers import Sandbox

OURS = "ours"


@dataclass(frozen=True)
class Desk:
    """Where one of them works: its Python, what its integrator wrote, and a folder for settings and memory."""

    python: Path
    code: Path
    folder: Path


def _nothing(desk: Desk) -> None:
    """Leaves everything as it is: it keeps its memory by itself."""


@dataclass(frozen=True)
class Peer:
    """One of them. `files` are what an integrator writes for this job; `line` is the command line of one run.

    `keep` does what the platform around it does after a run, such as Meltano's or Airbyte's: it is not measured.
    """

    name: str
    folder: str
    files: tuple[str, ...]
    line: Callable[[Desk], str]
    keep: Callable[[Desk], None] = _nothing

    @property
    def code(self) -> Path:
        return HERE / self.folder


def configure(desk: Desk, sites: Mapping[str, str], sink: str) -> None:
    """Writes the settings of the peers."""
    config = {
        "billbee_url": f"{sites['billbee']}/api/v1",
        "username": Sandbox.username,
        "api_password": Sandbox.api_password,
        "api_key": Sandbox.api_key,
        "sink_url": sink,
    }
    (desk.folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def configure_ours(desk: Desk, sink: str) -> None:
    """Lets the client that the sandbox wrote settings for send to the sink, and installs the plugin for that."""
    client = desk.folder / "config" / "clients" / f"{CLIENT}.toml"
    source, _, _ = client.read_text(encoding="utf-8").partition("[target]")
    client.write_text(f'{source}[target]\nplugin = "sink"\nbase_url = "{sink}"\n', encoding="utf-8")
    install_ours(desk.folder / "plugin")


def _singer(desk: Desk) -> str:
    config = f"--config {quote(str(desk.folder / 'config.json'))}"
    tap = f"{_script(desk, 'tap_billbee.py')} {config} {_state(desk)}"
    return f"{tap} | {_script(desk, 'target_sink.py')} {config} > {quote(str(desk.folder / 'out'))}"


def _keep_last_line(desk: Desk) -> None:
    last = (desk.folder / "out").read_text(encoding="utf-8").splitlines()[-1]
    (desk.folder / "state.json").write_text(last, encoding="utf-8")


def _dlt(desk: Desk) -> str:
    own = quote(str(desk.folder / "dlt"))  # nothing is read from the home of the person who measures
    quiet = f"RUNTIME__DLTHUB_TELEMETRY=false DLT_DATA_DIR={own}"
    return f"{quiet} {_script(desk, 'pipeline.py')} {quote(str(desk.folder / 'config.json'))} {own}"


def _airbyte(desk: Desk) -> str:
    config = f"--config {quote(str(desk.folder / 'config.json'))} --catalog {quote(str(desk.code / 'catalog.json'))}"
    source = f"{_script(desk, 'source_billbee.py')} read {config} {_state(desk)}"
    destination = f"{_script(desk, 'destination_sink.py')} write {config}"
    return f"{source} | {destination} > {quote(str(desk.folder / 'out'))}"


def _keep_last_of_each_stream(desk: Desk) -> None:
    latest = {}
    for line in (desk.folder / "out").read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        if message["type"] == "STATE":
            latest[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
    (desk.folder / "state.json").write_text(json.dumps(list(latest.values())), encoding="utf-8")


def _ours(desk: Desk) -> str:
    """Runs the client as `connector run --once` does, but without Billbee's limits, which the others don't keep."""
    path = f"PYTHONPATH={quote(str(desk.folder / 'plugin'))}"
    worker = f"{quote(sys.executable)} -m benchmarks.worker run '{{}}' {quote(str(desk.folder))}"
    return f"{path} {worker} > {quote(str(desk.folder / 'out'))}"


def _script(desk: Desk, name: str) -> str:
    return f"{quote(str(desk.python))} {quote(str(desk.code / name))}"


def _state(desk: Desk) -> str:
    state = desk.folder / "state.json"
    return f"--state {quote(str(state))}" if state.exists() else ""


PEERS = (
    Peer(OURS, "ours", ("connector_sink.py", "pyproject.toml"), _ours),
    Peer("singer-sdk", "singer_sdk", ("tap_billbee.py", "target_sink.py"), _singer, _keep_last_line),
    Peer("dlt", "dlt", ("pipeline.py",), _dlt),
    Peer(
        "airbyte-cdk",
        "airbyte_cdk",
        ("source_billbee.py", "manifest.yaml", "destination_sink.py"),
        _airbyte,
        _keep_last_of_each_stream,
    ),
)

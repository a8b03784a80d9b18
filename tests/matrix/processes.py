"""A real `connector run --once` as a process of its own, against sandbox servers in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector_sandbox.servers import Sandbox, SandboxServers
from tests.matrix.invariants import CLIENT

ROOT: Final = Path(__file__).parents[2]
STUCK_AFTER_S: Final = 120.0
"""A process that needs longer hangs; a run takes a few seconds, on a busy machine some more."""

_COMMON: Final = """\
[plugins.billbee]
api_key = "{api_key}"
base_url = "{billbee_url}"

[plugins.wemalo]
base_url = "{wemalo_url}"
"""
_CLIENT: Final = """\
[source]
plugin = "billbee"
username = "{username}"
api_password = "{api_password}"

[target]
plugin = "wemalo"
token = "{token}"
"""


@dataclass(frozen=True)
class Installation:
    """A settings folder with the one client, and its state beside it."""

    folder: Path

    @property
    def state_dir(self) -> Path:
        return self.folder / "state"

    @property
    def log(self) -> Path:
        """What the process that was started last wrote."""
        return self.folder / "log.txt"

    def configure(self, servers: SandboxServers) -> None:
        """Writes the settings by which the connector finds the servers."""
        box: Sandbox = servers.sandbox
        values = {
            "api_key": box.api_key,
            "username": box.username,
            "api_password": box.api_password,
            "token": box.token,
            "billbee_url": servers.billbee_url,
            "wemalo_url": servers.wemalo_url,
        }
        clients = self.folder / "config" / "clients"
        clients.mkdir(parents=True, exist_ok=True)
        (clients.parent / "settings.toml").write_text(_COMMON.format(**values), encoding="utf-8")
        (clients / f"{CLIENT}.toml").write_text(_CLIENT.format(**values), encoding="utf-8")

    def start(self, *launcher: str) -> subprocess.Popen[bytes]:
        """Starts one pass; `launcher` are the launcher's own arguments, none: `python -m connector` itself."""
        module = ("tests.matrix.launcher", *launcher) if launcher else ("connector",)
        command = [sys.executable, "-m", *module, "--config", str(self.folder / "config"), "run", "--once"]
        with self.log.open("wb") as log:
            return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=_environment(os.environ))

    def run(self, *launcher: str) -> int:
        """Makes one pass undisturbed; returns its exit code. Raises TimeoutExpired for one that hangs."""
        return wait(self.start(*launcher), STUCK_AFTER_S)

    def last_line(self) -> str:
        """Returns the last line of the log, which for a run that failed says why."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1] if lines else ""


def wait(process: subprocess.Popen[bytes], seconds: float) -> int:
    """Returns the exit code; a process that has not ended by then is killed, and TimeoutExpired raised."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def _environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """What a person's own settings would change is left out."""
    return {name: value for name, value in inherited.items() if not name.startswith("CONNECTOR_")}

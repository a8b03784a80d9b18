"""A real Vendure server on this computer: installed once, and booted on a free port with an empty shop in memory."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

SUPERADMIN = "superadmin"
PASSWORD = "not-a-secret-of-anybody"

_HERE = Path(__file__).parent / "vendure"
_PROGRAM = ("server.js", "vendure-config.js", "initial-data.js")
_LONGEST_BOOT_S = 120


def can_run() -> bool:
    """Tells whether Node.js and npm are there."""
    return all(map(shutil.which, ("node", "npm")))


def default_folder() -> Path:
    """Where the packages are kept, between two tests and for the next day."""
    kept = os.environ.get("CONNECTOR_REAL_DIR") or Path(tempfile.gettempdir()) / "connector-real"
    return Path(kept) / "vendure"


@contextmanager
def running_vendure(folder: Path, *, api_keys: str = "sha256") -> Iterator[str]:
    """Runs a shop while the block lasts, and yields its address; `api_keys="bcrypt"` checks keys as shops do."""
    place, port = install(folder), _free_port()
    environment = {
        **os.environ,
        "VENDURE_PORT": str(port),
        "VENDURE_PASSWORD": PASSWORD,
        "VENDURE_API_KEYS": api_keys,
        "VENDURE_DISABLE_TELEMETRY": "true",
    }
    with tempfile.TemporaryDirectory(prefix="vendure-") as temporary:
        log = Path(temporary) / "log"
        with log.open("wb") as written:
            command = ["node", str(place / "server.js")]
            server = subprocess.Popen(command, cwd=place, env=environment, stdout=written, stderr=written)
        try:
            _wait_until_up(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            _stop(server)


def install(folder: Path) -> Path:
    """Installs the packages, unless these versions are there already; returns the folder with the program."""
    wanted = (_HERE / "package-lock.json").read_bytes()
    place = folder / f"node-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_HERE / name, place)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=place, check=True, capture_output=True)
        (place / "complete").touch()
    for name in _PROGRAM:
        shutil.copy(_HERE / name, place)
    return place


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Waits for the shop's first data, which come in after it answers, and then for its answer."""
    end = time.monotonic() + _LONGEST_BOOT_S
    while time.monotonic() < end and server.poll() is None:
        if b"ready" in log.read_bytes().splitlines():
            httpx.get(f"{address}/health").raise_for_status()
            return
        time.sleep(0.1)
    raise RuntimeError(f"Vendure did not start; its log:\n{log.read_text()[-2000:]}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()

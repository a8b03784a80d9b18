"""A real Tryton server on this computer: installed, set up once, and booted on a free port.

What takes long is kept in a folder: the installed packages, and a database in which only the modules are. Each server
gets a copy of that database in a folder of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

DATABASE = "wms"
ADMIN_PASSWORD = "not-a-secret-of-anybody"
MODULES = ("product_measurements", "stock", "stock_package_shipping")

_HERE = Path(__file__).parent / "tryton"
_LONGEST_BOOT_S = 60


def default_folder() -> Path:
    """Where the packages and the database are kept, between two tests and for the next day."""
    kept = os.environ.get("CONNECTOR_REAL_DIR") or Path(tempfile.gettempdir()) / "connector-real"
    return Path(kept) / "tryton"


@contextmanager
def running_tryton(folder: Path) -> Iterator[str]:
    """Runs a server with an empty database while the block lasts, and yields its address."""
    python, empty = install(folder)
    with tempfile.TemporaryDirectory(prefix="tryton-") as place:
        data = Path(place)
        shutil.copy(empty, data / empty.name)
        port = _free_port()
        command = [str(python.parent / "trytond"), "-c", _configured(data, port), "-d", DATABASE]
        with (data / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait_until_up(f"http://127.0.0.1:{port}", server, data / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            _stop(server)


def can_run() -> bool:
    """Tells whether it can be installed here; it needs nothing but Python."""
    return True


def install(folder: Path) -> tuple[Path, Path]:
    """Installs the packages and makes the database, unless they are there; returns their Python and the database."""
    python = _installed(folder)
    return python, _initialised(folder, python)


def _installed(folder: Path) -> Path:
    """Installs the packages, unless these versions are there already; returns that environment's Python."""
    wanted = (_HERE / "requirements.txt").read_bytes()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    place = folder / f"venv-{version}-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        pip = [
            str(place / "bin/pip"),
            "install",
            "--quiet",
            "--no-deps",
            "-r",
            str(_HERE / "requirements.txt"),
        ]
        subprocess.run(pip, check=True)
        (place / "complete").touch()
    return place / "bin/python"


def _initialised(folder: Path, python: Path) -> Path:
    """Makes the database with its modules, unless it is there already."""
    place = folder / python.parent.parent.name.replace("venv", "data")
    done = place / f"{DATABASE}.sqlite"
    if not done.exists():
        work = place / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        (work / done.name).touch()
        (work / "password").write_text(ADMIN_PASSWORD)
        admin = [
            str(python.parent / "trytond-admin"),
            "-c",
            _configured(work, 1),
            "-d",
            DATABASE,
            "-u",
            *MODULES,
        ]
        environment = {**os.environ, "TRYTONPASSFILE": str(work / "password")}
        options = ["--activate-dependencies", "--email", "admin@example.com"]
        subprocess.run([*admin, *options], check=True, env=environment, capture_output=True)
        (work / done.name).rename(done)
        shutil.rmtree(work)
    return done


def _configured(data: Path, port: int) -> str:
    template = (_HERE / "trytond.conf").read_text()
    place = data / "trytond.conf"
    place.write_text(template.format(data=data, port=port))
    return str(place)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(_LONGEST_BOOT_S * 10):
        if server.poll() is not None:
            break
        try:
            httpx.post(f"{address}/rpc/", json={"method": "common.server.version", "params": []})
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"Tryton did not start; its log:\n{log.read_text()[-2000:]}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()

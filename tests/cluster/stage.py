"""Workers, a sandbox and a database, each a process of its own, and what can be done to them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.cluster.proxy import Proxy
from tests.cluster.sandbox import HOST, KEY, PASSWORD, client_name
from tests.postgres import Server

ROOT: Final = Path(__file__).parents[2]
STUCK_AFTER_S: Final = 60.0
NO_DATABASE: Final = 1
"""The exit code of a worker that can't reach the database when it is started."""

CALLS_AFTER_S: Final = 2.0
"""So soon a run makes its first call, also on a busy machine."""

WAVE: Final = 40
"""Clients that are made due to keep the workers busy: all of 200 would be more than a small machine can bear."""

BUSY: Final = 3
"""Clients that a worker has under way, so that to hit it shows something."""

_CLIENT: Final = """\
interval_minutes = {interval_minutes}

[source]
plugin = "billbee"
username = "{name}"
api_password = "{password}"
api_key = "{key}"

[target]
plugin = "wemalo"
token = "token-{name}"
"""


@dataclass
class Worker:
    """A `connector worker`, which reaches the database through a proxy of its own and the sandbox by its own ports."""

    number: int
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    proxy: Proxy
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def supervise(self) -> None:
        """Starts it again where it did not find the database when it was started, as a supervisor does."""
        if self.process is not None and self.process.poll() == NO_DATABASE:
            self.start()

    def send(self, signum: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(signum)

    def kill(self) -> None:
        if self.is_up and self.process is not None:
            self.send(signal.SIGKILL)
            self.process.wait()

    def end(self) -> int:
        """Asks it to end; returns its exit code. Raises TimeoutExpired where it does not."""
        assert self.process is not None
        self.send(signal.SIGTERM)
        return self.process.wait(STUCK_AFTER_S)


@dataclass
class Stage:
    """Everything together. All processes are in sessions of their own: Ctrl-C is for the one that started them."""

    url: str
    sandbox: subprocess.Popen[bytes]
    clients: int
    workers: list[Worker] = field(default_factory=list)

    def ask(self, command: str) -> Any:
        """Sends a command to the sandbox and returns its answer."""
        assert self.sandbox.stdin is not None
        assert self.sandbox.stdout is not None
        self.sandbox.stdin.write(f"{command}\n".encode())
        self.sandbox.stdin.flush()
        return json.loads(self.sandbox.stdout.readline())

    def wait_until_done(self, patience_s: float, interval_s: float) -> float | None:
        """Waits until all orders of all clients have arrived; returns the seconds it took, None for too long.

        All clients are due at the beginning of each interval.
        """
        started = time.monotonic()
        begun = 0
        while self.ask("waiting"):
            passed = time.monotonic() - started
            if passed > patience_s:
                return None
            if passed >= begun * interval_s:
                self.make_due()
                begun += 1
            time.sleep(0.5)
        return time.monotonic() - started

    def make_due(self, share: float = 1.0) -> None:
        """Lets the next slot of the clients that wait for it come now, or of a share that is another one each time."""
        self._execute(
            "update connector_client set due_at = least(due_at, clock_timestamp()) "
            f"where holder is null and random() < {share}"
        )

    def wait_until_busy(self, worker: Worker, seconds: float) -> None:
        """Lets people order and all clients be due, and waits until the worker has some of them under way."""
        self.ask("orders 1")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with suppress(psycopg.OperationalError):  # the database is away: it is one of the faults
                self.make_due(WAVE / self.clients)
                if len(self.held_by(worker)) >= BUSY:
                    return
            time.sleep(1.0)

    def held_by(self, worker: Worker) -> dict[str, int]:
        """Returns the epochs of the clients that a worker has under way."""
        assert worker.process is not None
        held = f"holder like 'process {worker.process.pid} on %'"
        return dict(self.rows(f"select client, epoch from connector_client where {held}"))

    def wait_until_taken_over(self, held: Mapping[str, int], seconds: float) -> None:
        """Waits until another worker has one of these clients, and has had the time to call."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            epochs = dict(self.rows("select client, epoch from connector_client"))
            if any(epochs[client] > epoch for client, epoch in held.items()):
                break
            time.sleep(0.2)
        time.sleep(CALLS_AFTER_S)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def enrol(self, clients: int, every_s: int) -> None:
        """Takes all clients into the schedule, due now, as they will be within minutes of the first start."""
        self._execute(
            "insert into connector_client (client, every_s, offset_s, due_at) "
            f"select 'shop-' || lpad(n::text, 3, '0'), {every_s}, 0, clock_timestamp() "
            f"from generate_series(0, {clients - 1}) n on conflict do nothing"
        )

    def _execute(self, query: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(query.encode())


def end_on_signals() -> None:
    """Lets SIGTERM and Ctrl-C end this program through its context managers, which end all that it started."""

    def end(*_: object) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, signal.SIG_IGN)  # a second one would leave behind what is not ended yet
        sys.exit("stopped")

    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, end)


@contextmanager
def staged(
    server: Server,
    url: str,
    folder: Path,
    *,
    clients: int,
    workers: int,
    lease_s: float,
    places: int = 50,
    answer_s: float = 0.0,
    interval_minutes: int = 10,
    module: tuple[str, ...] = ("connector",),
) -> Iterator[Stage]:
    """Sets everything up but the workers, which are started by the test; ends all of it.

    `module` runs in the place of `connector`: a variant that is broken on purpose.
    """
    with ExitStack() as stack:
        sandbox = stack.enter_context(_sandbox(clients, workers, answer_s))
        stage = Stage(url, sandbox, clients)
        assert sandbox.stdout is not None
        ports = json.loads(sandbox.stdout.readline())
        config = _configured(folder, clients, interval_minutes)
        given = psycopg.conninfo.conninfo_to_dict(url)
        for number in range(workers):
            proxy = stack.enter_context(Proxy(int(given["port"] or 5432)))
            environment = {
                **{name: value for name, value in os.environ.items() if not name.startswith("CONNECTOR_")},
                "CONNECTOR_STATE__URL": f"postgresql://{given['user']}@{HOST}:{proxy.port}/{given['dbname']}",
                "CONNECTOR_STATE__LEASE_SECONDS": str(lease_s),
                "CONNECTOR_WORKER__DISPATCH_SECONDS": "1",
                "CONNECTOR_WORKER__CLIENTS_AT_ONCE": str(places),
                "CONNECTOR_PLUGINS__BILLBEE__BASE_URL": f"http://{HOST}:{ports['billbee'][number]}/api/v1",
                "CONNECTOR_PLUGINS__WEMALO__BASE_URL": f"http://{HOST}:{ports['wemalo'][number]}/v1",
            }
            command = [sys.executable, "-m", *module, "--config", str(config), "worker"]
            stage.workers.append(Worker(number, command, environment, folder / f"worker-{number}.log", proxy))
        stage.enrol(clients, 60 * interval_minutes)
        try:
            yield stage
        finally:
            for worker in stage.workers:
                if worker.is_up:
                    worker.send(signal.SIGCONT)
                worker.kill()


@contextmanager
def _sandbox(clients: int, workers: int, answer_s: float) -> Iterator[subprocess.Popen[bytes]]:
    arguments = (str(clients), str(workers), str(answer_s))
    command = [sys.executable, "-m", "tests.cluster.sandbox", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(BrokenPipeError):  # half a command, in the middle of which we were asked to end
            process.communicate()


def _configured(folder: Path, clients: int, interval_minutes: int) -> Path:
    config = folder / "config"
    (config / "clients").mkdir(parents=True)
    (config / "settings.toml").write_text("", encoding="utf-8")
    for number in range(clients):
        name = client_name(number)
        text = _CLIENT.format(name=name, password=PASSWORD, key=KEY, interval_minutes=interval_minutes)
        (config / "clients" / f"{name}.toml").write_text(text, encoding="utf-8")
    return config

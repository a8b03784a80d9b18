"""What `connector run` tells systemd, over a real socket."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from connector.cli.supervisor import Supervisor


@pytest.fixture
def inlet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A socket as systemd opens it, named `notify` in the working directory: a full path may be too long for one."""
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind("notify")
        bound.settimeout(60)  # only where nothing comes at all
        yield bound


def serve(config: Path, **environ: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "connector", "--config", str(config), "run"]
    return subprocess.Popen(command, env={**os.environ, **environ}, stderr=subprocess.PIPE, text=True)


def test_the_loop_says_that_it_is_ready_alive_and_stopping(config: Path, inlet: socket.socket) -> None:
    with serve(config, NOTIFY_SOCKET="notify", WATCHDOG_USEC="200000") as process:
        told = [inlet.recv(100) for _ in range(4)]
        process.send_signal(signal.SIGTERM)
        while told[-1] == b"WATCHDOG=1":
            told.append(inlet.recv(100))
        process.communicate(timeout=60)
    assert told[:4] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    assert told[-1] == b"STOPPING=1"
    assert process.returncode == 0


def test_without_a_watchdog_nothing_is_said_of_being_alive(inlet: socket.socket) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": "notify"})
    supervisor.alive()
    supervisor.ready()
    assert inlet.recv(100) == b"READY=1"


def test_an_address_that_begins_with_an_at_sign_is_no_file() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(f"\0connector-test-{os.getpid()}")
        Supervisor({"NOTIFY_SOCKET": f"@connector-test-{os.getpid()}"}).ready()
        assert bound.recv(100) == b"READY=1"


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 15),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),  # meant for another process
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),  # systemd's way of saying that there is none
    ],
)
def test_it_is_told_twice_as_often_as_systemd_demands(
    environ: Mapping[str, str], seconds: float | None
) -> None:
    assert Supervisor(environ).beat_every_s == seconds


def test_a_socket_that_is_gone_is_told_to_the_operator_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()
    assert "systemd could not be told READY=1: " in caplog.text


def test_outside_of_systemd_nothing_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    Supervisor({}).ready()
    assert caplog.text == ""

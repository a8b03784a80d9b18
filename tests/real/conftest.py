"""Installs what the chosen tests need, before the first of them: both systems at the same time."""

from __future__ import annotations

import fcntl
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.real import tryton_server, vendure_server


@pytest.fixture(scope="session", autouse=True)
def installed(request: pytest.FixtureRequest) -> None:
    """Installs Vendure, Tryton or both, unless they are kept from another day; one session at a time does so."""
    files = {item.path.stem for item in request.session.items}
    wanted = [
        server
        for server, of_tests in ((vendure_server, "vendure"), (tryton_server, "tryton"))
        if server.can_run() and any(name.endswith((of_tests, "pair")) for name in files)
    ]
    kept = vendure_server.default_folder().parent
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock, ThreadPoolExecutor() as both:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for done in [both.submit(server.install, server.default_folder()) for server in wanted]:
            done.result()

"""The page as it is installed and served."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import httpx
import pytest

import connector.web
from connector.clock import Stop
from connector.errors import ConfigurationError
from connector.web import Address, WebServer
from tests.core.web.office import Office

ROOT = Path(__file__).parents[3]


def test_the_wheel_has_all_templates_and_files(monkeypatch: pytest.MonkeyPatch) -> None:
    setuptools = pytest.importorskip("setuptools", reason="the wheel is built by setuptools")
    monkeypatch.chdir(ROOT)
    distribution = setuptools.Distribution()
    distribution.parse_config_files(["setup.cfg"])
    build = distribution.get_command_obj("build_py")
    build.ensure_finalized()
    (packed,) = [set(files) for package, _, _, files in build.data_files if package == "connector.web"]
    folder = Path(connector.web.__file__).parent
    on_disk = {
        file.relative_to(folder).as_posix()
        for name in ("templates", "static")
        for file in (folder / name).iterdir()
    }
    assert packed == on_disk


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_the_page_is_served_until_the_stop(office: Office, host: str) -> None:
    async def ask() -> tuple[int, str]:
        stop = Stop()
        server = WebServer(office.app(), Address(host, 0))
        serving = asyncio.create_task(server.serve(stop))
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"{server.url}healthz")
            stop.request()
            await serving
        return answer.status_code, answer.text

    assert asyncio.run(ask()) == (200, "ok process: it answers; it runs no clients\n")


def test_a_port_that_is_taken_is_told_with_a_way_out(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            ConfigurationError, match=rf"at 127\.0\.0\.1:{port}: .*choose another address, or port 0"
        ):
            WebServer(office.app(), Address("127.0.0.1", port))

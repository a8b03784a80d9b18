"""What stands in `deploy/` works, as far as a machine without systemd, cron and containers in it can tell."""

from __future__ import annotations

import asyncio
import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from connector.cli import main
from connector.clock import Stop
from connector.health import LONGEST_TURN_S, Pulse
from connector.settings import SettingsFolder
from connector.web import Address, WebServer, address_of
from connector_sandbox.commands import write_settings
from connector_sandbox.servers import Sandbox, SandboxServers
from tests.core.web.office import Office
from tests.docs import README
from tests.world import World

DEPLOY = README.parent / "deploy"
PROGRAM = "/opt/connector/bin/connector"
INSTALLED = f"{sys.prefix}/bin/connector"
INSTRUCTIONS = {
    "FROM", "ARG", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD",
}  # fmt: skip

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def accepted(arguments: list[str]) -> str:
    """Lets the real command line parse a call, without running it; returns the command's name."""
    name, *options = arguments
    with click.Context(main) as ctx:
        command = main.get_command(ctx, name)
        assert command is not None, f"there is no command {name}"
        command.make_context(name, options, parent=ctx)
    return name


def test_the_parser_of_these_tests_refuses_what_the_command_line_refuses() -> None:
    with pytest.raises(click.UsageError, match="No such option"):
        accepted(["run", "--onse"])


# -- systemd ------------------------------------------------------------------------------------------


def service() -> dict[str, str]:
    """Returns what the unit says of its service; of a key that stands several times, the last value."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read(DEPLOY / "connector.service", encoding="utf-8")
    return dict(parser["Service"])


@pytest.fixture
def installed_unit(tmp_path: Path) -> Path:
    """The unit with the program of this environment, since systemd looks whether it can be executed."""
    text = (DEPLOY / "connector.service").read_text(encoding="utf-8")
    assert PROGRAM in text
    file = tmp_path / "connector.service"
    file.write_text(text.replace(PROGRAM, INSTALLED), encoding="utf-8")
    return file


def analyzed(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_unit(installed_unit: Path) -> None:
    result = analyzed("verify", "--man=no", str(installed_unit))
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


@needs_systemd
def test_systemd_finds_a_setting_that_it_does_not_know(installed_unit: Path) -> None:
    installed_unit.write_text(installed_unit.read_text().replace("ProtectHome=", "ProtctHome="))
    assert "Unknown key 'ProtctHome'" in analyzed("verify", "--man=no", str(installed_unit)).stderr


@needs_systemd
def test_the_service_is_exposed_to_little(installed_unit: Path) -> None:
    result = analyzed("security", "--offline=yes", "--no-pager", "--threshold=20", str(installed_unit))
    if "--offline" in result.stderr:
        pytest.skip("this systemd-analyze looks at running services only")
    assert result.returncode == 0, result.stdout[-300:]  # 2.0 of 10


def test_the_service_is_started_by_a_command_that_there_is() -> None:
    program, *arguments = shlex.split(service()["execstart"])
    assert (program, accepted(arguments)) == (PROGRAM, "run")
    assert service()["type"] == "notify"  # that the process does its part is tested with a real socket


# -- container ----------------------------------------------------------------------------------------


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yields the instructions of a container file: comments out, lines that go on joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name, " ".join(rest.split())


CONTAINER = list(instructions((DEPLOY / "Containerfile").read_text(encoding="utf-8")))


def last(name: str) -> str:
    return [rest for found, rest in CONTAINER if found == name][-1]


def test_the_container_file_has_only_instructions_that_there_are() -> None:
    assert CONTAINER[0][0] == "FROM"
    assert {name for name, _ in CONTAINER} <= INSTRUCTIONS
    for name, rest in CONTAINER:
        if name in {"ENTRYPOINT", "CMD", "VOLUME"}:
            assert all(isinstance(word, str) for word in json.loads(rest))


def test_the_image_runs_the_command_as_a_user_without_rights() -> None:
    assert last("USER") == "10001"
    assert [name for name, _ in CONTAINER].index("USER") < [name for name, _ in CONTAINER].index("ENTRYPOINT")
    assert json.loads(last("ENTRYPOINT")) == ["connector"]
    assert accepted(json.loads(last("CMD"))) == "run"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A page to ask."""
    return Office(tmp_path, World(tmp_path / "state"))


def health_check() -> list[str]:
    options, command = last("HEALTHCHECK").split(" CMD ")
    assert all(re.fullmatch(r"--(interval|timeout|start-period)=\d+[smh]", each) for each in options.split())
    return [str(word) for word in json.loads(command)]


def test_the_health_check_asks_where_the_command_of_the_image_listens() -> None:
    _, *arguments = json.loads(last("CMD"))
    address = arguments[arguments.index("--web") + 1]
    assert f"'http://{address}/healthz'" in health_check()[-1]
    assert address_of(address).is_loopback


def test_the_image_has_what_the_page_needs() -> None:
    installs = [rest for name, rest in CONTAINER if name == "RUN"]
    assert all("[${EXTRAS}]" in rest for rest in installs if "pip " in rest)
    assert {rest for name, rest in CONTAINER if name == "ARG"} == {"EXTRAS=web"}
    assert len(installs) == 2


@pytest.mark.parametrize(("silent_s", "code"), [(0, 0), (LONGEST_TURN_S + 1, 1)])
def test_the_health_check_fails_where_the_loop_is_stuck(office: Office, silent_s: float, code: int) -> None:
    async def ask() -> int | None:
        stop, pulse = Stop(), Pulse(office.world.clock)
        await office.world.clock.sleep(silent_s)
        server = WebServer(office.app(pulse=pulse), Address("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve(stop))
        program, option, script = health_check()
        asked = await asyncio.create_subprocess_exec(
            {"python": sys.executable}[program],
            option,
            script.replace("http://127.0.0.1:8080/", server.url),
            env={**os.environ, "http_proxy": "http://127.0.0.1:1"},  # which may be set for the services
            stderr=asyncio.subprocess.DEVNULL,
        )
        await asked.wait()
        stop.request()
        await serving
        return asked.returncode

    assert asyncio.run(ask()) == code


def test_the_image_gets_what_the_package_is_made_of_and_nothing_else() -> None:
    copied = [
        source
        for name, rest in CONTAINER
        if name == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    ]
    assert sorted(copied) == ["LICENSE", "README.md", "core", "plugins", "pyproject.toml", "setup.cfg"]
    assert all((README.parent / source).exists() for source in copied)


def test_the_image_is_built_with_a_version_of_python_that_is_tested() -> None:
    bases = {rest.split()[0] for name, rest in CONTAINER if name == "FROM"}
    (version,) = {re.fullmatch(r"docker\.io/library/python:(3\.\d+)-slim", base)[1] for base in bases}  # type: ignore[index]
    setup = (README.parent / "setup.cfg").read_text(encoding="utf-8")
    assert f"Python :: {version}\n" in setup


# -- cron ---------------------------------------------------------------------------------------------

CRONTAB = [
    line
    for line in (DEPLOY / "crontab").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_the_crontab_has_one_line_that_calls_the_command() -> None:
    *variables, line = CRONTAB
    assert all(re.fullmatch(r"[A-Z_]+=\S+", each) for each in variables)
    schedule, user, command = line.split(maxsplit=5)[:5], line.split()[5], line.split(maxsplit=6)[6]
    ranges = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
    for value, (least, most) in zip(schedule, ranges, strict=True):
        assert value == "*" or least <= int(value) <= most
    assert user == "connector"
    assert "%" not in command  # cron would take it for the end of the line
    arguments = shlex.split(command.partition(">>")[0].partition(PROGRAM)[2])
    assert accepted(arguments) == "run"
    assert "--once" in arguments


@pytest.mark.skipif(shutil.which("flock") is None, reason="flock is not installed")
def test_the_line_of_the_crontab_runs_and_says_something_only_when_a_pass_fails(tmp_path: Path) -> None:
    command = CRONTAB[-1].split(maxsplit=6)[6].replace(PROGRAM, INSTALLED)
    command = command.replace("/var/lib/connector", str(tmp_path)).replace(
        "/var/log/connector", str(tmp_path)
    )

    def run() -> str:
        environ = {
            **os.environ,
            "CONNECTOR_CONFIG": str(config),
            "CONNECTOR_STATE_DIR": str(tmp_path / "state"),
        }
        return subprocess.run(
            ["/bin/sh", "-c", command], env=environ, capture_output=True, text=True, check=True
        ).stdout

    with SandboxServers(Sandbox.empty()) as servers:
        config = write_settings(servers, tmp_path)
        assert run() == ""
        assert "acme: completed" in (tmp_path / "run.log").read_text()
    assert run().startswith("connector: a pass did not complete, see ")


# -- all of them --------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["connector.service", "Containerfile", "crontab"])
def test_the_variables_are_settings_that_there_are(file: str, tmp_path: Path) -> None:
    text = (DEPLOY / file).read_text(encoding="utf-8")
    assert dict(re.findall(r"(CONNECTOR_\w+)=(\S+)", text)) == {
        "CONNECTOR_CONFIG": "/etc/connector",
        "CONNECTOR_STATE_DIR": "/var/lib/connector",
    }
    found = SettingsFolder(tmp_path, {"CONNECTOR_STATE_DIR": "/var/lib/connector"}).common()
    assert found.state_dir == Path("/var/lib/connector")


def test_every_file_is_told_of_in_the_readme() -> None:
    told = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert [file.name for file in DEPLOY.iterdir() if f"deploy/{file.name}" not in told] == ["README.md"]

"""`connector web` and `connector run --web`: what they refuse, and that they serve and end."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.core.cli.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["web", "--address", "0.0.0.0:8080"], "set web.token"),
        (["run", "--web", "0.0.0.0:8080"], "set web.token"),
        (["web", "--address", "8080"], "write HOST:PORT"),
        (["run", "--web", "8080"], "write HOST:PORT"),
    ],
)
def test_an_address_that_can_not_be_is_one_line_and_exit_code_2(
    connector: Run, arguments: list[str], said: str
) -> None:
    result = connector(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["run", "--once", "--web", "127.0.0.1:0"], ["run", "--allow-changes"]])
def test_options_that_do_not_go_together_are_refused(connector: Run, arguments: list[str]) -> None:
    result = connector(*arguments)
    assert result.exit_code == 2
    assert "--web does not go with --once, and --allow-changes goes with --web" in result.stderr


@pytest.mark.parametrize(
    ("command", "changes"), [(["web", "--address"], []), (["run", "--web"], ["--allow-changes"])]
)
def test_the_page_is_up_until_sigterm(config: Path, command: list[str], changes: list[str]) -> None:
    arguments = ["--config", str(config), *command, "127.0.0.1:0", *changes]
    with subprocess.Popen(
        [sys.executable, "-m", "connector", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        url = next(found[0] for line in lines if (found := re.search(r"http://127[^\s\"]+", line)))
        page, figures, health = (
            httpx.get(f"{url}{path}", trust_env=False).text for path in ("", "metrics", "healthz")
        )
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert "acme" in page
    assert ("Changes are allowed" in page) is bool(changes)
    assert 'connector_problems_open{client="acme",level="error"} 0.0' in figures
    assert ("ok hourly loop: last turn 0 s ago" in health) is (command[0] == "run")


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (["--help"], set()),
        (["run", "--help"], {"jinja2"}),  # by dynaconf, where it is installed
        (["status"], {"jinja2"}),
    ],
)
def test_the_command_line_starts_without_the_web(
    config: Path, arguments: list[str], loaded: set[str]
) -> None:
    code = (
        "import sys; from click.testing import CliRunner; from connector.cli import main\n"
        f"assert CliRunner().invoke(main, {['--config', str(config), *arguments]!r}).exit_code == 0\n"
        "print(*({'starlette', 'uvicorn', 'jinja2', 'prometheus_client', 'connector.web'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(result.stdout.split()) == loaded


def test_without_the_extra_one_line_says_what_to_install(config: Path) -> None:
    code = (
        "import sys; sys.modules['starlette'] = None; from connector.cli import main\n"
        f"main(['--config', {str(config)!r}, 'web', '--address', '127.0.0.1:0'])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "install it with: pip install 'connector-framework[web]'\n" in result.stderr
    assert result.stderr.count("\n") == 1

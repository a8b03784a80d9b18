"""The README and the packaging say what is true."""

from __future__ import annotations

import configparser
import re

import pytest
from click.testing import CliRunner

from connector.cli import COMMANDS, main
from connector.problems import TEXTS
from tests.docs import PARTS, README, part

ROOT = README.parent
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")


@pytest.mark.parametrize("name", PARTS)
def test_the_readme_has_what_the_code_says(name: str) -> None:
    assert part(README.read_text(encoding="utf-8"), name) == PARTS[name](), "run: python -m tests.docs"


@pytest.mark.parametrize("command", [*COMMANDS, "demo", "sandbox"])
def test_the_readme_names_every_command(command: str) -> None:
    assert f"| `connector {command}" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "status",
        "problems",
        "problems retry",
        "problems ignore",
        "stock confirm",
        "state copy",
        "check",
        "plugins",
    ],
)
def test_the_readme_names_every_option_of_a_command(command: str) -> None:
    found = set(re.findall(r"--[a-z-]+", CliRunner().invoke(main, [*command.split(), "--help"]).output)) - {
        "--help"
    }
    assert found <= set(re.findall(r"--[a-z-]+", README.read_text(encoding="utf-8")))


def test_the_readme_gives_a_reason_for_every_dependency() -> None:
    listed = [SETUP["options"]["install_requires"], *SETUP["options.extras_require"].values()]
    lines = [line for text in listed for line in text.strip().splitlines()]
    names = {re.split(r"[<>=\[; ]", line)[0] for line in lines} - {"connector-framework"}
    table = README.read_text(encoding="utf-8").partition("## Dependencies")[2]
    assert [name for name in sorted(names) if f"[{name}]" not in table] == []


def test_every_package_on_disk_is_in_the_wheel() -> None:
    found = {
        ".".join(folder.relative_to(root).parts)
        for root in (ROOT / "core", ROOT / "plugins")
        for folder in (file.parent for file in root.rglob("*.py"))
    }
    assert found == set(SETUP["options"]["packages"].split())
    assert found == set(re.findall(r"^(\S+) =", SETUP["options"]["package_dir"], re.MULTILINE))


def test_every_reported_code_has_its_words() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "core").rglob("*.py"))
    plugins = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "plugins").rglob("*.py"))
    reported = re.findall(r"(?:Reason|RecordRefused|report)\(\s*\"(\w+)\"", code + plugins)
    assert set(reported) <= set(TEXTS)


def test_nothing_of_a_machine_stands_in_the_project() -> None:
    suffixes = {".py", ".md", ".toml", ".cfg", ".example"}
    files = [file for file in ROOT.rglob("*") if file.suffix in suffixes and ".venv" not in file.parts]
    words = re.compile("/" + "work/|/" + "root/|pypi" + "-more")
    assert [str(file) for file in files if words.search(file.read_text(encoding="utf-8"))] == []

"""The README and the packaging say what is true."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli import COMMANDS, main
from connector.problems import TEXTS
from tests.docs import PARTS, README, part, settings_files
from tests.reference import FOLDER, page_of, reference_files

ROOT = README.parent
SAMPLES = ROOT / "core" / "connector" / "scaffold"
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")


@pytest.mark.parametrize("name", PARTS)
def test_the_readme_has_what_the_code_says(name: str) -> None:
    assert part(README.read_text(encoding="utf-8"), name) == PARTS[name](), "run: python -m tests.docs"


@pytest.mark.parametrize("file", settings_files())
def test_the_settings_files_are_those_that_init_writes(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == settings_files()[file], "run: python -m tests.docs"


@pytest.mark.parametrize("file", reference_files(), ids=lambda file: file.name)
def test_the_reference_has_what_the_code_says(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == reference_files()[file], "run: python -m tests.docs"


def test_the_reference_has_no_page_that_nobody_makes() -> None:
    assert {*FOLDER.iterdir()} == {*reference_files()}


def test_a_name_that_no_page_of_the_reference_explains_is_a_mistake() -> None:
    with pytest.raises(LookupError, match="no page of the reference explains Order; give it a place"):
        page_of("Order", {"records": "# Records\n\n## OrderLine\n"}, of_tests=False)


@pytest.mark.parametrize("file", reference_files(), ids=lambda file: file.name)
def test_every_link_of_the_reference_leads_somewhere(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", text)
    assert [link for link, _ in links if not (file.parent / link).exists()] == []
    anchors = {link: headings_of(file.parent / link) for link, anchor in links if anchor}
    assert [(link, anchor) for link, anchor in links if anchor and anchor not in anchors[link]] == []


def headings_of(page: Path) -> set[str]:
    """Returns the anchors of a page."""
    return {
        name.lower() for name in re.findall(r"^#+ (\w+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    }


def test_the_reference_speaks_to_those_who_have_no_specification() -> None:
    assert [file.name for file, text in reference_files().items() if "SPEC" in text] == []


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
        "check",
        "clients add",
        "clients steps",
        "plugins",
        "plugins check",
        "new source",
        "state copy",
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
        if SAMPLES not in folder.parents  # whole packages, as data
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

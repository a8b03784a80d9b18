"""`connector new`: what it writes works as it is, wherever and by whatever name."""

from __future__ import annotations

import configparser
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import main
from connector.errors import ConfigurationError
from connector.scaffold import FILES, LONGEST_NAME, SAMPLES, Kind, check_name, files_of, write_package
from tests.core.integrator import ROOT, Integrator

KINDS: tuple[Kind, ...] = ("source", "target")
LONG = ("x" * LONGEST_NAME, "x_" * (LONGEST_NAME // 2 - 1) + "xx")
HOME = ROOT / "core" / "connector" / "scaffold"


def new(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["new", *map(str, arguments)], catch_exceptions=False)


# -- what is written ------------------------------------------------------------------------------


def test_a_new_package_is_named_in_every_place_as_it_is_written_there(tmp_path: Path) -> None:
    folder = write_package("source", "my_shop2", tmp_path)
    project = (folder / "pyproject.toml").read_text()
    assert 'name = "connector-my-shop2"' in project
    assert 'my_shop2 = "connector_my_shop2"' in project
    settings = (folder / "src" / "connector_my_shop2" / "settings.py").read_text()
    assert "class MyShop2Settings(" in settings
    assert '"https://my-shop2.example.com/api"' in settings


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_of_the_sample(kind: Kind) -> None:
    written = [f"{path}\n{text}" for path, text in files_of(kind, "myplugin")]
    assert len(written) > 14
    assert [text for text in written if SAMPLES[kind] in text.casefold()] == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["a", *LONG])
def test_format_and_lint_are_right_whatever_the_name(kind: Kind, name: str, tmp_path: Path) -> None:
    folder = write_package(kind, name, tmp_path)
    for command in (["format", "--check"], ["check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", str(folder)]
        said = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout


def test_both_kinds_have_the_same_rules_for_lint_and_types() -> None:
    source, target = ((HOME / kind / "pyproject.toml").read_text() for kind in KINDS)
    assert source.partition("[tool.")[2].replace("shop", "depot") == target.partition("[tool.")[2]
    ours = (ROOT / "pyproject.toml").read_text().partition("select = [")[2].partition("]")[0]
    assert ours in source


def test_the_wheel_has_every_file_of_both_samples() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = setup["options.package_data"]["connector.scaffold"].split()
    assert listed == [f"*/{pattern}" for pattern in FILES]
    there = {file for file in HOME.glob("*/**/*") if file.is_file()}
    caches = {file for file in there if "__pycache__" in file.parts or "_cache" in str(file)}
    assert there - caches == {file for pattern in listed for file in HOME.glob(pattern)}


# -- how it is asked for ---------------------------------------------------------------------------


def test_the_command_says_the_two_commands_that_follow(tmp_path: Path) -> None:
    said = new("source", "my_shop", "--directory", tmp_path / "two words").output
    folder = tmp_path / "two words" / "connector-my-shop"
    assert f"{folder} holds the source `my_shop`" in said
    assert f"    pip install -e '{folder}[dev]'\n    pytest '{folder}'\n" in said


def test_mypy_finds_a_framework_in_its_folder_only_when_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(ROOT / "core")])
    assert "MYPYPATH" not in new("source", "my_shop", "--directory", tmp_path).output
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(ROOT / "core")])
    said = new("target", "my_depot", "--directory", tmp_path).output
    assert said.endswith(f"unless it is told: MYPYPATH={ROOT / 'core'} mypy\n")


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "connector-my-shop" / "README.md"
    mine.parent.mkdir()
    mine.write_text("mine")
    said = new("source", "my_shop", "--directory", tmp_path)
    assert (said.exit_code, mine.read_text()) == (2, "mine")
    assert f"Error: {mine.parent} is there already; nothing was written" in said.output


@pytest.mark.parametrize(
    ("name", "example"),
    [
        ("My-Shop", "my_shop"),
        ("my__shop", "my_shop"),
        ("shop_", "shop"),
        ("café_1", "caf_1"),
        ("x" * 25, "x" * 24),
        # nothing of it can be kept
        ("4you", "my_shop"),
        ("../shop", "shop"),
        ("", "my_shop"),
    ],
)
def test_a_name_that_can_not_be_one_is_refused_with_one_that_can(name: str, example: str) -> None:
    with pytest.raises(ConfigurationError, match=f"can't be the name of a plugin: .* such as `{example}`$"):
        check_name(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("billbee", "`billbee` is taken: connector-framework has a plugin of this name"),
        ("sandbox", "`sandbox` is taken: a package connector_sandbox is installed"),
    ],
)
def test_a_name_that_is_taken_is_refused(name: str, reason: str, tmp_path: Path) -> None:
    said = new("target", name, "--directory", tmp_path)
    assert said.exit_code == 2
    assert reason in said.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="connector-my-shop can't be written: Not a directory"):
        write_package("source", "my_shop", tmp_path / "file")


# -- what an integrator sees -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def integrator(tmp_path_factory: pytest.TempPathFactory) -> Integrator:
    """Has written one package of each kind and installed both, by the commands that are shown."""
    someone = Integrator(tmp_path_factory.mktemp("integrator"))
    for kind, name in (("source", "my_shop"), ("target", "depot")):
        said = someone.run("connector", "new", kind, name)
        assert said.returncode == 0, said.stderr
        dashed = name.replace("_", "-")
        assert f"    pip install -e './connector-{dashed}[dev]'\n" in said.stdout
        someone.pip("install", "-e", f"./connector-{dashed}[dev]")
    return someone


def test_what_is_tried_here_came_from_the_wheel(integrator: Integrator) -> None:
    said = integrator.run("python", "-c", "import connector; print(connector.__file__)").stdout
    assert said.startswith(str(integrator.desk.parent / "venv"))
    folder = integrator.desk / "connector-my-shop"
    assert [path for path, text in files_of("source", "my_shop") if (folder / path).read_text() != text] == []


def test_both_packages_are_listed(integrator: Integrator) -> None:
    listed = json.loads(integrator.run("connector", "plugins", "--json").stdout)
    assert listed["faults"] == []
    found = {each["name"]: each["flows"] for side in ("sources", "targets") for each in listed[side]}
    assert found["my_shop"] == ["products", "orders"]
    assert found["depot"] == ["products", "orders"]


@pytest.mark.parametrize(
    ("folder", "plugin"), [("connector-my-shop", "MyShopSource"), ("connector-depot", "DepotTarget")]
)
def test_its_own_tests_and_the_contract_tests_pass(integrator: Integrator, folder: str, plugin: str) -> None:
    said = integrator.run("pytest", folder)
    assert said.returncode == 0, said.stdout
    assert f"contract of {plugin}" in said.stdout
    assert "passes  writes" in said.stdout


@pytest.mark.parametrize("folder", ["connector-my-shop", "connector-depot"])
def test_it_passes_mypy_strict_and_ruff(integrator: Integrator, folder: str) -> None:
    for command in (["mypy", "--cache-dir", "../mypy"], ["ruff", "check"], ["ruff", "format", "--check"]):
        said = integrator.run(*command, folder=folder)
        assert said.returncode == 0, said.stdout


@pytest.mark.parametrize("name", ["my_shop", "depot"])
def test_it_is_bronze_and_the_way_to_silver_is_told(integrator: Integrator, name: str) -> None:
    said = json.loads(integrator.run("connector", "plugins", "check", name, "--json").stdout)
    (found,) = said["plugins"]
    assert found["grade"] == "bronze"
    missing = {each["demand"]: each["lacking"] for each in found["demands"] if each["lacking"]}
    assert "cancellations takes" in missing["it can do its part of the flows cancellations and shipments"]
    assert "its README names the plugin, and each setting that has to be set" not in missing


def test_an_order_goes_from_the_new_source_to_the_new_target_once(integrator: Integrator) -> None:
    script = str(Path(__file__).parent / "generated_run.py")
    said = integrator.run("python", script, "my_shop", "depot", "config")
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout) == {
        "runs": [{"products": 1, "orders": 1}, {"products": 0, "orders": 0}],
        "problems": [[], []],
        "products": ["CUP"],
        "orders": ["1001"],
        "received": True,
    }

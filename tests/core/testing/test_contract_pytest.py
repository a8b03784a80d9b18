"""The contract tests in an integrator's package: they come by one fixture, and cost nothing where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from connector.testing import Group, Report
from connector.testing.collecting import ContractResults
from connector.testing.suites import SOURCE_CHECKS

FIXTURE = """
import pytest
from tests.core.testing.small_shop import SmallSource, small_case

{plugin}

@pytest.fixture({params})
def source_case(request):
    return small_case({name})
"""
BROKEN = """
class Broken(SmallSource):
    async def products(self):
        async for page in super().products():
            yield page
            return
"""
BUGGY = """
class Broken(SmallSource):
    async def order_received(self, order):
        raise KeyError("id")
"""


def run(folder: Path, content: str, *options: str) -> tuple[int, ContractResults]:
    """Runs pytest on a test file with this content; it gets a name of its own, since modules are imported once."""
    file, settings = folder / f"{folder.name}.py", folder / "pytest.ini"
    settings.write_text("[pytest]\n")
    file.write_text(content)
    results = ContractResults()
    arguments = [str(file), "-c", str(settings), "-p", "no:cacheprovider", "--import-mode=importlib"]
    code = pytest.main([*arguments, *options], plugins=[results])
    return int(code), results


def written(plugin: str = "", name: str = "SmallSource", params: str = "") -> str:
    """A test file with one fixture."""
    return FIXTURE.format(plugin=plugin, name=name, params=params)


def report_of(results: ContractResults) -> Report:
    (report,) = results.reports
    return report


def test_one_fixture_brings_all_the_tests(tmp_path: Path) -> None:
    code, results = run(tmp_path, written())
    assert code == 0
    assert [each.check for each in report_of(results).results] == [each.name for each in SOURCE_CHECKS]
    assert report_of(results).plugin == "SmallSource"


def test_the_tests_have_names_and_can_be_chosen_by_group(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, written(), "-m", "contract(group='settings')", "-v")
    shown = capsys.readouterr().out
    assert f"{tmp_path.name}.py::SourceContract::test_every_setting_is_explained PASSED" in shown
    assert "5 passed" in shown


def test_what_a_system_can_not_do_is_skipped_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, written(), "-rs")
    shown = capsys.readouterr().out
    assert "SmallSource has no method order_shipped" in shown
    assert "the shop has no place for product.ean: SmallShop.lacks names it" in shown
    assert "the fake shop can't add_unoffered_orders: SmallShop has no such method" in shown


def test_a_broken_rule_is_told_in_words_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, results = run(tmp_path, written(BROKEN, "Broken"), "-k", "every_record_comes_once")
    shown = capsys.readouterr().out
    assert code == 1
    assert "rule      A list is read to its last page, and no record comes twice." in shown
    assert "expected  records from products(): 7, each once" in shown
    assert "found     3: 4 missing (p4 is number 4, p5 is number 5, p6 is number 6, p7 is number 7)" in shown
    assert "Traceback" not in shown
    assert "running.py" not in shown
    assert [each.check for each in report_of(results).failures] == ["every_record_comes_once[products]"]


def test_a_bug_of_the_plugin_is_shown_with_its_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, written(BUGGY, "Broken"), "-k", "a_write_does_what_it_says")
    shown = capsys.readouterr().out
    assert 'raise KeyError("id")' in shown
    assert "rule: What a write says it did is done. [writes: a_write_does_what_it_says" in shown


def test_a_fixture_with_parameters_brings_the_tests_for_each(tmp_path: Path) -> None:
    _, results = run(tmp_path, written(params="params=['one', 'two']"), "-m", "contract(group='settings')")
    assert report_of(results).group(Group.SETTINGS).passed == 10


def test_each_group_is_summed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, written(BROKEN, "Broken"))
    shown = capsys.readouterr().out
    assert "contract of Broken" in shown
    assert "FAILS   reading" in shown
    assert "passes  secrets          4 passed   0 failed   0 skipped  no secret stands in" in shown
    assert "untried shipments" in shown


@pytest.mark.parametrize(
    "content",
    [
        "def source_case(): pass\ndef test_mine(): pass",  # no fixture
        "source_case = 1\ndef test_mine(): pass",  # some other thing
        "def test_mine(): pass",
    ],
)
def test_other_files_get_no_tests(tmp_path: Path, content: str) -> None:
    code, results = run(tmp_path, content)
    assert (code, results.reports) == (0, [])


def test_projects_without_such_a_fixture_import_nothing_of_the_framework() -> None:
    look = "import sys, connector.pytest_plugin; print([m for m in sys.modules if m.split('.')[0] in %r])"
    heavy = {"connector", "httpx", "msgspec", "pluggy_", "tenacity"}
    code = look % (heavy,)
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "['connector', 'connector.pytest_plugin']"


def test_the_framework_does_not_need_pytest() -> None:
    code = "import sys, connector.testing, connector.cli; print('pytest' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"

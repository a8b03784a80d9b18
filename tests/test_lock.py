"""What is locked is all that is needed, in versions that setup.cfg allows, and says nothing of where it came from."""

from __future__ import annotations

import re
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import lock
from tests.audit import verdict


def test_all_that_is_needed_is_locked() -> None:
    missing = sorted(lock.needed() - {lock.NAME, "pip"} - set(lock.pins()))
    assert missing == [], "run: python -m tests.lock"


def test_what_is_locked_is_what_setup_cfg_allows() -> None:
    declared = [Requirement(line) for line in requires(lock.NAME) or []]
    others = [each for each in declared if each.name != lock.NAME]
    locked = lock.pins()
    assert [str(each) for each in others if locked[canonicalize_name(each.name)] not in each.specifier] == []


def test_the_lock_file_names_no_registry() -> None:
    text = lock.LOCK.read_text(encoding="utf-8")
    assert not re.search(r"://|@|index|find-links|--", text.partition("\n")[2])
    assert list(lock.pins()) == sorted(lock.pins())


@pytest.mark.parametrize("line", ["httpx>=0.28", "httpx", "-r other.txt", "httpx==0.28.*", ""])
def test_a_line_that_is_no_exact_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    (tmp_path / "lock").write_text(f"# made\nclick==8.1.0\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(lock, "LOCK", tmp_path / "lock")
    with pytest.raises(
        ValueError, match=f"`{re.escape(line)}` is no exact version; run: python -m tests.lock"
    ):
        lock.pins()


def test_what_is_installed_in_another_version_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = lock.installed() | {"click": "0.0.1"}
    del others["httpx"]
    monkeypatch.setattr(lock, "LOCK", tmp_path / "lock")
    lock.write(others)
    click, httpx = lock.differences()
    assert re.fullmatch(r"click \S+ is installed, locked is 0\.0\.1", click)
    assert re.fullmatch(r"httpx \S+ is installed, locked is none", httpx)


SAFE: dict[str, Any] = {"name": "click", "version": "8.1.0", "vulns": []}
BAD: dict[str, Any] = {
    "name": "h11",
    "version": "0.1",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["0.2", "0.3"]}, {"id": "PYSEC-2", "fix_versions": []}],
}
SKIPPED: dict[str, Any] = {"name": "tzdata", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "lines", "code"),
    [
        (None, ["audit: skipped, what is known of vulnerabilities can't be reached from here"], 0),
        ([SKIPPED], ["audit: skipped, what is known of vulnerabilities can't be reached from here"], 0),
        ([SAFE], ["audit: 1 packages, 0 of them vulnerable"], 0),
        ([SAFE, SKIPPED], ["not asked about: tzdata", "audit: 1 packages, 0 of them vulnerable"], 0),
        (
            [SAFE, BAD],
            [
                "h11 0.1: PYSEC-1 (mended in 0.2, 0.3), PYSEC-2 (mended in no version)",
                "audit: 2 packages, 1 of them vulnerable",
            ],
            1,
        ),
    ],
)
def test_a_vulnerable_version_fails_the_audit(
    packages: list[dict[str, Any]] | None, lines: list[str], code: int
) -> None:
    assert verdict(packages) == (lines, code)

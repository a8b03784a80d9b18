"""The campaign counts what it tried, and tells what failed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = """
from hypothesis import given, settings, strategies as st

@given(number=st.integers(0, 1000))
@settings(max_examples=7, derandomize=True)
def test_that_holds(number):
    assert number >= 0

def test_that_makes_nothing_up():
    raise AssertionError("not to be run")
@given(number=st.integers(0, 1000))
@settings(database=None)
def test_that_breaks(number):
    assert number < 0, "too large"
"""


def campaign(folder: Path, tests: str) -> dict[str, Any]:
    (folder / "test_made_up.py").write_text(tests, encoding="utf-8")
    code = "import json, pathlib, sys; from tests.hostile.campaign import run; "
    code += "print(json.dumps(vars(run(7, pathlib.Path(sys.argv[1])))))"
    command = [sys.executable, "-c", code, str(folder)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(found.stdout)
    return figures


def test_a_campaign_counts_the_inputs_of_the_tests_that_make_them_up_and_names_what_failed(
    tmp_path: Path,
) -> None:
    figures = campaign(tmp_path, TESTS)
    (violation,) = figures["violations"]
    assert figures["inputs"] > 7
    assert "test_made_up.py::test_that_breaks: " in violation
    assert "too large" in violation
    assert "number=0" in violation


def test_a_campaign_that_can_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        campaign(tmp_path, "import nowhere_to_be_found")
    assert "the campaign did not come to its end" in caught.value.stderr
    assert "nowhere_to_be_found" in caught.value.stderr

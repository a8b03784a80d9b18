"""Every rule of the specification is carried by a test that has its id in its name."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
RULES = (TESTS / "rules.txt").read_text(encoding="utf-8").split()
SPECIFICATION = TESTS.parent.parent / "shared" / "SPEC.md"


@functools.cache
def rules_with_a_test() -> set[str]:
    """Returns the ids in the names of all tests, such as `A3` in `test_A3_dimensions_are_sent…`."""
    names = (
        node.name
        for file in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    )
    return {rule for name in names for rule in re.findall(r"_([A-Z]\d+)(?=_)", name)}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_test(rule: str) -> None:
    assert rule in rules_with_a_test()


@pytest.mark.skipif(not SPECIFICATION.exists(), reason="the specification is not beside this checkout")
def test_the_list_of_rules_is_that_of_the_specification() -> None:
    assert re.findall(r"^\| ([A-Z]\d+) \|", SPECIFICATION.read_text(encoding="utf-8"), re.MULTILINE) == RULES

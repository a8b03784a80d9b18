"""How much an integrator writes: lines of code, without blank ones, comments and docstrings."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable
from pathlib import Path

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def lines_of_code(files: Iterable[Path]) -> int:
    """Counts the lines of all files; those that are no Python have comments with `#` alone."""
    return sum(
        count_python(text) if file.suffix == ".py" else count_settings(text)
        for file in files
        for text in [file.read_text(encoding="utf-8")]
    )


def count_python(text: str) -> int:
    """Counts the lines that have code on them."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    spans = [range(each.start[0], each.end[0] + 1) for each in tokens if each.type not in _NO_CODE]
    return len({line for span in spans for line in span} - _docstrings(text))


def count_settings(text: str) -> int:
    """Counts the lines of YAML or TOML that say something."""
    lines = (line.strip() for line in text.splitlines())
    return sum(bool(line) and not line.startswith("#") for line in lines)


def _docstrings(text: str) -> set[int]:
    documented = (node for node in ast.walk(ast.parse(text)) if isinstance(node, _DOCUMENTED))
    first = (node.body[0] for node in documented if ast.get_docstring(node) is not None)
    return {line for node in first for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}

"""The parts of the README that are made from the code. `python -m tests.docs` writes them anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from connector.settings import ClientBasics, CommonSettings, SettingHelp, describe
from tests.matrix.record import promises_table

README = Path(__file__).parent.parent / "README.md"


def settings_table() -> str:
    """Returns the settings that every client has, and those of the framework, as a table."""
    rows = [*_rows(describe(ClientBasics)), *_rows(describe(CommonSettings), " (only common)")]
    return "\n".join(("| setting | what | default |", "| --- | --- | --- |", *rows))


def _rows(settings: Iterable[SettingHelp], note: str = "") -> list[str]:
    return [
        f"| `{each.name}` | {each.help} {each.type.capitalize()}.{note} | `{each.default}` |"
        for each in settings
    ]


PARTS = {"settings": settings_table, "promises": promises_table}


def part(text: str, name: str) -> str:
    """Returns what stands between the marks of a part."""
    found = re.search(rf"<!-- {name}: begin -->\n(.*?)<!-- {name}: end -->", text, re.DOTALL)
    assert found, f"README.md has no marks for the part `{name}`"
    return found[1].strip()


def write() -> None:
    """Writes all parts into the README."""
    text = README.read_text(encoding="utf-8")
    for name, make in PARTS.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        head, _, rest = text.partition(begin)
        text = head + begin + make() + "\n" + end + rest.partition(end)[2]
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()

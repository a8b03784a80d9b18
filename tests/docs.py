"""What is made from the code: parts of the README, the reference, settings files. `python -m tests.docs` writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from connector.crew import Crew, QueueSeen
from connector.flows import FLOWS
from connector.installation import installed_plugins, known_settings, step_help
from connector.metrics import Metrics
from connector.plugins import Offer, load_plugins
from connector.settings import ClientBasics, CommonSettings, Known, SettingHelp, describe
from connector.settings.template import GITIGNORE, client_text, settings_text
from connector.testing.quality import SCALE, Grade, examined, graded
from tests.matrix.record import promises_table
from tests.reference import reference_files

README = Path(__file__).parent.parent / "README.md"
CONFIG = README.parent / "config"
PACKAGE = "connector-framework"


def settings_table() -> str:
    """Returns the settings that every client has, and those of the framework, as a table."""
    rows = [*_rows(describe(ClientBasics)), *_rows(describe(CommonSettings), " (only common)")]
    return "\n".join(("| setting | what | default |", "| --- | --- | --- |", *rows))


def _rows(settings: Iterable[SettingHelp], note: str = "") -> list[str]:
    return [
        f"| `{each.name}` | {each.help} {each.type.capitalize()}.{note} | `{each.default}` |"
        for each in settings
    ]


def shipped() -> tuple[Known, Mapping[str, str]]:
    """Returns the settings of what this package itself offers, and the help of its mapping steps."""
    plugins, steps = installed_plugins()
    own = msgspec.structs.replace(
        plugins,
        **{
            kind: {name: offer for name, offer in getattr(plugins, kind).items() if offer.package == PACKAGE}
            for kind in ("sources", "targets", "steps")
        },
    )
    own_steps = {name: steps[name] for name in own.steps}
    return known_settings(own, own_steps), step_help(own_steps)


def settings_files() -> dict[Path, str]:
    """Returns the files of `config/`, as `connector init` and `connector clients add` write them."""
    known, helps = shipped()
    example = {
        "source": {"plugin": "billbee", "username": "shop@example.com"},
        "target": {"plugin": "wemalo"},
    }
    return {
        CONFIG / "settings.toml": settings_text(known, helps),
        CONFIG / ".gitignore": GITIGNORE,
        CONFIG / "clients" / "example.toml.example": client_text("example", example, known, helps),
    }


def metrics_table() -> str:
    """Returns what Prometheus can read, as a table."""
    queue = QueueSeen(waiting=0, oldest_s=0, begun=0)
    crew = Crew(workers=(), held=0, overdue=0, longest_overdue_s=0, troubled=(), queue=queue)
    text = Metrics().render({}, datetime(2026, 1, 1, tzinfo=UTC), crew)
    rows = re.findall(r"# HELP (\S+) (.*)\n# TYPE \S+ (\S+)", text)
    listed = [f"| `{name}` | {kind} | {help_text} |" for name, help_text, kind in sorted(rows)]
    return "\n".join(("| metric | kind | what |", "| --- | --- | --- |", *listed))


def scale_table() -> str:
    """Returns the quality scale: what each grade means, and what it takes."""
    rows = [
        f"| **{grade}**: {grade.words} | {'; '.join(each.words for each in SCALE if each.grade is grade)} |"
        for grade in list(Grade)[1:]
    ]
    return "\n".join(("| grade | what it takes |", "| --- | --- |", *rows))


def grades_table() -> str:
    """Tries the plugins of this package, and returns their grades as a table."""
    found = load_plugins()
    sides = (("source", found.sources), ("target", found.targets))
    rows = [
        _grade_row(kind, offer)
        for kind, offers in sides
        for offer in offers.values()
        if offer.package == PACKAGE
    ]
    return "\n".join(
        ("| plugin | flows | grade | missing for the next one |", "| --- | --- | --- | --- |", *rows)
    )


def _grade_row(kind: str, offer: Offer[Any]) -> str:
    grading = graded(examined(offer))
    flows = ", ".join(flow.name for flow in FLOWS if flow.possible_on(offer.what))
    missing = "; ".join(grading.missing_for(grading.next)) or "nothing"
    return f"| {kind} `{offer.name}` | {flows} | {grading.grade} | {missing} |"


PARTS = {
    "settings": settings_table,
    "metrics": metrics_table,
    "promises": promises_table,
    "grades": grades_table,
    "scale": scale_table,
}


def part(text: str, name: str) -> str:
    """Returns what stands between the marks of a part."""
    found = re.search(rf"<!-- {name}: begin -->\n(.*?)<!-- {name}: end -->", text, re.DOTALL)
    assert found, f"README.md has no marks for the part `{name}`"
    return found[1].strip()


def write() -> None:
    """Writes all parts into the README, the reference, and the settings files."""
    text = README.read_text(encoding="utf-8")
    for name, make in PARTS.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        head, _, rest = text.partition(begin)
        text = head + begin + make() + "\n" + end + rest.partition(end)[2]
    README.write_text(text, encoding="utf-8")
    for file, content in {**settings_files(), **reference_files()}.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write()

"""Plain HTML pages: a heading and tables, readable in light and dark, everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from connector_sandbox.audit import Audit
from connector_sandbox.changes import Change

SHOWN_ROWS = 200

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; }
th, td { text-align: left; padding: .3rem .7rem; border-bottom: 1px solid #8886; vertical-align: top; }
th { font-weight: 600; }
td { overflow-wrap: anywhere; }
p.more { opacity: .7; }
"""


@dataclass(frozen=True)
class Table:
    """A section of a page; `rows` hold plain values, which the page escapes."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


def page(title: str, lead: str, tables: Iterable[Table]) -> str:
    """A complete HTML page; of each table the first 200 rows are shown."""
    sections = "".join(_section(table) for table in tables)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1><p>{escape(lead)}</p>{sections}</body></html>"
    )


def changes_table(title: str, changes: Sequence[Change]) -> Table:
    """What was written, newest first."""
    rows = [(c.sequence, c.by, c.what, c.key, _text(c.value)) for c in reversed(changes[-SHOWN_ROWS:])]
    return Table(title, ("#", "By", "What", "Record", "Value"), rows)


def audit_table(audit: Audit) -> Table:
    """The requests, newest first."""
    rows = [
        (e.sequence, e.method, e.path, e.account, "no answer" if e.status is None else e.status, e.fault)
        for e in reversed(audit.entries[-SHOWN_ROWS:])
    ]
    return Table(
        f"Requests ({len(audit.entries)})", ("#", "Method", "Path", "Account", "Status", "Fault"), rows
    )


def _section(table: Table) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    body = "".join(_row(row) for row in table.rows[:SHOWN_ROWS])
    hidden = len(table.rows) - SHOWN_ROWS
    more = f'<p class="more">and {hidden} more</p>' if hidden > 0 else ""
    return f"<h2>{escape(table.title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _row(row: Sequence[object]) -> str:
    return "<tr>" + "".join(f"<td>{escape(_text(cell))}</td>" for cell in row) + "</tr>"


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)

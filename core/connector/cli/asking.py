"""Asks a person at the terminal for the settings of a new client, one after the other."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import click

from connector.cli.status import table
from connector.errors import ConfigurationError
from connector.settings import Value
from connector.settings.answers import Question, answer

_WIDTH: Final = 100


def choose(side: str, what: str, names: Iterable[str]) -> str:
    """Lets a person choose a plugin."""
    click.echo(f"\n{what}")
    chosen: str = click.prompt(side, type=click.Choice(sorted(names)))
    return chosen


def ask(question: Question, known: Mapping[str, Value]) -> Any:
    """Asks for a setting until the answer fits; None where what is `known` already shall stay."""
    value = known.get(question.key)
    if question.help is not None:
        click.echo(wrapped(question.help.help, "  "))
    hidden = " (not shown)" if question.is_secret else ""
    return click.prompt(
        f"  {question.path[-1]}{hidden}{f' [{_bare(value)}]' if value else ''}",
        default="" if value else None,
        show_default=False,
        hide_input=question.is_secret,
        value_proc=_checked(question, has_value=value is not None),
    )


def wants_to_change(others: Iterable[Question], known: Mapping[str, Value]) -> bool:
    """Shows what has a value already, and asks whether the person wants to change some of it."""
    click.echo("\nThe other settings have a value:")
    rows = [(f"  {each.key}", _bare(known[each.key]), _first_sentence(each)) for each in others]
    width = shutil.get_terminal_size().columns
    click.echo("\n".join(line[:width] for line in table(rows)))
    return click.confirm("Change some of them?", default=False)


def wrapped(text: str, indent: str, first: str = "") -> str:
    """Breaks a text into lines for a terminal."""
    width = min(shutil.get_terminal_size().columns, _WIDTH)
    return textwrap.fill(
        text, width, initial_indent=first or indent, subsequent_indent=indent, break_on_hyphens=False
    )


def _checked(question: Question, *, has_value: bool) -> Callable[[str], Any]:
    def check(typed: str) -> Any:
        text = typed.strip()  # what was pasted often ends with a blank
        if not text and has_value:
            return None
        try:
            return answer(question, text)
        except ConfigurationError as error:
            raise click.UsageError(str(error)) from None

    return check


def _bare(value: Value) -> str:
    """Shows a value as a person would type it."""
    return value.shown.strip('"')


def _first_sentence(question: Question) -> str:
    return question.help.help.partition(". ")[0] if question.help else ""

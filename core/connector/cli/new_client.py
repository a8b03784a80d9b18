"""A client as it is put together, from options and from a person's answers; written once it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import click

from connector.cli.asking import ask, choose, wants_to_change
from connector.errors import ConfigurationError
from connector.installation import Installation, step_help
from connector.settings import CLIENTS_FOLDER, SECRETS_FILE, ClientSettings, Draft, Value
from connector.settings.answers import Question, answer, find_question, put, questions
from connector.settings.template import client_text
from connector.settings.writing import add_secrets, create

_SIDES: Final[Mapping[str, str]] = {
    "source": "Where products and orders come from.",
    "target": "Where orders are shipped.",
}


@dataclass
class NewClient:
    """A client as it is put together; nothing is written before `write`."""

    inst: Installation
    name: str
    asks: bool
    data: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, Any] = field(default_factory=dict, repr=False)

    def draft(self) -> Draft:
        """Returns the settings as far as they go."""
        return self.inst.folder.draft(self.name, self.data, self.secrets, self.inst.known)

    def choose(self, side: str, wanted: str | None) -> None:
        """Takes the plugin that was asked for, the only one there is, or the one that a person chooses."""
        names = self.inst.known.sources if side == "source" else self.inst.known.targets
        if wanted is None and len(names) == 1:
            (wanted,) = names
        elif wanted is None and self.asks and names:
            wanted = choose(side, _SIDES[side], names)
        if wanted not in names:
            found = (
                f"there is no {side} plugin `{wanted}`"
                if wanted
                else f"say which {side} with --{side} PLUGIN"
            )
            raise click.UsageError(f"{found}; installed: {', '.join(sorted(names)) or 'none'}")
        put(self.data, (side, "plugin"), wanted)

    def take_options(self, values: Iterable[str], secrets: Iterable[str]) -> None:
        """Takes what the options set; a secret comes through the environment, where other users don't see it."""
        for option in values:
            question, text = self._given("--set", option)
            if question.is_secret:
                raise click.UsageError(
                    f"{question.key} is a secret: give it with --secret-from-env KEY=VARIABLE"
                )
            put(self.data, question.path, answer(question, text))
        for option in secrets:
            question, variable = self._given("--secret-from-env", option)
            if not question.is_secret:
                raise click.UsageError(f"{question.key} is no secret: give it with --set KEY=VALUE")
            if variable not in os.environ:
                raise click.UsageError(f"there is no environment variable {variable} (for {question.key})")
            put(self.secrets, question.path, answer(question, os.environ[variable].strip()))

    def _given(self, option: str, text: str) -> tuple[Question, str]:
        key, sign, value = text.partition("=")
        if not sign:
            raise click.UsageError(f"{option} {text}: write it as KEY=...")
        return find_question(key, self.inst.known, *self._plugins()), value

    def ask_for_the_rest(self) -> None:
        """Asks for what is missing, then whether to change what has a value; for nothing where nothing is missing."""
        known = {value.key: value for value in self.draft().values}
        of_plugins = [*self._questions("source"), *self._questions("target")]
        if not self.asks or all(each.key in known for each in of_plugins):
            return
        click.echo(f"A new client, {self.name}. Ctrl-C ends this, and nothing is written.\n")
        if "language" not in self.data:
            self._ask(find_question("language", self.inst.known, *self._plugins()), known)
        for side, plugin in zip(_SIDES, self._plugins(), strict=True):
            click.echo(f"\n{side} {plugin}")
            for each in self._questions(side):
                if each.key not in known:
                    self._ask(each, known)
        others = [each for each in of_plugins if each.key in known]
        if others and wants_to_change(others, known):
            for each in others:
                self._ask(each, known)

    def _ask(self, question: Question, known: Mapping[str, Value]) -> None:
        value = ask(question, known)
        if value is not None:
            put(self.secrets if question.is_secret else self.data, question.path, value)

    def _questions(self, side: str) -> tuple[Question, ...]:
        offered = self.inst.known.sources if side == "source" else self.inst.known.targets
        return questions(offered[self.data[side]["plugin"]], (side,))

    def _plugins(self) -> tuple[str, str]:
        return self.data["source"]["plugin"], self.data["target"]["plugin"]

    def write(self) -> ClientSettings:
        """Writes the secrets, then the file that makes it a client; raises ConfigurationError where it has mistakes."""
        draft = self.draft()
        if draft.settings is None:
            ways = "give it with --set KEY=VALUE, a secret with --secret-from-env KEY=VARIABLE"
            message = f"the client `{self.name}` is not written ({ways}):"
            raise ConfigurationError(message, draft.mistakes)
        folder = self.inst.folder.path
        file = folder / CLIENTS_FOLDER / f"{self.name}.toml"
        text = client_text(self.name, self.data, self.inst.known, step_help(self.inst.steps))
        tables = dict(_tables(self.secrets))
        if tables:
            add_secrets(folder, self.name, tables)
            click.echo(f"{folder / SECRETS_FILE}: the secrets of {self.name} are added")
        if not create(file, text):
            raise ConfigurationError(f"{file} is there by now; nothing was changed in it")
        click.echo(f"{file}: written")
        return draft.settings


def _tables(secrets: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], Any]]:
    """Yields the tables that hold secrets, each with its own keys."""
    own = {key: value for key, value in secrets.items() if not isinstance(value, dict)}
    if own:
        yield path, own
    for key, value in secrets.items():
        if isinstance(value, dict):
            yield from _tables(value, (*path, key))

"""Secrets stay secret: they are sent where they belong, and shown nowhere."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote

import msgspec

from connector.calls import Answer
from connector.errors import RecordRefused
from connector.secret import Secret
from connector.testing.checks import check
from connector.testing.faults import Fault
from connector.testing.groups import Group
from connector.testing.lab import Lab
from connector.testing.network import Exchange
from connector.testing.using import use_everything
from connector.testing.verdicts import NotOffered, expect

_SHORTEST: Final = 8


def _secrets(lab: Lab[Any]) -> dict[str, str]:
    """Returns the secret settings by name, in all the forms in which they may be shown."""
    fields = {name: getattr(lab.case.settings, name) for name in lab.case.settings.__struct_fields__}
    values = {name: value.reveal() for name, value in fields.items() if isinstance(value, Secret)}
    if not values:
        raise NotOffered("no setting is a Secret")
    short = [name for name, value in values.items() if len(value) < _SHORTEST]
    expect(
        not short, f"test values of at least {_SHORTEST} characters for secrets", f"short: {', '.join(short)}"
    )
    encoded = {f"{name}, percent-encoded": quote(value, safe="") for name, value in values.items()}
    return {**values, **encoded, **_basic(lab)}


def _basic(lab: Lab[Any]) -> dict[str, str]:
    pair = lab.case.plugin.service(lab.case.settings).basic_auth
    if pair is None:
        return {}
    return {"the Authorization header": base64.b64encode(f"{pair[0]}:{pair[1].reveal()}".encode()).decode()}


def _expect_none(secrets: dict[str, str], texts: Iterator[tuple[str, str]], look_at: str) -> None:
    """Raises Broken where a secret stands in a text; the secret itself is not shown then either."""
    for where, text in texts:
        shown = [name for name, value in secrets.items() if value in text]
        expect(not shown, f"no secret in {where}", f"{shown[0] if shown else ''} in plain text", look_at)


@check(Group.SECRETS)
async def no_text_of_the_plugin_shows_a_secret(lab: Lab[Any]) -> None:
    """What is printed of the settings, the service or the plugin shows no secret (SPEC C4)."""
    plugin = await lab.start()
    shown = {
        "settings": lab.case.settings,
        "service()": plugin.service(lab.case.settings),
        "the plugin": plugin,
    }
    texts = ((f"{way} of {name}", text) for name, what in shown.items() for way, text in _printed(what))
    _expect_none(
        _secrets(lab), texts, "pass secrets on as Secret, and reveal them only where a request is built"
    )


def _printed(what: object) -> Iterator[tuple[str, str]]:
    yield "repr", repr(what)
    yield "str", str(what)


@check(Group.SECRETS)
async def no_address_and_no_log_line_shows_a_secret(lab: Lab[Any]) -> None:
    """No secret stands in the address of a call, which proxies and servers log, nor in a log line of any level."""
    secrets = _secrets(lab)
    with _logged() as lines:
        await use_everything(lab)
    addresses = ((f"the address of call {call.number}", call.url) for call in lab.network.calls)
    _expect_none(secrets, addresses, "send credentials in a header: service().headers or basic_auth")
    _expect_none(secrets, (("a log line", line) for line in lines), "its log lines")


@check(Group.SECRETS)
async def no_error_shows_a_secret(lab: Lab[Any]) -> None:
    """A service that repeats in its refusal what it was sent gets no secret into an error or a log line."""
    secrets = _secrets(lab)
    with _logged() as lines:
        errors = await use_everything(lab, _echoing(lab))
    lines += [str(error) for error in errors]
    lines += [str(error.params) for error in errors if isinstance(error, RecordRefused)]
    _expect_none(secrets, (("an error or a log line", line) for line in lines), "the texts of its errors")


def _echoing(lab: Lab[Any]) -> Fault:
    """Answers with all that was sent, as some services do in their error pages."""

    def answer(_: Answer) -> Answer:
        call: Exchange = lab.network.calls[-1]
        said = {"message": f"not allowed: {call.headers} {call.body.decode('utf-8', 'replace')}"}
        return Answer(400, {"content-type": "application/json"}, msgspec.json.encode(said))

    return Fault("was answered with 400 and all that was sent", answer=answer)


@contextmanager
def _logged() -> Iterator[list[str]]:
    """Collects what is logged, of every level."""
    lines: list[str] = []
    handler = logging.Handler()
    formatter = logging.Formatter()
    handler.emit = lambda record: lines.append(formatter.format(record))  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)

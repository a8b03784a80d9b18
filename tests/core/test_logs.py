"""What is logged: one line per event with fields, for people in a terminal and as JSON elsewhere."""

from __future__ import annotations

import io
import json
import logging
import re
from typing import Any

import pytest

from connector.api import Secret
from connector.logs import bound, set_up_logs
from connector_sandbox.seed import ean13
from tests.logged import Logged
from tests.world import World, problem


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(form: str, stream: io.StringIO, event: str, **fields: Any) -> str:
    """Logs one event and returns what was written."""
    set_up_logs("info", form, stream)
    with bound(client="acme"):
        logging.getLogger("connector.test").info(event, extra=fields)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("form", "stream", "is_json"),
    [
        ("auto", Terminal(), False),
        ("auto", io.StringIO(), True),
        ("json", Terminal(), True),
        ("text", io.StringIO(), False),
    ],
)
@pytest.mark.usefixtures("logged")
def test_people_in_a_terminal_read_text_and_programs_json(
    form: str, stream: io.StringIO, is_json: bool
) -> None:
    line = written(form, stream, "call", endpoint="billbee GET /orders", attempt=2)
    assert line.count("\n") == 1
    if is_json:
        fields = json.loads(line)
        assert list(fields) == ["time", "level", "logger", "event", "client", "endpoint", "attempt"]
    else:
        plain = re.sub(r"\x1b\[\d*m", "", line)
        assert "[info     ] call " in plain
        assert plain.endswith("client=acme endpoint='billbee GET /orders' attempt=2\n")


@pytest.mark.usefixtures("logged")
def test_a_file_holds_no_colours() -> None:
    assert "\x1b" not in written("text", io.StringIO(), "call", attempt=2)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.usefixtures("logged")
def test_what_came_from_outside_can_not_begin_a_line_or_move_the_cursor(form: str) -> None:
    line = written(form, io.StringIO(), "a\nb", answer="x\x1b[2Jy\r\nz")
    assert (line.count("\n"), "\x1b" in line, "x [2Jy z" in line, "a b" in line) == (1, False, True, True)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.usefixtures("logged")
def test_a_secret_is_masked_and_a_traceback_shows_no_values(form: str) -> None:
    stream = io.StringIO()
    set_up_logs("info", form, stream)
    token = Secret("t0ken-0f-erika")
    try:
        revealed = token.reveal()
        raise ValueError(f"{len(revealed)} characters")
    except ValueError:
        logging.getLogger("connector.test").exception("bug", extra={"token": token})
    text = stream.getvalue()
    assert ("t0ken" in text, "***" in text, "ValueError: 14 characters" in text) == (False, True, True)


def test_a_plugin_that_logs_in_the_usual_way_is_written_like_all_others(logged: Logged) -> None:
    with bound(client="acme"):
        logging.getLogger("connector_shop").warning("%s is odd", "this", extra={"sku": "A-1"})
    fields = {"level": "warning", "event": "this is odd", "client": "acme", "sku": "A-1"}
    assert logged.of("connector_shop") == [fields]


def test_each_line_of_a_run_says_whose_it_is_and_where_it_belongs(world: World, logged: Logged) -> None:
    piece = world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup")
    order = world.shop.add_order([(piece, 1)])
    report = world.run()
    lines = [line for line in logged.lines if line["logger"].startswith("connector.")]
    assert {(line["client"], line["run_id"]) for line in lines} == {("acme", report.run_id)}
    (created,) = [line for line in lines if line.get("endpoint") == "wemalo POST /goodsOrder/add"]
    assert (created["flow"], created["record_id"], created["attempt"]) == ("orders", str(order), 1)
    assert (created["status"], created["level"]) == (200, "debug")
    (finished,) = [line for line in lines if line["event"] == "run finished"]
    assert finished["completed"]
    assert finished["calls"] == sum(report.calls.values())


def test_one_event_that_needs_a_person_is_one_line_of_the_log(world: World, logged: Logged) -> None:
    world.run(api_password=Secret("wrong"))
    (line,) = logged.needs_a_person()
    assert (line["client"], line["code"]) == ("acme", "credentials_refused")
    world.run(api_password=Secret("wrong"))
    assert len(logged.needs_a_person()) == 1


def test_no_line_holds_a_customers_data(world: World, logged: Logged) -> None:
    piece = world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup")
    customer = {
        "LastName": "Beispielfrau",
        "Street": "Geheimweg",
        "Email": "kunde@example.org",
        "City": "Ulm",
    }
    world.shop.add_order([(piece, 1)], to=customer)
    world.shop.add_order([(piece, 1)], to=customer | {"Zip": ""})
    report = world.run()
    assert problem(report, "order_receiver_missing")
    assert [word for word in customer.values() if word in logged.text] == []

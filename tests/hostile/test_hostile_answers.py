"""Whatever a service answers: an error that the framework knows, a sound record, or one that says it can't be read."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.api import Answer, ConnectorError, Source, Target, Unreadable, decode_json
from connector.contracts import Plugin
from connector_billbee.service import describe as describe_billbee
from connector_wemalo.service import describe as describe_wemalo
from tests.hostile.asking import ASKS, BILLBEE, METHODS, WEMALO, assert_sound, outcome, records_in
from tests.hostile.services import Hostile, Key, every_field_spoilt, good_answers, nodes, parsed, with_value
from tests.hostile.values import NASTY, STATUSES, as_object, hostile_json

LISTS = [
    ("billbee", "products"),
    ("billbee", "stock_levels"),
    ("billbee", "orders"),
    ("billbee", "received_orders"),
    ("billbee", "withdrawn_orders"),
    ("billbee", "withdrawn_orders since"),
    ("wemalo", "known_products"),
    ("wemalo", "shipments"),
    ("wemalo", "stock_levels"),
]
"""The methods that bring records, whose lists are read one record at a time."""

HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Retry-After": "1e308"},
    {"Retry-After": "-1"},
    {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"Content-Type": "text/html; charset=utf-7"},
    {"Content-Encoding": "gzip"},
    {"Content-Encoding": "deflate, gzip, unheard-of"},
    {"Location": "http://[::1"},
    {"x-wemalo-limit-remainingcall": "9" * 5000},
    {"x-wemalo-limit-remainingcall": "-1"},
)
LONGEST_MESSAGE = 3000


def can_be_skipped(value: bytes) -> bool:
    """Tells whether a decoder that does not look into a value gets past it, even with some layers around it."""
    try:
        decode_json(b"[" * 100 + value + b"]" * 100, msgspec.Raw)
    except msgspec.DecodeError:
        return False
    return True


def test_every_method_of_both_plugins_is_asked() -> None:
    for contract, plugin in ((Source, "billbee"), (Target, "wemalo")):
        public = {name for base in (contract, Plugin) for name in vars(base) if not name.startswith("_")}
        asks_nothing = {
            "service",
            "build",
            "has",
            "has_own",
            "has_eans",
            "settings_type",
            "batch_size",
            "refusal",
        }
        asks_nothing |= {"setup_steps", "webhook_flows", "register_webhooks", "remove_webhooks"}
        assert {name.split()[0] for name in ASKS[plugin]} == public - asks_nothing


RESTLESS = ("order_received", "order_change_refused")
"""They take a tag away and look whether it is gone, which answers that stand still never say."""


@pytest.mark.parametrize(("plugin", "method"), [each for each in METHODS if each[1] not in RESTLESS])
def test_the_sandbox_has_good_answers_for_every_method(plugin: str, method: str) -> None:
    good = good_answers(plugin)[method]
    assert good
    assert outcome(plugin, method, Hostile(good))[1] is None


@pytest.mark.parametrize(("plugin", "method"), LISTS)
@given(value=hostile_json())
def test_R4_whatever_stands_in_a_field_costs_only_its_record(plugin: str, method: str, value: bytes) -> None:
    app = Hostile(good_answers(plugin)[method], spoil=lambda _, body: every_field_spoilt(body, value))
    pages, error = outcome(plugin, method, app)
    records = records_in(pages)
    for record in records:
        assert_sound(record)
    assert error is None or not can_be_skipped(value)
    assert error is not None or [record for record in records if not isinstance(record, Unreadable)]


@pytest.mark.parametrize(("plugin", "method"), METHODS)
@given(data=st.data())
def test_R4_whatever_is_answered_no_method_fails_in_a_way_of_its_own(
    plugin: str, method: str, data: st.DataObject
) -> None:
    good = good_answers(plugin)[method]
    value = data.draw(hostile_json(), "value")
    every = data.draw(st.booleans(), "instead of every other answer, too")
    key = data.draw(st.sampled_from(sorted(good)), "call")
    path = data.draw(st.sampled_from(list(nodes(parsed(good[key])))), "place")
    status = data.draw(st.just(200) | st.sampled_from(STATUSES), "status")
    headers = data.draw(st.sampled_from(HEADERS), "headers")

    def spoil(asked: Key, body: bytes) -> bytes:
        if asked == key:
            return msgspec.json.encode(with_value(parsed(body), path, value))
        return value if every else body

    pages, error = outcome(plugin, method, Hostile(good, spoil, status, headers))
    for record in records_in(pages):
        assert_sound(record)
    assert len(str(error)) < LONGEST_MESSAGE


@pytest.mark.parametrize("field", ["ErrorCode", "ErrorMessage", "Data", "status", "Success", "message"])
@pytest.mark.parametrize(
    "describe",
    [partial(describe_billbee, BILLBEE), partial(describe_wemalo, WEMALO)],
    ids=["billbee", "wemalo"],
)
@pytest.mark.parametrize(
    "others", [{}, {"ErrorCode": b"1", "status": b"400"}], ids=["alone", "with an error"]
)
def test_R4_no_judgement_of_an_answer_fails(describe: Any, field: str, others: dict[str, bytes]) -> None:
    for value in NASTY:
        for body in (as_object({**others, field: value}), value):
            judged = describe().verdict(Answer(200, {}, body))
            assert judged is None or isinstance(judged, ConnectorError)


@given(body=st.binary(max_size=200), status=st.sampled_from((200, *STATUSES)))
@pytest.mark.parametrize(("plugin", "method"), [("billbee", "orders"), ("wemalo", "shipments")])
def test_R4_an_answer_of_any_bytes_is_one_error(plugin: str, method: str, body: bytes, status: int) -> None:
    app = Hostile(good_answers(plugin)[method], lambda _key, _body: body, status)
    pages, error = outcome(plugin, method, app)
    assert error is not None or records_in(pages) == []

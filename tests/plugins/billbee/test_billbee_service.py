"""What the plugin says about Billbee: errors in good answers, pages, settings."""

from __future__ import annotations

import msgspec
import pytest

from connector.api import Answer, AuthenticationError, CallRefused, ConnectorError, Secret, TransientError
from connector_billbee.service import GET_ORDER, describe, is_last, verdict
from connector_billbee.settings import BillbeeSettings
from connector_billbee.wire import Paging

PASSWORD, KEY = Secret("not-a-password"), Secret("not-a-key")


def settings(**changes: object) -> BillbeeSettings:
    own = {"username": "shop@example.com", "api_password": PASSWORD, "api_key": KEY}
    return msgspec.convert({**own, **changes}, BillbeeSettings, dec_hook=lambda _, value: value)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"ErrorMessage": null, "ErrorCode": 0, "ErrorDescription": "NoError", "Data": []}', None),
        (b'{"ErrorCode": 0, "ErrorMessage": "", "Data": null}', None),
        (b'{"ErrorCode": 0, "ErrorMessage": "2 rows were skipped", "Data": [1]}', None),  # a remark, no error
        (b'{"ErrorCode": "0", "Data": {}}', None),
        (b'[{"Id": 1, "Name": "Bestellt"}]', None),  # bare lists have no envelope
        (b"", None),  # an empty answer to a change
        (b"<html></html>", None),  # found out where the answer is read
        (b"{", None),
        (b'{"ErrorCode": null, "ErrorMessage": null}', None),
        (b'{"ErrorCode": {"x": 1}}', None),
        (b'{"ErrorCode": 11, "ErrorMessage": "Invalid data", "Data": null}', CallRefused),
        (b'{"ErrorCode": "11", "ErrorMessage": null}', CallRefused),
        (b'{"ErrorCode": 0, "ErrorMessage": "Order is archived", "Data": null}', CallRefused),
        (b'{"ErrorCode": 8, "ErrorMessage": "Internal error"}', TransientError),
        (b'{"ErrorCode": 17, "ErrorMessage": "API not booked"}', AuthenticationError),
    ],
)
def test_R4_errors_in_good_answers_are_found(body: bytes, error: type[ConnectorError] | None) -> None:
    found = verdict(Answer(200, {}, body))
    assert found is None if error is None else isinstance(found, error)


def test_an_answer_with_a_bad_status_is_judged_by_its_status() -> None:
    assert verdict(Answer(404, {}, b'{"ErrorCode": 1, "ErrorMessage": "Order not found"}')) is None


def test_an_order_that_is_not_found_is_a_404() -> None:
    found = verdict(Answer(200, {}, b'{"ErrorCode": 2, "ErrorMessage": "Order not found", "Data": null}'))
    assert isinstance(found, CallRefused)
    assert (found.status, found.params["answer"]) == (404, "Order not found (ErrorCode 2)")


@pytest.mark.parametrize(
    ("number", "rows", "paging", "last"),
    [
        (1, 250, Paging(total_pages=2, page_size=250), False),
        (2, 250, Paging(total_pages=2, page_size=250), True),
        (1, 7, Paging(total_pages=2), False),  # the total counts, a page may be short
        (1, 250, Paging(), False),  # no total: until a page is not full
        (1, 249, Paging(), True),
        (1, 50, Paging(page_size=50), False),  # full by the service's own measure
        (1, 3, Paging(total_pages=0), True),
    ],
)
def test_the_last_page_is_known_with_and_without_a_total(
    number: int, rows: int, paging: Paging, last: bool
) -> None:
    assert is_last(number, rows, paging) is last


@pytest.mark.parametrize("tag", ["", " ", "a,b", " wemalo", "wemalo ", ","])
def test_C4_a_tag_that_billbee_can_not_keep_is_refused(tag: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="orders_tag"):
        settings(orders_tag=tag)


@pytest.mark.parametrize("tag", ["wemalo", "w", "Lager Nord", "lager-nord_2"])
def test_C4_a_plain_tag_is_taken(tag: str) -> None:
    assert settings(orders_tag=tag).orders_tag == tag


@pytest.mark.parametrize(
    ("key", "value"), [("order_state_id", 0), ("storage_location_id", -1), ("username", "")]
)
def test_C4_impossible_settings_are_refused(key: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError, match=key):
        settings(**{key: value})


def test_C4_secrets_stay_secret_in_the_description_of_the_service() -> None:
    shown = repr(describe(settings()))
    assert PASSWORD.reveal() not in shown
    assert KEY.reveal() not in shown


def test_R2_clients_of_one_key_and_user_share_an_account() -> None:
    account = describe(settings()).account
    assert describe(settings(username="Shop@Example.com", orders_tag="other")).account == account
    assert describe(settings(username="other@example.com")).account != account


def test_R2_the_documented_limits_are_declared() -> None:
    limit = describe(settings()).limit
    assert limit is not None
    assert (limit.calls, limit.seconds) == (2, 1.0)
    assert [(each.calls, each.seconds, each.per) for each in GET_ORDER.limits] == [(6, 60.0, "id")]


def test_billbee_charges_for_what_an_api_key_calls_whoever_uses_it() -> None:
    first, second = (describe(settings(username=name)).tariff for name in ("a@example.com", "b@example.com"))
    other = describe(settings(api_key=Secret("another-key"))).tariff
    assert first == second
    assert first is not None
    assert other is not None
    assert (first.free_calls, str(first.price), first.currency) == (100_000, "0.0005", "EUR")
    assert first.key != other.key
    assert KEY.reveal() not in first.key

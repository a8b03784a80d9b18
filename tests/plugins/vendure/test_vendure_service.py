"""How the plugin gets in, and what it makes of the ways in which Vendure says no."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.api import (
    Answer,
    AuthenticationError,
    CallRefused,
    ConnectorError,
    Secret,
    TransientError,
    UnusableAnswer,
)
from connector_sandbox.vendure.service import API_KEY, PASSWORD
from connector_vendure.service import verdict
from tests.plugins.vendure.bench import LOGIN, Bench, all_of


def failed(*failures: dict[str, Any], status: int = 200) -> ConnectorError | None:
    body = json.dumps({"errors": list(failures), "data": None}).encode()
    return verdict(Answer(status, {}, body))


def said(message: str, *code: str) -> dict[str, Any]:
    return {"message": message, **({"extensions": {"code": code[0]}} if code else {})}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("FORBIDDEN", AuthenticationError),
        ("ENTITY_NOT_FOUND", CallRefused),
        ("USER_INPUT_ERROR", CallRefused),
        ("BAD_USER_INPUT", CallRefused),
        ("CHANNEL_NOT_FOUND", CallRefused),
        ("SOMETHING_NEW", CallRefused),
        ("INTERNAL_SERVER_ERROR", TransientError),
    ],
)
def test_R3_an_error_with_status_200_is_sorted_by_its_code(code: str, kind: type[ConnectorError]) -> None:
    error = failed(said("no way", code))
    assert type(error) is kind
    assert "no way" in str(error)


def test_R3_an_error_without_a_code_is_one_of_the_database() -> None:
    error = failed(said("FOREIGN KEY constraint failed"))
    assert type(error) is TransientError
    assert str(error) == "it answered with an error: FOREIGN KEY constraint failed"


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (("USER_INPUT_ERROR", "FORBIDDEN"), AuthenticationError),
        (("USER_INPUT_ERROR", "INTERNAL_SERVER_ERROR"), TransientError),
        (("ENTITY_NOT_FOUND", "USER_INPUT_ERROR"), CallRefused),
    ],
)
def test_of_several_errors_the_gravest_counts(codes: tuple[str, ...], kind: type[ConnectorError]) -> None:
    assert type(failed(*(said("no", code) for code in codes))) is kind


def test_what_is_not_there_is_told_from_what_is_wrong() -> None:
    missing, wrong = failed(said("none", "ENTITY_NOT_FOUND")), failed(said("bad", "USER_INPUT_ERROR"))
    assert isinstance(missing, CallRefused)
    assert isinstance(wrong, CallRefused)
    assert (missing.status, wrong.status) == (404, 400)
    assert wrong.params["answer"] == "bad (USER_INPUT_ERROR)"


def test_a_query_that_is_refused_with_400_keeps_its_code() -> None:
    error = failed(said('Cannot query field "eam"', "GRAPHQL_VALIDATION_FAILED"), status=400)
    assert isinstance(error, CallRefused)
    assert 'Cannot query field "eam" (GRAPHQL_VALIDATION_FAILED)' in str(error)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"data": {"page": null}}'),
        (200, b'{"data": {}, "errors": []}'),
        (200, b"<html>"),
        (200, b"[1]"),
        (500, b'{"errors": [{"message": "x"}]}'),  # left to the status
        (404, b'{"message": "Cannot POST"}'),
    ],
)
def test_other_answers_are_left_to_their_status(status: int, body: bytes) -> None:
    assert verdict(Answer(status, {}, body)) is None


# -- the way in -----------------------------------------------------------------------------------


def test_an_api_key_needs_no_login(bench: Bench) -> None:
    bench.use(lambda source: all_of(source.products()))
    assert bench.operations == ["ListProducts"]


def test_a_login_serves_the_whole_run(bench: Bench) -> None:
    async def twice(source: Any) -> None:
        await all_of(source.products())
        await all_of(source.orders())

    bench.use(twice, **LOGIN)
    assert bench.operations == ["LogIn", "ListProducts", "ListOrders"]


def test_a_session_that_ended_is_renewed_once(bench: Bench) -> None:
    async def twice(source: Any) -> None:
        await all_of(source.products())
        bench.vendure.end_sessions()
        await all_of(source.orders())

    bench.use(twice, **LOGIN)
    assert bench.operations == ["LogIn", "ListProducts", "ListOrders", "LogIn", "ListOrders"]


@pytest.mark.parametrize("changes", [LOGIN, {}])
def test_R1_credentials_that_were_withdrawn_stop_the_run(bench: Bench, changes: dict[str, Any]) -> None:
    bench.vendure.revoke()
    with pytest.raises(AuthenticationError, match="vendure does not accept the credentials"):
        bench.use(lambda source: all_of(source.products()), **changes)
    assert len(bench.operations) == 1


def test_R1_what_the_role_may_not_do_says_so(bench: Bench) -> None:
    bench.vendure.revoke()
    with pytest.raises(
        AuthenticationError, match=r"POST /admin-api ListProducts.*its role lacks a permission"
    ):
        bench.use(lambda source: all_of(source.products()))


def test_a_wrong_password_is_told_in_vendures_words(bench: Bench) -> None:
    with pytest.raises(AuthenticationError, match=r"credentials are invalid \(INVALID_CREDENTIALS_ERROR\)"):
        bench.use(lambda source: all_of(source.products()), **{**LOGIN, "password": Secret("wrong-one")})


def test_a_shop_that_gives_out_cookies_alone_is_told_what_to_change(bench: Bench) -> None:
    bench.faults.add("LogIn", "missing_field", path="data.result.id")  # a fault's answer has no header either
    with pytest.raises(AuthenticationError, match=r"allow `bearer` in authOptions\.tokenMethod"):
        bench.use(lambda source: all_of(source.products()), **LOGIN)


@pytest.mark.parametrize("changes", [LOGIN, {}])
def test_C4_a_credential_that_is_repeated_in_an_error_is_not_shown(
    bench: Bench, changes: dict[str, Any]
) -> None:
    bench.vendure.is_parrot = True
    with pytest.raises(CallRefused, match=r"\*\*\*") as caught:
        bench.use(lambda source: all_of(source.products()), **changes)
    assert not [secret for secret in (PASSWORD, API_KEY) if secret in f"{caught.value}{caught.value.params}"]


def test_R6_a_rehearsal_may_log_in_and_read(bench: Bench) -> None:
    bench.use(lambda source: all_of(source.products()), read_only=True, **LOGIN)
    assert bench.operations == ["LogIn", "ListProducts"]


def test_A7_channel_and_language_go_with_each_call(bench: Bench) -> None:
    bench.use(lambda source: all_of(source.products()), channel_token=Secret("channel-2"))
    (request,) = bench.requests
    assert (request.headers["vendure-token"], request.query) == ("channel-2", "languageCode=de")


def test_each_operation_is_counted_by_its_name(bench: Bench) -> None:
    bench.use(lambda source: source.check(), **LOGIN)
    names = ("LogIn", "CheckShop", "ListStockLocations")
    assert bench.counts.counts == {f"vendure POST /admin-api {name}": 1 for name in names}


# -- answers that can't be used -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "path", "what"),
    [
        ("missing_field", "data", r"field \$: object missing required field data"),
        ("missing_field", "data.page", r"field \$\.page is missing"),
        ("missing_field", "data.page.items", r"field \$\.page\.items is missing"),
        ("missing_field", "data.page.totalItems", r"field \$\.page\.totalItems is missing"),
        ("wrong_type", "data.page.items", r"field \$\.data\.page\.items"),
        ("html", "", "an HTML page"),
        ("truncated", "", "cut off"),
    ],
)
def test_R4_a_list_that_is_not_there_is_no_empty_list(bench: Bench, kind: str, path: str, what: str) -> None:
    bench.faults.add("ListOrders", kind, path=path, times=None)
    with pytest.raises(UnusableAnswer, match=f"vendure POST /admin-api ListOrders: .*{what}"):
        bench.use(lambda source: all_of(source.orders()))


def test_R3_a_passing_fault_is_tried_again(bench: Bench) -> None:
    bench.faults.add("ListOrders", "503", times=2)
    assert bench.use(lambda source: all_of(source.orders())) == []
    assert bench.counts.counts == {"vendure POST /admin-api ListOrders": 3}

"""What a run did, for machines and for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from connector.report import ClientReport, FlowCounts, ProblemLine, RunReport, lines, to_json

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

PROBLEM = ProblemLine(
    id="3f9a12bc",
    code="order_receiver_missing",
    flow="orders",
    record_id="4711",
    number="A-1001",
    reason="The delivery address is not complete; missing: street.",
    hint="Complete the delivery address of the order in the shop.",
    first_seen=NOON - timedelta(hours=4),
    last_seen=NOON,
    count=5,
)


def finished(client: str = "acme", failure: str = "", seconds: float = 12) -> ClientReport:
    report = ClientReport.begin(client, NOON)
    report.failure = failure
    report.end(NOON + timedelta(seconds=seconds))
    return report


def busy() -> ClientReport:
    report = finished()
    report.flows = {
        "products": FlowCounts(read=1_204, sent=3, unchanged=1_201),
        "orders": FlowCounts(read=2, sent=1, refused=1),
        "stock": FlowCounts(),
    }
    report.calls = {"billbee GET /products": 5, "wemalo POST /goodsOrder/add": 1}
    report.problems = [PROBLEM]
    return report


def test_the_json_has_the_promised_keys_in_the_promised_order() -> None:
    assert to_json(RunReport(clients=[busy()])).decode() == (
        '{"clients":[{"client":"acme","run_id":"acme-20261123T120000",'
        '"started":"2026-11-23T12:00:00Z","ended":"2026-11-23T12:00:12Z","completed":true,'
        '"flows":{"products":{"read":1204,"sent":3,"unchanged":1201,"skipped":0,"refused":0,"waiting":0},'
        '"orders":{"read":2,"sent":1,"unchanged":0,"skipped":0,"refused":1,"waiting":0},'
        '"stock":{"read":0,"sent":0,"unchanged":0,"skipped":0,"refused":0,"waiting":0}},'
        '"calls":{"billbee GET /products":5,"wemalo POST /goodsOrder/add":1},'
        '"problems":[{"id":"3f9a12bc","code":"order_receiver_missing","flow":"orders","record_id":"4711",'
        '"number":"A-1001","reason":"The delivery address is not complete; missing: street.",'
        '"hint":"Complete the delivery address of the order in the shop.",'
        '"first_seen":"2026-11-23T08:00:00Z","last_seen":"2026-11-23T12:00:00Z","count":5}]}]}'
    )


def test_a_failure_is_the_last_key_and_only_there_when_something_failed() -> None:
    (client,) = msgspec.json.decode(to_json(RunReport(clients=[finished(failure="no route to host")])))[
        "clients"
    ]
    assert list(client)[-1] == "failure"
    assert (client["completed"], client["failure"]) == (False, "no route to host")


def test_a_run_that_has_not_ended_has_no_end_in_the_json() -> None:
    (client,) = msgspec.json.decode(to_json(RunReport(clients=[ClientReport.begin("acme", NOON)])))["clients"]
    assert (client["ended"], client["completed"]) == (None, False)


def test_the_lines_say_what_was_done_and_what_is_to_be_done() -> None:
    assert lines(RunReport(clients=[busy()])) == [
        "acme: completed in 12 s, 1 open problem",
        "  products  1,204 read, 3 sent, 1,201 unchanged",
        "  orders    2 read, 1 sent, 1 refused",
        "  stock     nothing to do",
        "  calls     6: billbee GET /products 5, wemalo POST /goodsOrder/add 1",
        "  open problems:",
        "    orders A-1001 (order_receiver_missing, 3f9a12bc, since 2026-11-23 08:00 UTC, seen 5 times)",
        "      The delivery address is not complete; missing: street.",
        "      -> Complete the delivery address of the order in the shop.",
    ]


def test_R1_a_broken_client_says_why_first_and_is_named_in_the_last_line() -> None:
    broken = finished("broken", "wemalo does not accept the credentials: token expired", seconds=0.4)
    assert lines(RunReport(clients=[broken, finished()])) == [
        "broken: NOT COMPLETED after 0.4 s: wemalo does not accept the credentials: token expired",
        "acme: completed in 12 s",
        "2 clients: 1 completed, 1 not: broken",
    ]


def test_C4_several_mistakes_in_the_settings_stand_below_each_other() -> None:
    report = ClientReport.mistake(
        "acme", NOON, "the settings of client acme are wrong:\n  source.username: missing"
    )
    assert lines(RunReport(clients=[report])) == [
        "acme: NOT COMPLETED after 0.0 s: the settings of client acme are wrong:",
        "    source.username: missing",
    ]
    assert report.mistaken


def test_a_problem_without_a_number_is_named_by_its_record_or_its_flow() -> None:
    report = finished()
    for record_id in ("4711", ""):
        report.problems = [msgspec.structs.replace(PROBLEM, number="", record_id=record_id, count=1)]
        assert lines(RunReport(clients=[report]))[2].startswith(
            f"    orders {record_id}".rstrip() + " (order_"
        )
    assert "seen 1 time)" in lines(RunReport(clients=[report]))[2]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.04, "0.0 s"),
        (9.96, "10.0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),  # rounded before it is split
        (3_725, "1 h 02 min"),
    ],
)
def test_a_duration_is_shown_as_people_say_it(seconds: float, shown: str) -> None:
    assert finished(seconds=seconds).summary() == f"completed in {shown}"


def test_refused_records_of_all_flows_are_counted_together() -> None:
    report = finished()
    report.flows = {"products": FlowCounts(refused=2), "orders": FlowCounts(refused=1)}
    assert report.refused == 3


def test_a_run_that_has_not_ended_says_so() -> None:
    assert ClientReport.begin("acme", NOON).summary() == "still running"

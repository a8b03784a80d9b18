"""The ledger: problems open once, are counted, and close by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from connector.errors import NotFound
from connector.problems import Ledger, Problem, hint, read_problems, reason
from connector.records import Order, OrderLine
from tests.logged import Logged

MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Kept:
    """The problems of a client between its runs; goes through JSON, as a store would."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}

    def items(self) -> Iterable[tuple[str, Any]]:
        return [(key, msgspec.json.decode(row)) for key, row in self.rows.items()]

    def put(self, key: str, value: Any) -> None:
        self.rows[key] = msgspec.json.encode(value)

    def delete(self, key: str) -> None:
        del self.rows[key]

    def run(self, hour: int = 0, language: str = "en") -> Ledger:
        """Begins a run some hours after the morning."""
        return Ledger(self, lambda: MORNING + timedelta(hours=hour), language, client="acme")

    def problems(self) -> list[Problem]:
        return read_problems(self.items())


def without_street(ledger: Ledger, order_id: str = "1", **more: Any) -> Problem:
    return ledger.report("order_receiver_missing", "orders", order_id, "A-1001", {"what": "street"}, **more)


def test_a_problem_says_what_is_wrong_with_which_record() -> None:
    kept = Kept()
    without_street(kept.run())
    (problem,) = kept.problems()
    assert (problem.flow, problem.record_id, problem.number, problem.count) == ("orders", "1", "A-1001", 1)
    assert (problem.first_seen, problem.last_seen, problem.level) == (MORNING, MORNING, "error")
    assert reason(problem, "en") == "The delivery address is not complete; missing: street."


def test_a_problem_that_is_reported_again_is_counted_and_keeps_its_id() -> None:
    kept = Kept()
    first = without_street(kept.run())
    again = without_street(kept.run(hour=1))
    assert (again.id, again.count, again.first_seen) == (first.id, 2, MORNING)
    assert again.last_seen == MORNING + timedelta(hours=1)


def test_the_log_names_a_problem_when_it_opens_and_closes_and_never_between(
    logged: Logged,
) -> None:
    kept = Kept()
    for hour in range(3):
        without_street(kept.run(hour))
    kept.run(hour=3).settle("orders", "1")
    opened, closed = logged.of("connector.problems")
    assert (opened["level"], opened["event"]) == ("warning", "problem opened")
    assert (closed["level"], closed["event"]) == ("info", "problem closed")
    assert opened["reason"] == "The delivery address is not complete; missing: street."
    assert opened["hint"].startswith("Complete the delivery address")
    fields = {"client": "acme", "flow": "orders", "record_id": "1", "number": "A-1001"}
    assert fields.items() <= opened.items()
    assert fields.items() <= closed.items()
    assert opened["problem"] == closed["problem"]


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("order_nothing_to_ship", "info"),  # an information
        (
            "service_unreachable",
            "info",
        ),  # the next run tries again; `freshness` follows where that is in vain
        ("freshness", "warning"),
        ("order_change_refused", "warning"),  # goes on, but somebody has to look
        ("product_ean_missing", "warning"),
    ],
)
def test_what_needs_no_person_now_is_logged_as_information(logged: Logged, code: str, level: str) -> None:
    Kept().run().report(code, "orders", "1")
    assert [line["level"] for line in logged.of("connector.problems")] == [level]


def test_a_record_that_goes_through_closes_its_problems_in_that_flow_only() -> None:
    kept = Kept()
    run = kept.run()
    for order_id in ("1", "2"):
        without_street(run, order_id)
    run.report("refused", "cancellations", "1")
    later = kept.run(hour=1)
    later.settle("orders", "1")
    assert [(p.flow, p.record_id) for p in later.closed] == [("orders", "1")]
    assert [(p.flow, p.record_id) for p in later.open] == [("cancellations", "1"), ("orders", "2")]


def test_settling_a_record_keeps_what_this_run_reported_of_it() -> None:
    kept = Kept()
    run = kept.run()
    without_street(run)
    run.report("country_code_invalid", "orders", "1", params={"value": "Deutschland"})
    later = kept.run(hour=1)
    without_street(later)
    later.settle("orders", "1")
    assert [problem.code for problem in later.open] == ["order_receiver_missing"]
    assert [problem.code for problem in later.closed] == ["country_code_invalid"]


def test_the_end_of_a_flow_closes_problems_of_records_that_are_no_longer_offered() -> None:
    kept = Kept()
    run = kept.run()
    for order_id in ("1", "2"):
        without_street(run, order_id)
    run.report("product_sku_missing", "products", "7")
    later = kept.run(hour=1)
    without_street(later, "2")
    later.settle_flow("orders")
    assert [(p.flow, p.record_id) for p in later.open] == [("orders", "2"), ("products", "7")]


def test_X2_what_is_reported_only_once_stays_open_for_a_week() -> None:
    kept = Kept()
    kept.run().report("order_cancel_refused", "cancellations", "1", params={"status": "PACKED"})
    kept.run(hour=7 * 24 - 1).settle_flow("cancellations")
    assert [problem.is_open for problem in kept.problems()] == [True]
    kept.run(hour=7 * 24 + 1).settle_flow("cancellations")
    assert [problem.is_open for problem in kept.problems()] == [False]


def test_a_problem_that_comes_back_is_opened_again_under_its_old_id() -> None:
    kept = Kept()
    first = without_street(kept.run())
    kept.run(hour=1).settle("orders", "1")
    back = kept.run(hour=2)
    problem = without_street(back)
    assert (problem.id, problem.count, problem.is_open) == (first.id, 2, True)
    assert back.opened == (problem,)


def test_a_run_knows_what_it_opened_and_closed() -> None:
    kept = Kept()
    without_street(kept.run())
    later = kept.run(hour=1)
    without_street(later, "2")
    later.settle_flow("orders")
    assert [problem.record_id for problem in later.opened] == ["2"]
    assert [problem.record_id for problem in later.closed] == ["1"]


def test_two_lines_with_the_same_problem_are_one_problem_that_names_both() -> None:
    run = Kept().run()
    run.report("order_product_unknown", "orders", "1", params={"line": "1", "name": "Cup", "sku": "C-1"})
    run.report("order_product_unknown", "orders", "1", params={"line": "3", "name": "Plate", "sku": "C-1"})
    (problem,) = run.open
    assert (dict(problem.params), problem.count) == ({"line": "1, 3", "name": "Cup, Plate", "sku": "C-1"}, 1)


def test_a_corrected_mistake_shows_what_is_still_wrong() -> None:
    kept = Kept()
    kept.run().report("order_receiver_missing", "orders", "1", params={"what": "street, zip"})
    problem = without_street(kept.run(hour=1))
    assert problem.params == {"what": "street"}


def test_the_record_is_kept_as_it_was_read_until_the_problem_closes() -> None:
    kept = Kept()
    order = Order(id="1", lines=(OrderLine(id="1", quantity="1.5"),))  # type: ignore[arg-type]
    without_street(kept.run(), record=order)
    assert kept.problems()[0].record == {"id": "1", "lines": [{"id": "1", "quantity": "1.5"}]}
    kept.run(hour=1).settle("orders", "1")
    assert kept.problems()[0].record is None


def test_closed_problems_are_forgotten_after_90_days() -> None:
    kept = Kept()
    without_street(kept.run())
    kept.run().settle("orders", "1")
    kept.run(hour=90 * 24)
    assert len(kept.problems()) == 1
    kept.run(hour=90 * 24 + 1)
    assert not kept.problems()


def test_of_closed_problems_the_newest_thousand_are_kept() -> None:
    kept = Kept()
    for hour, order_ids in ((0, range(10)), (1, range(10, 1_010))):
        run = kept.run(hour)
        for order_id in order_ids:
            without_street(run, str(order_id))
        kept.run(hour).settle_flow("orders")
    kept.run(hour=2)
    assert {problem.record_id for problem in kept.problems()} == {str(number) for number in range(10, 1_010)}


def test_an_open_problem_can_be_ignored_until_it_closes() -> None:
    kept = Kept()
    problem = without_street(kept.run())
    kept.run().ignore(problem.id, "collected by the customer")
    assert without_street(kept.run(hour=1)).ignored == "collected by the customer"
    kept.run(hour=2).settle("orders", "1")
    assert not without_street(kept.run(hour=3)).ignored


def test_ignoring_a_problem_that_nobody_has_is_refused() -> None:
    with pytest.raises(
        NotFound, match="client `acme` has no open problem `12345678`; `connector problems` lists"
    ):
        Kept().run().ignore("12345678", "")


def test_every_problem_has_an_id_of_its_own() -> None:
    run = Kept().run()
    ids = {without_street(run, str(number)).id for number in range(20_000)}
    assert len(ids) == 20_000
    assert {len(each) for each in ids} == {8}


def test_what_came_from_outside_can_not_move_the_cursor_or_fill_the_disk() -> None:
    problem = (
        Kept().run().report("refused_unclear", "orders", "1", params={"answer": "a\x1b[2J\n b" + "x" * 999})
    )
    assert problem.params["answer"].startswith("a [2J b")
    assert len(problem.params["answer"]) == 300


def test_an_entry_that_can_not_be_read_is_dropped_and_the_others_stay() -> None:
    kept = Kept()
    without_street(kept.run())
    kept.put("broken", {"code": 1})
    assert len(kept.run(hour=1).open) == 1
    assert "broken" not in kept.rows


def test_the_words_are_those_of_the_language_asked_for() -> None:
    problem = without_street(Kept().run(language="de"))
    assert reason(problem, "de") == "Die Lieferadresse ist unvollständig; es fehlt: Straße."
    assert hint(problem, "fr") == hint(problem, "en")

"""What machines ask: figures, whether the process lives, and whether it can do its work."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from connector.health import LONGEST_TURN_S, Pulse
from connector.metrics import STREAMS, Metrics
from connector.overview import SHOWN
from connector.secret import Secret
from tests.core.web.office import TOKEN, Browser, Office


def lines_of(text: str, name: str) -> list[str]:
    """The values of one figure."""
    return [line for line in text.splitlines() if line.startswith(f"{name}{{")]


def with_figures(office: Office, **terms: Any) -> Browser:
    """The page as `connector web` offers it."""
    metrics = Metrics()
    return office.page(figures=metrics.render, meter=metrics, **terms)


def test_the_page_reads_all_of_a_state_that_figures_need() -> None:
    assert STREAMS <= SHOWN


def test_figures_tell_of_all_clients_what_their_states_remember(office: Office) -> None:
    office.add("calm")
    office.stock_the_shop(1)
    office.world.run()
    office.report()
    answer = with_figures(office).get("/metrics")
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )
    assert lines_of(answer.text, "connector_runs_total") == [
        'connector_runs_total{client="acme",result="completed"} 1.0'
    ]
    problems = lines_of(answer.text, "connector_problems_open")
    assert 'connector_problems_open{client="acme",level="error"} 1.0' in problems
    assert 'connector_problems_open{client="calm",level="error"} 0.0' in problems


def test_figures_follow_the_states(office: Office) -> None:
    page = with_figures(office)
    for count in (1, 3):
        office.report(count)
        said = f'connector_problems_open{{client="acme",level="error"}} {count}.0'
        assert said in page.get("/metrics").text


def test_figures_tell_how_long_the_calls_of_this_process_take(office: Office) -> None:
    page = with_figures(office)
    assert lines_of(page.get("/metrics").text, "connector_calls_total") == []
    page.send("/explain", number="A-1", client="acme")
    calls = lines_of(page.get("/metrics").text, "connector_calls_total")
    assert any('service="billbee"' in line for line in calls)


def test_a_client_whose_state_is_damaged_costs_no_other_its_figures(office: Office) -> None:
    office.add("other")
    office.report()
    (office.world.state_dir / "acme.json").write_text("{")
    problems = lines_of(with_figures(office).get("/metrics").text, "connector_problems_open")
    assert {line.partition('"')[2].partition('"')[0] for line in problems} == {"other"}


def test_without_clients_figures_say_what_is_missing(office: Office) -> None:
    (office.config / "clients" / "acme.toml").unlink()
    answer = with_figures(office).get("/metrics")
    assert (answer.status_code, "there are no clients in" in answer.text) == (503, True)


@pytest.mark.parametrize(
    ("silent_s", "status", "said"),
    [
        (0, 200, "ok hourly loop: last turn 0 s ago\n"),
        (LONGEST_TURN_S + 1, 503, "FAIL hourly loop: last turn 61 s ago\n"),
    ],
)
def test_a_process_whose_loop_is_stuck_does_not_live(
    office: Office, silent_s: float, status: int, said: str
) -> None:
    page = office.page(pulse=Pulse(office.world.clock))
    asyncio.run(office.world.clock.sleep(silent_s))
    answer = page.get("/healthz")
    assert (answer.status_code, answer.text) == (status, said)
    assert page.get("/readyz").status_code == status


def test_not_ready_when_all_clients_are_late(office: Office) -> None:
    office.stock_the_shop(1)
    office.world.run()
    office.world.later(hours=3)
    answer = office.page().get("/readyz")
    assert answer.status_code == 503
    assert "FAIL clients: 1 of 1 had no complete run for twice their interval: acme since" in answer.text


def test_ready_although_one_of_several_clients_is_late_or_damaged(office: Office) -> None:
    office.stock_the_shop(1)
    office.world.run()
    office.world.later(hours=3)
    for name in ("calm", "damaged"):
        office.add(name)
    office.world.run(name="calm")
    (office.world.state_dir / "damaged.json").write_text("{")
    answer = office.page().get("/readyz")
    assert answer.status_code == 200
    assert "ok clients: 1 of 3 had no complete run" in answer.text
    assert "ok states: 1 of 3 can't be read: damaged; `connector status` says why" in answer.text


def test_not_ready_when_no_state_can_be_read(office: Office) -> None:
    office.report()
    (office.world.state_dir / "acme.json").write_text("{")
    answer = office.page().get("/readyz")
    assert (answer.status_code, "FAIL states: 1 of 1 can't be read" in answer.text) == (503, True)


def test_not_ready_when_no_state_can_be_written(office: Office) -> None:
    (office.config / "file").touch()
    office.write("settings.toml", f'state_dir = "{office.config}/file"\n')
    answer = office.page().get("/readyz")
    assert (answer.status_code, "FAIL state_dir: " in answer.text) == (503, True)


def test_only_who_may_see_the_pages_is_told_what_was_found(office: Office) -> None:
    page = office.page(token=Secret(TOKEN))
    assert (page.get("/healthz").text, page.get("/readyz").text) == ("ok\n", "ready\n")
    told = page.get("/readyz", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert "ok clients: none of 1 is late\n" in told
    office.report()
    (office.world.state_dir / "acme.json").write_text("{")
    asyncio.run(office.world.clock.sleep(10))
    assert (page.get("/readyz").status_code, page.get("/readyz").text) == (503, "not ready\n")


def test_who_asks_again_at_once_costs_no_look_at_the_clients(office: Office) -> None:
    page = office.page()
    assert page.get("/readyz").status_code == 200
    office.report()
    (office.world.state_dir / "acme.json").write_text("{")
    assert page.get("/readyz").status_code == 200
    asyncio.run(office.world.clock.sleep(10))
    assert page.get("/readyz").status_code == 503

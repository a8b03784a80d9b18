"""Retry and ignore from the page: only where it is allowed, and only by a form of ours."""

from __future__ import annotations

import asyncio
import re

import pytest

from connector.secret import Secret
from connector.state import TinyStore
from connector_sandbox.seed import ean13
from tests.core.web.office import TOKEN, Browser, Office


def problem_on(page: Browser) -> str:
    """The address of the only problem on acme's page."""
    (found,) = re.findall(r'<li id="p-(\w+)"', page.get("/clients/acme").text)
    return f"/clients/acme/problems/{found}"


def ignored(office: Office) -> list[str]:
    found: list[str] = []
    office.remember(lambda ledger, _: found.extend(problem.ignored for problem in ledger.open))
    return found


def test_a_problem_is_ignored_with_the_reason(office: Office) -> None:
    office.report()
    page = office.page(allow_changes=True)
    answer = page.send(f"{problem_on(page)}/ignore", why="collected by the customer")
    assert (answer.status_code, answer.headers["location"]) == (303, "/clients/acme?done=ignored#problems")
    shown = page.get("/clients/acme?done=ignored").text
    assert "The problem is ignored until it closes." in shown
    assert "Ignored: collected by the customer" in shown
    assert ignored(office) == ["collected by the customer"]


def test_retry_lets_the_next_run_send_the_product_again(office: Office) -> None:
    _, second = office.stock_the_shop(2)
    office.world.run()
    office.world.shop.change_product(second, EAN=ean13(1))
    office.world.run()
    page = office.page(allow_changes=True)
    answer = page.send(f"{problem_on(page)}/retry")
    assert answer.headers["location"] == "/clients/acme?done=resend_product#problems"
    assert "The next run sends the product again" in page.get("/clients/acme?done=resend_product").text
    assert office.world.run().flows["products"].sent == 1


def test_retry_of_a_record_that_is_tried_anyway_says_so(office: Office) -> None:
    office.report()
    page = office.page(allow_changes=True)
    assert "done=each_run" in page.send(f"{problem_on(page)}/retry").headers["location"]


def test_a_page_that_is_read_only_has_no_buttons_and_refuses_the_forms(office: Office) -> None:
    office.report()
    page = office.page()
    address = problem_on(page)
    assert "/ignore" not in page.get("/clients/acme").text
    answer = page.send(f"{address}/ignore", why="x")
    assert (answer.status_code, "--allow-changes" in answer.text) == (403, True)
    assert page.send(f"{address}/retry").status_code == 403
    assert ignored(office) == [""]


@pytest.mark.parametrize("path", ["/retry", "/ignore"])
@pytest.mark.parametrize("form", [{}, {"form": ""}, {"form": "0" * 64}, {"form": "ä"}])
def test_a_form_that_is_not_ours_changes_nothing(office: Office, path: str, form: dict[str, str]) -> None:
    office.report()
    page = office.page(allow_changes=True)
    answer = page.post(f"{problem_on(page)}{path}", {**form, "why": "x"})
    assert (answer.status_code, "The form has become too old" in answer.text) == (403, True)
    assert ignored(office) == [""]


def test_a_form_belongs_to_the_session_that_it_was_shown_in(office: Office) -> None:
    office.report()
    app = office.app(token=Secret(TOKEN), allow_changes=True)
    mine, other = Browser(app), Browser(app)
    for browser in (mine, other):
        browser.post("/login", {"token": TOKEN})
    assert mine.post("/logout", {"form": other.form_token()}).status_code == 403
    assert mine.post("/logout", {"form": mine.form_token()}).status_code == 303


def test_a_program_that_shows_the_token_needs_no_form_of_ours(office: Office) -> None:
    office.report()
    page = office.page(token=Secret(TOKEN), allow_changes=True)
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    (found,) = re.findall(r'<li id="p-(\w+)"', page.get("/clients/acme", headers=bearer).text)
    answer = page.post(f"/clients/acme/problems/{found}/ignore", {"why": "by a script"}, headers=bearer)
    assert answer.status_code == 303
    assert ignored(office) == ["by a script"]


def test_ignoring_without_a_reason_says_what_is_missing(office: Office) -> None:
    office.report()
    page = office.page(allow_changes=True)
    answer = page.send(f"{problem_on(page)}/ignore", why="  ")
    assert (answer.status_code, "Say why nobody has to look" in answer.text) == (400, True)


def test_a_problem_that_has_closed_meanwhile_is_told(office: Office) -> None:
    office.report()
    page = office.page(allow_changes=True)
    address = problem_on(page)
    office.remember(lambda ledger, _: ledger.settle("orders", "1"))
    answer = page.send(f"{address}/retry")
    assert (answer.status_code, "there is no open problem" in answer.text) == (409, True)


def test_C3_a_client_that_is_being_run_is_left_alone(office: Office) -> None:
    office.report()
    page = office.page(allow_changes=True)
    address = problem_on(page)
    state = asyncio.run(TinyStore(office.world.state_dir, office.world.clock).acquire("acme"))
    answer = page.send(f"{address}/ignore", why="x")
    running = page.get("/clients/acme").text
    asyncio.run(state.release())
    assert (answer.status_code, "is being run by process" in answer.text) == (409, True)
    assert "Running now: process" in running
    assert ignored(office) == [""]


@pytest.mark.parametrize("path", ["/clients/acne/problems/1/retry", "/clients/..%2f/problems/1/retry"])
def test_a_client_that_nobody_has_can_not_be_changed(office: Office, path: str) -> None:
    assert office.page(allow_changes=True).send(path).status_code == 404
    assert not list(office.world.state_dir.parent.glob("*.lock"))

"""The page as people use it: by keyboard, without JavaScript, live, and behind the token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.scene import HOSTILE, aside, served
from tests.core.web.office import TOKEN, Office
from tests.world import World


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[tuple[Office, str]]:
    """An installation with one problem, to change, and its page."""

    def begin() -> Office:
        office = Office(tmp_path, World(tmp_path / "state"))
        office.report()
        return office

    office = aside(begin)
    with served(office.app(allow_changes=True)) as url:
        yield office, url


def test_by_keyboard_the_first_stop_leads_past_the_head(open_page: OpenPage, site: str) -> None:
    page = open_page(site)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_by_keyboard_a_problem_can_be_ignored(open_page: OpenPage, fresh: tuple[Office, str]) -> None:
    page = open_page(f"{fresh[1]}/clients/acme")
    page.locator("summary", has_text="Ignore").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("collected by the customer")
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice.good")
    assert page.get_by_text("Ignored: collected by the customer").is_visible()


def test_whatever_has_the_focus_shows_it(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}/clients/acme")
    for _ in range(25):
        page.keyboard.press("Tab")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2, page.evaluate("document.activeElement.outerHTML")


def test_without_javascript_everything_is_there(open_page: OpenPage, fresh: tuple[Office, str]) -> None:
    page = open_page(f"{fresh[1]}/clients/acme", java_script_enabled=False)
    assert page.get_by_text("2026-03-02 12:00 UTC").first.is_visible()
    page.get_by_role("button", name="Try anew").click()
    assert page.get_by_text("Nothing has to be done for that").is_visible()
    page.get_by_label("Order number or SKU").fill("A-0001")
    page.get_by_role("button", name="Explain").first.click()
    assert page.get_by_role("heading", name="A-0001").is_visible()


def test_with_javascript_times_are_those_of_the_reader(
    open_page: OpenPage, fresh: tuple[Office, str]
) -> None:
    times = {
        zone: open_page(f"{fresh[1]}/clients/acme", timezone_id=zone).locator("time").last.inner_text()
        for zone in ("Europe/Berlin", "America/New_York")
    }
    assert "13:00" in times["Europe/Berlin"]
    assert "07:00" in times["America/New_York"]


def test_the_page_stays_up_to_date_until_it_is_paused(open_page: OpenPage, fresh: tuple[Office, str]) -> None:
    office, url = fresh
    page = open_page("about:blank")
    page.clock.install()
    page.goto(f"{url}/clients/acme")
    page.locator("#runs-title").wait_for()
    aside(lambda: office.report(2))
    page.clock.run_for(6_000)
    page.locator(".problem").nth(1).wait_for()
    page.get_by_role("button", name="Pause live updates").click()
    aside(lambda: office.report(3))
    page.clock.run_for(60_000)
    assert page.locator(".problem").count() == 2
    page.get_by_role("button", name="Resume live updates").click()
    page.clock.run_for(6_000)
    page.locator(".problem").nth(2).wait_for()


def test_nobody_loses_what_they_type_when_the_page_is_brought_up_to_date(
    open_page: OpenPage, fresh: tuple[Office, str]
) -> None:
    office, url = fresh
    page = open_page("about:blank")
    page.clock.install()
    page.goto(f"{url}/clients/acme")
    page.locator("summary", has_text="Ignore").click()
    page.get_by_label("Why nobody has to look at it").fill("collec")
    aside(lambda: office.report(2))
    with page.expect_response(lambda answer: answer.status == 200):
        page.clock.run_for(6_000)
    assert page.get_by_label("Why nobody has to look at it").input_value() == "collec"
    page.locator("h1").click()
    page.clock.run_for(6_000)
    page.locator(".problem").nth(1).wait_for()
    assert page.locator("details[id^=i-]").first.get_attribute("open") == ""


def test_who_wants_less_motion_gets_none(open_page: OpenPage, site: str) -> None:
    moving, still = (
        open_page(site, reduced_motion=wish).evaluate(
            "getComputedStyle(document.querySelector('a')).transitionDuration"
        )
        for wish in ("no-preference", "reduce")
    )
    assert (moving, still) == ("0.12s, 0.12s", "0s")


def test_the_run_below_the_pointer_is_named(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}/clients/acme")
    drawing = page.locator(".chart svg").first
    box = drawing.bounding_box()
    assert box is not None
    drawing.hover(position={"x": box["width"] - 2, "y": 5})
    assert "Completed" in page.locator(".pointed").inner_text()
    drawing.hover(position={"x": 2, "y": 5})  # before the first run
    assert page.locator(".pointed").inner_text() == ""


def test_behind_the_token_one_logs_in_and_out(open_page: OpenPage, locked_site: str) -> None:
    page = open_page(f"{locked_site}/clients/acme?page=1")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Log in").click()
    assert page.url == f"{locked_site}/clients/acme?page=1"
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    page.get_by_role("button", name="Log out").click()
    page.goto(locked_site)
    assert page.get_by_label("Token").is_visible()


def test_a_wrong_token_is_told(open_page: OpenPage, locked_site: str, complaints: list[str]) -> None:
    page = open_page(locked_site)
    page.get_by_label("Token").fill("wrong")
    with page.expect_response(lambda answer: answer.status == 403):
        page.get_by_role("button", name="Log in").click()
    assert page.get_by_text("This is not the token.").is_visible()
    (refused,) = complaints
    assert "403 (Forbidden)" in refused
    complaints.clear()


def test_the_language_is_chosen_by_a_link(open_page: OpenPage, site: str) -> None:
    page = open_page(site)
    page.get_by_role("link", name="Deutsch").click()
    assert page.get_by_role("heading", name="Mandanten").is_visible()
    page.get_by_role("link", name="acme").click()
    assert page.get_by_role("heading", name="Läufe").is_visible()


def test_what_comes_from_outside_runs_nothing(open_page: OpenPage, fresh: tuple[Office, str]) -> None:
    office, url = fresh
    params = dict.fromkeys(("service", "call", "status", "answer"), HOSTILE)
    aside(lambda: office.report(1, "refused", params=params))
    page = open_page(f"{url}/clients/acme")
    page.locator(".problem").nth(1).wait_for()
    assert page.title() == "acme · connector"
    assert page.locator("img").count() == 0

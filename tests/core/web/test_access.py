"""Who may see the page: the token, sessions, and what is open to everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.secret import Secret
from connector.testing.clock import FakeClock
from connector.web.access import LASTS, Access
from tests.core.web.office import TOKEN, Browser, Office

BEHIND = {"token": Secret(TOKEN)}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def logged_in(page: Browser) -> Browser:
    assert page.post("/login", {"token": TOKEN}).status_code == 303
    return page


def test_without_a_token_the_page_is_open(office: Office) -> None:
    assert office.page().get("/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/clients/acme", "/clients/nobody", "/plugins", "/explain", "/no/such/page"]
)
def test_with_a_token_every_page_asks_for_it_first(office: Office, path: str) -> None:
    answer = office.page(**BEHIND).get(path)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
    assert "acme" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/login", "/static/page.css"])
def test_probes_the_login_and_the_style_are_open(office: Office, path: str) -> None:
    assert office.page(**BEHIND).get(path).status_code == 200


def test_figures_for_machines_are_behind_the_token(office: Office) -> None:
    page = office.page(**BEHIND)
    assert page.get("/metrics").status_code == 401
    assert page.get("/metrics", headers=BEARER).status_code == 404  # nobody keeps figures here


def test_the_token_opens_a_session_that_scripts_and_other_sites_can_not_use(office: Office) -> None:
    page = office.page(**BEHIND)
    answer = page.post("/login", {"token": TOKEN, "next": "/clients/acme?page=2"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/clients/acme?page=2")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert page.get("/").status_code == 200


def test_the_cookie_is_for_https_alone_where_the_page_is_asked_for_by_https(office: Office) -> None:
    answer = office.page(**BEHIND).post("https://localhost/login", {"token": TOKEN})
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ä" * 9])
def test_a_wrong_token_opens_nothing_and_costs_a_second(office: Office, token: str) -> None:
    page = office.page(**BEHIND)
    before = office.world.clock.monotonic()
    answer = page.post("/login", {"token": token})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert "This is not the token." in answer.text
    assert office.world.clock.monotonic() - before >= 1
    assert page.get("/").status_code == 303


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer  {TOKEN}", 200),
        ("Bearer wrong", 401),
        (f"Basic {TOKEN}", 401),
        (TOKEN, 401),
    ],
)
def test_a_program_shows_the_token_with_each_request(office: Office, authorization: str, status: int) -> None:
    answer = office.page(**BEHIND).get("/", headers={"Authorization": authorization})
    assert answer.status_code == status


def test_who_logs_out_is_out(office: Office) -> None:
    page = logged_in(office.page(**BEHIND))
    kept = page.cookies
    assert page.send("/logout").status_code == 303
    page.cookies = kept  # as somebody who copied them
    assert page.get("/").status_code == 303


@pytest.mark.parametrize(
    "after", ["//evil.example.com", "https://evil.example.com", "/\\evil.example.com", "x", "", "/login"]
)
def test_after_logging_in_nobody_is_led_to_another_site(office: Office, after: str) -> None:
    answer = office.page(**BEHIND).post("/login", {"token": TOKEN, "next": after})
    assert answer.headers["location"] == "/"


def test_a_session_ends_after_a_week() -> None:
    clock = FakeClock()
    now = clock.now()
    access = Access(Secret(TOKEN), lambda: now)
    cookies = {"connector_session": access.log_in()}
    assert access.visitor("", cookies) is not None
    now += LASTS - timedelta(seconds=1)
    assert access.visitor("", cookies) is not None
    now += timedelta(seconds=1)
    assert access.visitor("", cookies) is None


def test_sessions_do_not_pile_up() -> None:
    access = Access(Secret(TOKEN), FakeClock().now)
    first, *_, last = [access.log_in() for _ in range(1_500)]
    assert access.visitor("", {"connector_session": first}) is None
    assert access.visitor("", {"connector_session": last}) is not None


def test_the_token_is_never_shown(office: Office) -> None:
    office.write(
        "settings.toml", f'{(office.config / "settings.toml").read_text()}\n[web]\ntoken = "{TOKEN}"\n'
    )
    page = logged_in(office.page(**BEHIND))
    assert "web.token" in page.get("/plugins").text
    assert TOKEN not in page.get("/plugins").text

"""What stands before all pages: foreign names, foreign forms, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html.parser import HTMLParser

import pytest

from connector.history import Kept
from connector.web.guard import HEADERS
from tests.core.web.office import Office

ANSWERS = [
    "/",
    "/clients/acme",
    "/plugins",
    "/explain",
    "/login",
    "/static/page.js",
    "/healthz",
    "/metrics",
    "/none",
    "/clients/x",
]


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_carries_the_security_headers(office: Office, path: str) -> None:
    answer = office.page().get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS)


def test_a_bug_is_a_page_with_the_headers_and_without_the_cause(office: Office) -> None:
    def broken(states: Mapping[str, Kept], now: datetime) -> str:
        raise ValueError(f"{len(states)} at {now}")

    answer = office.page(figures=broken).get("/metrics")
    assert answer.status_code == 500
    assert "A fault in the program; the log has the traceback." in answer.text
    assert "1 at " not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


class Forbidden(HTMLParser):
    """Collects what the headers forbid: styles and scripts within a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]


@pytest.mark.parametrize(
    "path", ["/", "/clients/acme", "/clients/acme/settings", "/plugins", "/explain", "/none"]
)
def test_no_page_needs_what_the_headers_forbid(office: Office, path: str) -> None:
    office.report()
    assert Forbidden(office.page(allow_changes=True).get(path).text).found == []


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8080", 200),
        ("evil.example.com:8080", 400),  # DNS rebinding: a foreign name that points to this machine
    ],
)
@pytest.mark.parametrize("path", ["/", "/static/page.css", "/login"])
def test_a_foreign_name_gets_nothing(office: Office, host: str, status: int, path: str) -> None:
    answer = office.page().get(path, headers={"Host": host})
    assert answer.status_code in {status, 303}
    if status == 400:
        assert "web.hosts" in answer.text


def test_probes_answer_under_any_name(office: Office) -> None:
    assert office.page().get("/healthz", headers={"Host": "pod-7:8080"}).text == "ok\n"
    assert office.page().get("/readyz", headers={"Host": "pod-7:8080"}).text == "ready\n"


def test_not_ready_where_the_settings_can_not_be_read(office: Office) -> None:
    page = office.page()
    for file in (office.config / "clients").iterdir():
        file.unlink()
    answer = page.get("/readyz")
    assert answer.status_code == 503
    assert "FAIL settings: there are no clients in " in answer.text
    assert page.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # no browser
        ({"Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example.com"}, 403),
        ({"Origin": "http://localhost:9090"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_form_of_another_site_is_refused_although_it_knows_the_page(
    office: Office, headers: dict[str, str], status: int
) -> None:
    page = office.page()
    form = {"form": page.form_token(), "client": "acme", "number": "1"}
    assert page.post("/explain", form, headers=headers).status_code == status


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/page.html", "/static/%2e%2e/app.py", "/static/"]
)
def test_only_the_three_files_are_served(office: Office, path: str) -> None:
    assert office.page().get(path).status_code == 404


def test_files_are_kept_by_browsers_for_as_long_as_they_stay_the_same(office: Office) -> None:
    page = office.page()
    link = page.get("/").text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = page.get(link)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert page.get("/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{}", {"Content-Type": "application/json"}, 400),
        (b"a=%ff", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"\xff", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"a=1&" * 50, {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"x" * 20_000, {"Content-Type": "application/x-www-form-urlencoded"}, 413),
    ],
)
def test_what_is_no_small_form_is_refused(
    office: Office, content: bytes, headers: dict[str, str], status: int
) -> None:
    assert office.page().ask("POST", "/explain", content=content, headers=headers).status_code == status


def test_a_method_that_a_page_does_not_know_is_told(office: Office) -> None:
    answer = office.page().ask("DELETE", "/clients/acme")
    assert (answer.status_code, "asked that way" in answer.text) == (405, True)

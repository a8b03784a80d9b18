"""Every page passes axe-core's rules, on every kind of screen, and complains of nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import OpenPage

PAGES = {
    "clients": "/",
    "client": "/clients/acme",
    "client-without-runs": "/clients/teehaus",
    "client-with-wrong-settings": "/clients/umzug",
    "closed-problems": "/clients/acme?show=closed",
    "settings": "/clients/acme/settings",
    "wrong-settings": "/clients/umzug/settings",
    "plugins": "/plugins",
    "search": "/explain",
}
SCREENS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}, "has_touch": True},
    "phone-dark": {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}, "locale": "de-DE"},
    "zoomed": {"color_scheme": "light", "viewport": {"width": 320, "height": 256}},  # 400 % of a small screen
}
RULES = """async () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}"""


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_passes_all_rules_and_is_never_wider_than_the_screen(
    open_page: OpenPage, site: str, axe: str, path: str, screen: str
) -> None:
    page = open_page(site + path, **SCREENS[screen])
    page.evaluate(axe)
    assert page.evaluate(RULES) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("screen", ["light", "dark", "phone"])
def test_the_login_passes_all_rules(open_page: OpenPage, locked_site: str, axe: str, screen: str) -> None:
    page = open_page(locked_site, **SCREENS[screen])
    page.evaluate(axe)
    assert page.evaluate(RULES) == []


def test_an_explanation_passes_all_rules(open_page: OpenPage, site: str, axe: str) -> None:
    page = open_page(f"{site}/clients/acme")
    page.get_by_role("button", name="Explain").last.click()
    page.wait_for_selector(".story")
    page.evaluate(axe)
    assert page.evaluate(RULES) == []


def test_the_page_of_a_mistake_passes_all_rules(
    open_page: OpenPage, site: str, axe: str, complaints: list[str]
) -> None:
    page = open_page(f"{site}/clients/acne")
    page.evaluate(axe)
    assert page.evaluate(RULES) == []
    (missing,) = complaints
    assert "404 (Not Found)" in missing
    complaints.clear()

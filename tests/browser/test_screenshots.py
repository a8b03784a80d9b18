"""The pictures of the README: drawn in every run, and written to docs/screenshots where SCREENSHOTS is set."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.testing.clock import NOON
from tests.browser.conftest import OpenPage

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
MOST_BYTES = 150_000

LIGHT: dict[str, Any] = {"color_scheme": "light"}
DARK: dict[str, Any] = {"color_scheme": "dark"}
PICTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "clients": ("/", {**LIGHT, "viewport": {"width": 1040, "height": 660}}),
    "client": ("/clients/acme", {**LIGHT, "viewport": {"width": 1040, "height": 980}}),
    "client-dark": ("/clients/acme", {**DARK, "viewport": {"width": 1040, "height": 980}, "locale": "de-DE"}),
    "clients-phone": ("/", {**LIGHT, "viewport": {"width": 390, "height": 780}}),
    "client-phone": ("/clients/acme", {**DARK, "viewport": {"width": 390, "height": 780}}),
    "explain": ("/clients/acme", {**LIGHT, "viewport": {"width": 1040, "height": 640}}),
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_of_the_readme(open_page: OpenPage, site: str, name: str) -> None:
    path, options = PICTURES[name]
    page = open_page("about:blank", **options)
    page.clock.set_fixed_time(NOON + timedelta(days=2))
    page.goto(site + path)
    if name == "explain":
        page.get_by_role("button", name="Explain").nth(2).click()
        page.wait_for_selector(".story")
    page.locator("footer").wait_for()
    picture = page.screenshot()
    assert 10_000 < len(picture) < MOST_BYTES
    if os.environ.get("SCREENSHOTS"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(picture)


def test_the_readme_shows_pictures_that_there_are() -> None:
    readme = (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")
    assert {file.stem for file in FOLDER.glob("*.png")} == set(PICTURES)
    assert all(f"docs/screenshots/{name}.png" in readme for name in PICTURES)

"""A real Chromium; where there is none, these tests are skipped and say what is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connector.secret import Secret
from tests.browser.scene import aside, lived_in, served
from tests.core.web.office import TOKEN, Office

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "connector-framework"
AXE = CACHE / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An installation that some hours have gone over; tests that change it take a fresh one."""
    return aside(lambda: lived_in(tmp_path_factory.mktemp("lived")))


@pytest.fixture(scope="session")
def site(lived: Office) -> Iterator[str]:
    """The lived-in installation as a page that may change things."""
    with served(lived.app(allow_changes=True)) as url:
        yield url


@pytest.fixture(scope="session")
def locked_site(lived: Office) -> Iterator[str]:
    """The same behind a token."""
    with served(lived.app(token=Secret(TOKEN))) as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium here; apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is missing: pip install -e '.[dev]'")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The rules of axe-core, as a script."""
    if not AXE.is_file():
        pytest.skip(f"axe-core is missing: npm install --prefix {CACHE} axe-core")
    return AXE.read_text(encoding="utf-8")


OpenPage = Callable[..., "Page"]


@pytest.fixture
def complaints() -> list[str]:
    """What pages complained of on the console; a test takes away what it expects."""
    return []


@pytest.fixture
def open_page(chromium: Browser, complaints: list[str]) -> Iterator[OpenPage]:
    """Opens pages in a fresh browser window; the test fails where one of them complains on the console."""
    contexts = []

    def opened(url: str, **options: Any) -> Page:
        settings = {"locale": "en-GB", "timezone_id": "Europe/Berlin", **options}
        context = chromium.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []

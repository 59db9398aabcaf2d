"""A real headless Chromium, offline, and pages in it. Without one the tests are skipped, or fail with RECONCILER_REQUIRE_BROWSER=1."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REQUIRED = os.environ.get("RECONCILER_REQUIRE_BROWSER") == "1"
"""Read here: every test starts with a clean environment."""

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Open = Callable[..., "Page"]


def missing(what: str) -> Any:
    if REQUIRED:
        pytest.fail(f"RECONCILER_REQUIRE_BROWSER=1, and {what}")
    pytest.skip(f"{what}: pages are not tried in a browser here")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file, and none a moment longer: its event loop runs in the thread of the tests, and every
    test of another file that starts a loop of its own would fail beside it.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        missing(f"no {', '.join(NAMES)} is on the PATH")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a page from a file. Afterwards: no message on the console, no error, no request but for the file itself."""
    told: list[str] = []
    contexts: list[Any] = []

    def opened(markup: str, *, quiet: bool = True, width: int = 1280, **settings: Any) -> Page:
        file = tmp_path / f"page-{len(contexts)}.html"
        file.write_text(markup, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, **settings)
        contexts.append(context)
        page = context.new_page()
        if quiet:
            page.on("console", lambda message: told.append(f"console {message.type}: {message.text}"))
            page.on("pageerror", lambda error: told.append(f"error: {error}"))
            page.on(
                "request", lambda request: told.append(request.url) if request.url != file.as_uri() else None
            )
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert told == []

"""A real Chromium that fails the test on anything a browser complains about, and axe-core beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect, sync_playwright

from tests import chromium
from tests.environment import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
# A busy machine is given as long to show something as to click on it.
PATIENCE = 15_000
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.path()
    if path is None:
        pytest.fail("No Chromium found: install the package chromium, or name a browser in CHROMIUM.")
    # Playwright keeps an event loop in this thread, so Django refuses the database although nothing here is async.
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()
    patch.undo()


@pytest.fixture
def browser_faults() -> list[str]:
    """What the browser complained about. A test that expects a complaint looks at it here and clears the list."""
    return []


@pytest.fixture
def new_context(browser: Browser, browser_faults: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """new_context(viewport=…, color_scheme=…, java_script_enabled=…) → one more visitor, watched like all."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        context.route("**/*", _stay_here(browser_faults))
        context.on("page", lambda page: _watch(page, browser_faults))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert browser_faults == [], "the browser complained"


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page at a desk; console errors, uncaught exceptions, policy violations and answers of 500 fail the test."""
    return context.new_page()


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """A page on a small phone."""
    return new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).new_page()


def axe(page: Page, *, exclude: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds on this page, one readable line each; an empty list is what we want."""
    if not AXE.is_file():
        raise FileNotFoundError(f"{AXE} is missing: run `make setup`.")
    # Through the debugging protocol, which the page's Content-Security-Policy does not touch.
    page.evaluate(AXE.read_text())
    context = {"exclude": [[selector] for selector in exclude]} if exclude else None
    found = page.evaluate(
        "([context, tags]) => axe.run(context || document, {runOnly: tags, resultTypes: ['violations']})",
        [context, AXE_TAGS],
    )
    return [
        f"{rule['impact']} {rule['id']}: {rule['help']} at {' > '.join(map(str, node['target']))}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def _stay_here(faults: list[str]) -> Callable[[Route], None]:
    def decide(route: Route) -> None:
        url = route.request.url
        if urlsplit(url).scheme in {"data", "blob", "about"} or urlsplit(url).hostname in {"127.0.0.1", "localhost"}:
            route.fallback()
            return
        faults.append(f"wanted something from another machine: {url}")
        route.abort()

    return decide


def _watch(page: Page, faults: list[str]) -> None:
    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            faults.append(f"console {message.type}: {message.text} at {message.location.get('url')}")

    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))
    page.on(
        "response",
        lambda response: faults.append(f"{response.status}: {response.url}") if response.status >= 500 else None,
    )

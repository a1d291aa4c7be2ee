"""A real Chromium that fails the test on anything a browser complains about, and axe-core beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, expect, sync_playwright

from tests import chromium
from tests.environment import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"),
    # Other machines have no address. Asking us about each request would cost the browser its cache.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
# A busy machine is given as long to show something as to click on it.
PATIENCE = 30_000
# A page is judged as people see it: with all its styles and fonts, and where what moves for a moment arrives.
AT_REST = """async () => {
    await document.fonts.ready;
    const brief = (it) => it.playState === "running" && it.effect?.getComputedTiming().endTime <= 1000;
    const swapping = () => document.querySelector(".htmx-swapping, .htmx-settling, .htmx-added");
    const styled = () => [...document.querySelectorAll('link[rel="stylesheet"]')].every((link) => link.sheet);
    const quiet = () => document.readyState === "complete" && styled() && !swapping();
    while (!quiet()) await new Promise((next) => setTimeout(next, 20));
    document.getAnimations().filter(brief).forEach((it) => it.finish());
}"""
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
        # A page that waits with something turning on it would cost the tests beside it half a processor.
        still = {"reduced_motion": "reduce"}
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **still, **options}
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
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
    deadline = time.monotonic() + PATIENCE / 1000
    while True:
        try:
            return _judged(page, exclude)
        except Error as fault:
            # The page went away under us, and the next one is what is asked about.
            if "context was destroyed" not in fault.message or time.monotonic() > deadline:
                raise


def _judged(page: Page, exclude: tuple[str, ...]) -> list[str]:
    page.wait_for_load_state()
    page.evaluate(AT_REST)
    # Through the debugging protocol, which the page's Content-Security-Policy does not touch.
    if page.evaluate("!window.axe"):
        page.evaluate(_axe())
    context = {"exclude": [[selector] for selector in exclude]} if exclude else None
    # It is not in the frames, and what it calls into them is refused; what stands there has tests of its own.
    how = {"runOnly": AXE_TAGS, "resultTypes": ["violations"], "iframes": False}
    found = page.evaluate("([context, how]) => axe.run(context || document, how)", [context, how])
    return [
        f"{rule['impact']} {rule['id']}: {rule['help']} at {' > '.join(map(str, node['target']))}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@cache
def _axe() -> str:
    if not AXE.is_file():
        raise FileNotFoundError(f"{AXE} is missing: run `make setup`.")
    return AXE.read_text()


def _stays_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"data", "blob", "about"} or parts.hostname in {"127.0.0.1", "localhost"}


def _watch(page: Page, faults: list[str]) -> None:
    def heard(message: ConsoleMessage) -> None:
        # Where a page names no icon, as a mail or a line of text, the browser asks for one by itself.
        if message.type in {"error", "warning"} and urlsplit(message.location.get("url", "")).path != "/favicon.ico":
            faults.append(f"console {message.type}: {message.text} at {message.location.get('url')}")

    def asked(request: Request) -> None:
        if not _stays_here(request.url):
            faults.append(f"wanted something from another machine: {request.url}")

    page.on("console", heard)
    page.on("request", asked)
    page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))
    page.on(
        "response",
        lambda response: faults.append(f"{response.status}: {response.url}") if response.status >= 500 else None,
    )

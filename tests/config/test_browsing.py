"""The tests' browser sees what a person's browser would complain about."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.browsing import axe
from tests.environment import ROOT

INLINE_SCRIPT = "document.body.append(Object.assign(document.createElement('script'), {textContent: 'var a = 1'}))"


def test_a_violated_policy_is_noticed(live_site: str, page: Page, browser_faults: list[str]) -> None:
    page.goto(f"{live_site}/healthz")
    page.evaluate(INLINE_SCRIPT)

    assert [fault for fault in browser_faults if "Content Security Policy" in fault]
    browser_faults.clear()


def test_nothing_is_fetched_from_another_machine(live_site: str, page: Page, browser_faults: list[str]) -> None:
    page.goto(f"{live_site}/healthz")
    page.evaluate("fetch('http://cdn.example.org/a.js').catch(() => null)")

    assert browser_faults
    browser_faults.clear()


def test_an_uncaught_exception_is_noticed(page: Page, browser_faults: list[str]) -> None:
    page.goto("about:blank")
    page.evaluate("setTimeout(() => { throw new Error('broken') })")
    page.wait_for_timeout(200)

    assert browser_faults == ["uncaught: broken"]
    browser_faults.clear()


def test_axe_finds_a_picture_without_words(page: Page) -> None:
    page.set_content('<html lang="en"><title>Shop</title><main><h1>Shop</h1><img src="data:,"></main></html>')

    found = axe(page)

    assert any("image-alt" in line for line in found)


def test_axe_finds_nothing_on_a_plain_page(phone: Page) -> None:
    phone.set_content('<html lang="en"><title>Shop</title><main><h1>Shop</h1><p>Welcome</p></main></html>')

    assert axe(phone) == []


def test_plotly_in_the_browser_is_the_version_that_python_names() -> None:
    from plotly.offline import get_plotlyjs_version

    bundle = ROOT / "node_modules" / "plotly.js-basic-dist-min" / "plotly-basic.min.js"

    assert f"plotly.js (basic - minified) v{get_plotlyjs_version()}" in Path(bundle).read_text()[:300]

"""The tests' browser sees what a person's browser would complain about."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

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
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('broken') })")

    assert browser_faults == ["uncaught: broken"]
    browser_faults.clear()


def test_axe_finds_a_picture_without_words(page: Page) -> None:
    page.set_content('<html lang="en"><title>Shop</title><main><h1>Shop</h1><img src="data:,"></main></html>')

    found = axe(page)

    assert any("image-alt" in line for line in found)


def test_axe_finds_nothing_on_a_plain_page(phone: Page) -> None:
    phone.set_content('<html lang="en"><title>Shop</title><main><h1>Shop</h1><p>Welcome</p></main></html>')

    assert axe(phone) == []


LATE = b"<!doctype html><html lang=en><title>Shop</title><link rel=stylesheet href=late.css><main><h1>Shop</h1></main>"


class LateStyles(BaseHTTPRequestHandler):
    """Pale words, and after them the sheet that makes the page dark."""

    def do_GET(self) -> None:
        late = self.path.endswith(".css")
        if late:
            time.sleep(1.5)
        self.send_response(200)
        self.send_header("Content-Type", "text/css" if late else "text/html")
        self.end_headers()
        style = b"<style>h1 { color: #ccc }</style>"
        self.wfile.write(b"body { background: #000 }" if late else LATE + style)

    def log_message(self, *_said: object) -> None:
        pass


def test_axe_judges_a_page_when_its_styles_have_come(page: Page) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), LateStyles) as server:
        Thread(target=server.serve_forever).start()
        page.goto(f"http://127.0.0.1:{server.server_port}/shop", wait_until="commit")
        page.get_by_role("heading", name="Shop").wait_for()

        found = axe(page)

        server.shutdown()
    assert found == []


def test_axe_judges_what_moves_where_it_arrives(page: Page) -> None:
    page.set_content("""
        <html lang="en"><title>Shop</title>
        <style>@keyframes comes { from { color: #ccc } } h1 { color: #000; animation: comes 1s steps(1) }</style>
        <style>@keyframes turns { to { rotate: 1turn } } p { animation: turns 9s infinite }</style>
        <main><h1>Shop</h1><p>Welcome</p></main></html>
    """)

    assert axe(page) == []


def test_plotly_in_the_browser_is_the_version_that_python_names() -> None:
    from plotly.offline import get_plotlyjs_version

    bundle = ROOT / "node_modules" / "plotly.js-basic-dist-min" / "plotly-basic.min.js"

    assert f"plotly.js (basic - minified) v{get_plotlyjs_version()}" in Path(bundle).read_text()[:300]

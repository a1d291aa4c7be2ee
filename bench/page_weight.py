"""What a customer's phone must load before she can answer: one page, one style sheet, one script."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urljoin
from urllib.request import Request, urlopen

from bench import answering
from bench.report import Report

BUDGET = 20.0
_PARTS = re.compile(r'<(?:link[^>]*\brel="stylesheet"[^>]*\bhref|script[^>]*\bsrc|img[^>]*\bsrc)="([^"]+)"')


def run(report: Report) -> None:
    """Weighed as they come over the wire, compressed, from the web server itself."""
    with answering.web() as (port, _server):
        page = f"http://127.0.0.1:{port}{answering.invite(1)[0]}?s=9"
        packed, is_gzip = _load(page)
        html = (gzip.decompress(packed) if is_gzip else packed).decode()
        parts = [urljoin(page, address) for address in _PARTS.findall(html)]
        weights = [len(_load(part)[0]) for part in parts]
    report.at_most("requests for the first view", 1 + len(parts), 3)
    report.tell("the page itself", len(packed) / 1000, "kB")
    report.at_most("page, style and script, compressed", (len(packed) + sum(weights)) / 1000, BUDGET, "kB")


def _load(address: str) -> tuple[bytes, bool]:
    request = Request(address, headers={"Accept-Encoding": "gzip"})
    with urlopen(request, timeout=30) as answer:
        return answer.read(), answer.headers.get("Content-Encoding") == "gzip"

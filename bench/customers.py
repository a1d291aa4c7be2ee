"""Customers who answer as fast as they are served: `python -m bench.customers PORT HOW_MANY ANSWERS`, links on stdin.

ANSWERS is a JSON list: for each page of the survey the fields that are filled in there.
"""

from __future__ import annotations

import html
import http.client
import json
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

_NOT_ASKED = re.compile(rb"<fieldset[^>]* hidden disabled.*?</fieldset>", re.S)
_HIDDEN = re.compile(rb'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_IS_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _answer(port: int, links: list[str], answers: list[dict[str, str]]) -> list[float]:
    """One customer after the other over one connection; the seconds from page to thanks of each."""
    client, taken = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
    for link in links:
        began = time.perf_counter()
        page = _ask(client, "GET", f"{link}?s=9", 200)
        for number, fields in enumerate(answers, start=1):
            body = urlencode([*_hidden(page), *fields.items(), ("go", "on")])
            page = _ask(client, "POST", link, 303 if number == len(answers) else 200, body)
        _ask(client, "GET", f"{link}/thanks", 200)
        taken.append(time.perf_counter() - began)
    client.close()
    return taken


def _hidden(page: bytes) -> list[tuple[str, str]]:
    """What the form sends by itself."""
    found = _HIDDEN.findall(_NOT_ASKED.sub(b"", page))
    assert found, "the page has no form"
    return [(name.decode(), html.unescape(value.decode())) for name, value in found]


def _ask(client: http.client.HTTPConnection, method: str, path: str, wanted: int, body: str | None = None) -> bytes:
    client.request(method, path, body, _IS_FORM if body else {})
    answer = client.getresponse()
    content = answer.read()
    assert answer.status == wanted, f"{method} gave {answer.status}"
    return content


def main() -> None:
    port, how_many, answers = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
    links = sys.stdin.read().split()
    shares = [links[at::how_many] for at in range(how_many)]
    with ThreadPoolExecutor(how_many) as pool:
        for taken in pool.map(lambda share: _answer(port, share, answers), shares):
            print("\n".join(map(str, taken)))


if __name__ == "__main__":
    main()

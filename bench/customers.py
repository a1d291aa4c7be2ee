"""Customers who answer as fast as they are served: `python -m bench.customers PORT HOW_MANY`, links on stdin."""

from __future__ import annotations

import http.client
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

_FORM = re.compile(rb'name="form" value="([^"]+)"')
KEYS = ("nps", "delivery", "reason")


def _answer(port: int, links: list[str]) -> list[float]:
    """One customer after the other over one connection; the seconds from page to thanks of each."""
    client, taken = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
    for link in links:
        began = time.perf_counter()
        found = _FORM.search(_ask(client, "GET", f"{link}?s=9", 200))
        assert found, "the page has no form"
        fields = [("form", found[1].decode()), ("page", "0"), ("lang", "en"), ("go", "on")]
        fields += [("shown", key) for key in KEYS]
        fields += [("q-nps", "9"), ("q-delivery", "4"), ("q-reason", "Quick, and nobody had to be asked twice.")]
        _ask(client, "POST", link, 303, urlencode(fields))
        _ask(client, "GET", f"{link}/thanks", 200)
        taken.append(time.perf_counter() - began)
    client.close()
    return taken


def _ask(client: http.client.HTTPConnection, method: str, path: str, wanted: int, body: str | None = None) -> bytes:
    client.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"} if body else {})
    answer = client.getresponse()
    content = answer.read()
    assert answer.status == wanted, f"{method} gave {answer.status}"
    return content


def main() -> None:
    port, how_many = int(sys.argv[1]), int(sys.argv[2])
    links = sys.stdin.read().split()
    with ThreadPoolExecutor(how_many) as pool:
        for taken in pool.map(lambda share: _answer(port, share), [links[at::how_many] for at in range(how_many)]):
            print("\n".join(map(str, taken)))


if __name__ == "__main__":
    main()

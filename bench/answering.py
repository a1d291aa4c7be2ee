"""How many customers can answer at once, eight at a time: open the page, send each page of answers, read the thanks.

An answer is all of that: 3 requests where the survey has one page, 4 where it has two, as after a purchase.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from django.db import connection
from django.utils import timezone

from bench import processor
from bench.report import Report
from config import servers
from feedback import addresses
from feedback.models import Answer, Invitation, Response
from organizations.models import Organization
from surveys import drafting, publishing, questionnaire
from surveys.models import Basis, Survey
from tests import factories
from tests.feedback import mailings

ROOT = Path(__file__).resolve().parent.parent
CLIENTS, EACH, WARM_UP = 8, 200, 60
# LimeSurvey 6.10 on such a machine: 17-22 complete responses a second at 8 clients, 87-108 ms of CPU each.
ANSWERS, CPU, P95 = 180, 9.0, 60.0
DOCUMENT: dict[str, Any] = {
    "format": 1,
    "base_language": "en",
    "languages": ["en"],
    "pages": [
        {
            "questions": [
                {"key": "nps", "kind": "nps", "required": True, "text": {"en": "Would you recommend us?"}},
                {"key": "delivery", "kind": "csat", "text": {"en": "How satisfied are you with the delivery?"}},
                {"key": "reason", "kind": "text", "text": {"en": "What is the main reason?"}},
            ]
        }
    ],
    "endings": [{"key": "end", "title": {"en": "Thank you"}}],
}


@dataclass(frozen=True)
class Course:
    """A survey, and what is filled in on each of its pages."""

    name: str
    document: dict[str, Any] | None  # None: the ready one for after a purchase
    answers: list[dict[str, str]]

    @property
    def stored(self) -> int:
        return sum(map(len, self.answers))


SAID = "Quick, and nobody had to be asked twice."
ONE_PAGE = Course("one page", DOCUMENT, [{"q-nps": "9", "q-delivery": "4", "q-reason": SAID}])
TWO_PAGES = Course(
    "two pages",
    None,
    [{"q-nps": "9", "q-reason": SAID}, {"q-product": "5", "q-delivery": "4", "q-checkout": "5"}],
)


def run(report: Report) -> None:
    with web() as (port, server):
        for course in (ONE_PAGE, TWO_PAGES):
            _measured(report, port, course, WARM_UP, server, tells=False)
            _measured(report, port, course, CLIENTS * EACH, server, tells=True)


def invite(count: int, course: Course = TWO_PAGES) -> list[str]:
    """So many customers with a link each, in an organization of their own."""
    shop = factories.organization("Bench", slug=f"bench-{secrets.token_hex(4)}", colour="#0b7285")
    survey = _survey(shop, course.document) if course.document else factories.survey(shop)
    touchpoint = factories.touchpoint(shop, survey=survey)
    mailings.invite(touchpoint, [f"anna{number}" for number in range(count)], now=timezone.now())
    return [f"/r/{addresses.token(invitation)}" for invitation in Invitation.objects.filter(organization=shop)]


def _survey(shop: Organization, document: dict[str, Any]) -> Survey:
    author, now = factories.member(shop), timezone.now()
    made = drafting.create(
        shop,
        name="Bench",
        basis=Basis.TRANSACTIONAL,
        questionnaire=questionnaire.parse(document),
        by=author,
        now=now,
    )
    publishing.publish(made.versions.get(), by=author, now=now)
    return made


def _measured(report: Report, port: int, course: Course, count: int, server: psutil.Process, *, tells: bool) -> None:
    links = invite(count, course)
    responses, answers = Response.objects.count(), Answer.objects.count()
    connection.close()
    before, began = _cpu(server), time.perf_counter()
    times, theirs = _answer_all(port, links, course)
    span = time.perf_counter() - began
    web_used, database_used = (after - so_far for after, so_far in zip(_cpu(server), before, strict=True))
    stored = Response.objects.count() - responses
    assert stored == len(links), f"{stored} responses of {len(links)} were stored"
    assert Answer.objects.count() - answers == course.stored * len(links)
    if tells:
        requests = f"{course.name}, {len(course.answers) + 2} requests"
        report.at_least(f"{requests}: answers a second, 8 clients", len(links) / span, ANSWERS, "/s")
        report.at_most(f"{requests}: 95 of 100 within", times[int(len(times) * 0.95)] * 1000, P95, "ms")
        both = (web_used + database_used) / len(links) * 1000
        report.at_most(f"{requests}: CPU an answer", both, CPU, "ms")
        report.tell("of it the web server", web_used / len(links) * 1000, "ms")
        report.tell("of it the database", database_used / len(links) * 1000, "ms")
        report.tell("beside it the eight clients", theirs / len(links) * 1000, "ms")


def _answer_all(port: int, links: list[str], course: Course) -> tuple[list[float], float]:
    """Two processes of four clients each; the seconds of each answer, sorted, and the CPU that the clients took."""
    command = [sys.executable, "-m", "bench.customers", str(port), str(CLIENTS // 2), json.dumps(course.answers)]
    shares = [links[at::2] for at in range(2)]
    pipe, before = subprocess.PIPE, _children_used()
    clients = [subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) for _ in shares]
    for client, share in zip(clients, shares, strict=True):
        assert client.stdin
        client.stdin.write("\n".join(share))
        client.stdin.close()
    times: list[float] = []
    for client in clients:
        assert client.stdout
        times += [float(line) for line in client.stdout]
        assert client.wait(timeout=10) == 0, "a client stopped early"
    return sorted(times), _children_used() - before


def _children_used() -> float:
    """CPU seconds of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def web() -> Iterator[tuple[int, psutil.Process]]:
    """The web server as `make run` starts it, on this run's database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        *(sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind=127.0.0.1:{port}", "--workers=2", "--threads=4"),
        *("--worker-class=gthread", "--graceful-timeout=2", "--log-level=warning", "--keep-alive=5"),
    ]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ}) as process:
        try:
            _wait_for(port)
            yield port, psutil.Process(process.pid)
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the web server did not start")


def _cpu(server: psutil.Process) -> tuple[float, float]:
    """Seconds used so far by the web server and by the database."""
    of_web = processor.used([server, *server.children(recursive=True)])
    return of_web, processor.used(servers.running(Path(os.environ["DATA"])))

"""How many mails leave in a second, claims and states committed, by one process and by two."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from bench.report import Report
from feedback.models import Message
from organizations.models import Organization
from tests import factories
from tests.feedback import mailings

ROOT = Path(__file__).resolve().parent.parent
MAILS = 3000
BUDGETS = {1: 400, 2: 800}


def run(report: Report) -> None:
    """Send into a server that says yes at once; the figures are ours, not the server's."""
    with _sink() as port:
        for processes, budget in BUDGETS.items():
            rate = _rate(processes, port)
            report.at_least("one process" if processes == 1 else "two processes", rate, budget, "mails/s")


def _rate(processes: int, port: int) -> float:
    shop = factories.organization("Bench", slug=f"bench-{secrets.token_hex(4)}")
    try:
        _queue(shop)
        done = _work(processes, port)
        sent = Message.objects.filter(organization=shop, state="sent").count()
        assert sent == MAILS == sum(each["sent"] for each in done), f"{sent} of {MAILS} mails were sent"
    finally:
        Message.objects.filter(organization=shop).delete()
    return MAILS / (max(each["ended"] for each in done) - min(each["began"] for each in done))


@transaction.atomic
def _queue(shop: Organization) -> None:
    now = timezone.now() - timedelta(minutes=1)
    mailings.invite(factories.touchpoint(shop), [f"bench{number}" for number in range(MAILS)], now=now)


def _work(processes: int, port: int) -> list[dict[str, float]]:
    environment = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "bench.mail_worker"],
                    cwd=ROOT,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(processes)
        ]
        for worker in workers:
            assert worker.stdout
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin
            worker.stdin.write("go\n")
            worker.stdin.flush()
        return [json.loads(worker.communicate(timeout=200)[0].splitlines()[-1]) for worker in workers]


@contextmanager
def _sink() -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.quick_sink"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as sink:
        try:
            assert sink.stdout
            yield int(sink.stdout.readline())
        finally:
            sink.terminate()

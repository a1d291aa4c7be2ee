"""How many mails leave in a second, claims and states committed, by one process and by two.

Workers, database and mail server share the machine's cores here, so the CPU that each of them takes is told as well.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil
from django.db import transaction
from django.utils import timezone

from bench import processor
from bench.report import Report
from config import servers
from feedback.models import Message
from organizations.models import Organization
from tests import factories
from tests.feedback import mailings

ROOT = Path(__file__).resolve().parent.parent
MAILS = 3000
BUDGETS = {1: 400, 2: 800}


@dataclass(frozen=True)
class Sent:
    """Mails a second, and milliseconds of CPU a mail."""

    rate: float
    workers: float
    database: float
    sink: float


def run(report: Report) -> None:
    """Send into a server that says yes at once; the figures are ours, not the server's."""
    # Who answers in other measurements was asked by mail, and those mails still wait.
    Message.objects.all().delete()
    with _sink() as (port, sink):
        for processes, budget in BUDGETS.items():
            sent, name = _sent(processes, port, sink), "one process" if processes == 1 else "two processes"
            report.at_least(name, sent.rate, budget, "mails/s")
            report.tell(f"{name}: CPU a mail, worker", sent.workers, "ms")
            report.tell(f"{name}: CPU a mail, database", sent.database, "ms")
            report.tell(f"{name}: CPU a mail, the server that takes it", sent.sink, "ms")


def _sent(processes: int, port: int, sink: psutil.Process) -> Sent:
    shop = factories.organization("Bench", slug=f"bench-{secrets.token_hex(4)}")
    try:
        _queue(shop)
        before = processor.used(servers.running(Path(os.environ["DATA"]))), processor.used([sink])
        done = _work(processes, port)
        after = processor.used(servers.running(Path(os.environ["DATA"]))), processor.used([sink])
        sent = Message.objects.filter(organization=shop, state="sent").count()
        assert sent == MAILS == sum(each["sent"] for each in done), f"{sent} of {MAILS} mails were sent"
    finally:
        Message.objects.filter(organization=shop).delete()
    span = max(each["ended"] for each in done) - min(each["began"] for each in done)
    each = 1000 / MAILS
    database, taker = (now - then for now, then in zip(after, before, strict=True))
    return Sent(MAILS / span, sum(one["cpu"] for one in done) * each, database * each, taker * each)


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
def _sink() -> Iterator[tuple[int, psutil.Process]]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.quick_sink"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as sink:
        try:
            assert sink.stdout
            yield int(sink.stdout.readline()), psutil.Process(sink.pid)
        finally:
            sink.terminate()

"""How many purchases a second a worker takes in from a file, and how little memory it needs for ten times as many."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from bench import processor
from bench.report import Report
from config import servers
from feedback import bringing
from feedback.models import Import
from organizations.models import Organization
from tests import factories

ROOT = Path(__file__).resolve().parent.parent
# BENCH_PURCHASES=5000000 measures larger files.
SIZES = [int(size) for size in os.environ.get("BENCH_PURCHASES", "100000,1000000").split(",")]
RATE = 20_000
# Ten times the rows may take a fifth more memory: buffers, and no row of the file that is not needed any more.
GROWTH = 1.2
HEADER = "order;date;customer;email;name;language;amount;currency;product;store\n"
STORES = ["Berlin", "Köln", "Paris", "Roma", "Wien"]
LANGUAGES = ["de", "de", "fr", "it", "de"]


@dataclass(frozen=True)
class Done:
    """One file, taken in by one worker."""

    rate: float
    checked: float
    worker_cpu: float
    database_cpu: float
    peak: float


def run(report: Report) -> None:
    """A file of a shop whose customers come back three times; rates are of one worker beside its database."""
    peaks = []
    for size in SIZES:
        done = _import(size)
        report.at_least(f"{size:,} purchases", done.rate, RATE, "rows/s")
        report.tell(f"{size:,} purchases: read, checked and sorted alone", done.checked, "rows/s")
        report.tell(f"{size:,} purchases: CPU of 1,000 rows, worker", done.worker_cpu, "ms")
        report.tell(f"{size:,} purchases: CPU of 1,000 rows, database", done.database_cpu, "ms")
        report.tell(f"{size:,} purchases: most memory of the worker", done.peak, "MB")
        peaks.append(done.peak)
    if len(peaks) > 1:
        report.at_most(f"memory at {SIZES[-1]:,} ÷ at {SIZES[0]:,} purchases", peaks[-1] / peaks[0], GROWTH)


def file(rows: int) -> Iterator[bytes]:
    """A large CSV file in pieces, the newest purchases last."""
    yield HEADER.encode()
    first = timezone.now().date() - timedelta(days=1000)
    for start in range(0, rows, 5000):
        yield "".join(_line(number, rows, first) for number in range(start, min(start + 5000, rows))).encode()


def _line(number: int, rows: int, first: date) -> str:
    person = number * 7919 % max(rows // 3, 1)
    place = person % len(STORES)
    return (
        f"A-{number};{first + timedelta(days=number * 999 // rows)};K-{person:07d};kunde{person}@customers.example;"
        f"Jürgen Müller {person};{LANGUAGES[place]};{9 + person % 90}.90;EUR;Article {number % 500};{STORES[place]}\n"
    )


def _import(size: int) -> Done:
    shop = factories.organization("Bench", slug=f"bench-{secrets.token_hex(4)}", now=timezone.now())
    it = bringing.bring(shop, file(size), name="purchases.csv", by=None, now=timezone.now())
    bringing.check(it, bringing.mapping_of(it), moves_dates=False, by=None, now=timezone.now())
    try:
        before = processor.used(servers.running(Path(os.environ["DATA"])))
        checked = _work(it)
        bringing.record(it, by=None, now=timezone.now())
        recorded = _work(it)
        database = processor.used(servers.running(Path(os.environ["DATA"]))) - before
        it.refresh_from_db()
        assert (it.state, it.purchases_new, it.rows_faulty) == ("done", size, 0), f"{it.state}: {it.purchases_new}"
    finally:
        _forget(shop)
    seconds = checked["seconds"] + recorded["seconds"]
    each = 1000 / size
    cpu = (checked["cpu"] + recorded["cpu"]) * 1000 * each
    peak = max(checked["peak"], recorded["peak"])
    return Done(size / seconds, size / checked["seconds"], cpu, database * 1000 * each, peak)


def _work(it: Import) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.import_worker", str(it.pk)], cwd=ROOT, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _forget(shop: Organization) -> None:
    with connection.cursor() as cursor:
        for table in ("interaction", "customer"):
            cursor.execute(
                f"SET statement_timeout = 0; DELETE FROM feedback_{table} WHERE organization_id = %s", [shop.pk]
            )
        cursor.execute("RESET statement_timeout")

"""How long the server works on a dashboard of three years and ten segments, and on the question whether it changed."""

import statistics
import time
from typing import Any

from django.test import Client
from django.urls import reverse

from bench import seed
from bench.rollup import SIZES
from bench.seed import Seeded
from dashboards import rollup

MILLISECONDS = 150
ROUNDS = 15


def run(report: Any) -> None:
    for size in SIZES:
        with seed.seeded(size, until=seed.yesterday()) as seeded:
            rollup.rebuild(seeded.survey.pk)
            name = f"{size:,} answers, three years, ten segments"
            taken, of_ours = _time(seeded, "dashboard", "?period=all")
            report.at_most(name, taken, MILLISECONDS, "ms")
            report.tell("of it our own CPU, without the database's", of_ours, "ms")
            report.tell(f"{size:,} answers, has anything changed", _time(seeded, "changes", "?period=all")[0], "ms")


def _time(seeded: Seeded, name: str, query: str) -> tuple[float, float]:
    """The medians, in ms, of time and of CPU in a process that has drawn one before."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(seeded.viewer.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse(f"dashboards:{name}", args=[seeded.organization.slug]) + query
    times, processor = zip(*[_once(client, address) for _ in range(ROUNDS + 1)][1:], strict=True)
    return 1000 * statistics.median(times), 1000 * statistics.median(processor)


def _once(client: Client, address: str) -> tuple[float, float]:
    start, used = time.perf_counter(), time.process_time()
    answer = client.get(address)
    assert answer.status_code in (200, 204), answer.status_code
    return time.perf_counter() - start, time.process_time() - used

"""How soon a file of all answers begins, how long it takes, what memory it needs; and how long the list takes."""

import statistics
import time
from dataclasses import dataclass
from typing import Any

import psutil
from django.test import Client
from django.urls import reverse

from bench import seed
from bench.seed import Seeded
from organizations.models import Role
from surveys.models import Question

FEW, MANY = 10_000, 100_000
FIRST_BYTE, TOTAL, MILLISECONDS = 1.0, 2.0, 200
# What a file of ten times as many rows may need more.
MEGABYTES = 15
ROUNDS = 7


@dataclass(frozen=True)
class Taken:
    processor: float
    first_byte: float
    total: float
    megabytes: float
    size: int


def run(report: Any) -> None:
    with seed.seeded(FEW, until=seed.yesterday(), with_more=True) as few:
        _file(few)  # whatever is read once in a process has been read
        small = _file(few)
    with seed.seeded(MANY, until=seed.yesterday(), with_more=True) as many:
        taken = _file(many)
        report.at_most(f"{MANY:,} responses, first byte", taken.first_byte, FIRST_BYTE, "s")
        report.at_most(f"{MANY:,} responses as CSV", taken.total, TOTAL, "s")
        report.tell("of it our own CPU, without the database's", taken.processor, "s")
        report.tell("that file", taken.size / 1e6, "MB")
        report.at_most("memory for ten times the rows", taken.megabytes - small.megabytes, MEGABYTES, "MB")
        book = _file(many, "format=xlsx")
        report.tell(f"{MANY:,} responses as a workbook", book.total, "s")
        report.tell("memory for it", book.megabytes, "MB")
    with seed.seeded(10 * MANY, until=seed.yesterday(), with_more=True) as most:
        for name, query in _lists(most).items():
            report.at_most(f"{10 * MANY:,} responses, the list {name}", _page(most, query), MILLISECONDS, "ms")


def _client(seeded: Seeded) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    manager = seeded.organization.members.get(role=Role.QUALITY_MANAGER)
    client.force_login(manager.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _file(seeded: Seeded, query: str = "") -> Taken:
    client, ours = _client(seeded), psutil.Process()
    address = reverse("feedback:responses_export", args=[seeded.organization.slug])
    before = peak = ours.memory_info().rss
    begin, used = time.perf_counter(), time.process_time()
    answer = client.get(f"{address}?{query}")
    first_byte, size = 0.0, 0
    for piece in answer.streaming_content:  # type: ignore[attr-defined]
        first_byte = first_byte or time.perf_counter() - begin
        size += len(piece)
        peak = max(peak, ours.memory_info().rss)
    total = time.perf_counter() - begin
    answer.close()
    return Taken(time.process_time() - used, first_byte, total, (peak - before) / 1e6, size)


def _lists(seeded: Seeded) -> dict[str, str]:
    question = Question.objects.get(survey=seeded.survey, key="nps").pk
    survey = f"survey={seeded.survey.pk}&counted=yes"
    return {
        "as it is": "",
        "of one score": f"{survey}&question={question}&score=3",
        "of a band and 90 days": f"{survey}&question={question}&band=low&days=90",
        "of a region": f"{survey}&attribute=region&value=north",
        "with words": "q=ear+cup",
        "lowest first": "sort=lowest",
    }


def _page(seeded: Seeded, query: str) -> float:
    client, times = _client(seeded), []
    address = reverse("feedback:responses", args=[seeded.organization.slug])
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        answer = client.get(f"{address}?{query}")
        times.append(time.perf_counter() - begin)
        assert answer.status_code == 200, answer.status_code
    return 1000 * statistics.median(times[1:])

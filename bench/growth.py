"""What becomes slower as answers grow: pages, sweeps and submits at 10⁴, 10⁵ and 10⁶ answers, and the last ÷ the first.

Each answer comes with three purchases, two invitations and their mails. What reads all rows grows with them by its
nature; what serves a page or a customer should not.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions import triage
from bench import seed, seed_asked
from bench.rollup import _raw
from bench.seed_asked import Shop
from dashboards import rollup
from feedback import addresses, answering, asked, inviting, reminding
from feedback.models import ChangedDay, Invitation
from surveys.answers import AnswerValue

SIZES = [int(size) for size in os.environ.get("BENCH_GROWTH", "10000,100000,1000000").split(",")]
ROUNDS, SUBMITS = 5, 150
SAID = {"nps": AnswerValue(score=9), "reason": AnswerValue(text="Quick, and nobody had to be asked twice.")}


def run(report: Any) -> None:
    grown: dict[tuple[str, str], dict[int, float]] = {}
    for size in SIZES:
        began = time.perf_counter()
        made = seed_asked.shop_with_answers(size, until=seed.yesterday())
        try:
            grown.setdefault(("seeding", "s"), {})[size] = time.perf_counter() - began
            print(
                f"  {report.subject:<14} {size:,} answers are there after {time.perf_counter() - began:.0f} s",
                flush=True,
            )
            for name, value, unit in _figures(made):
                grown.setdefault((name, unit), {})[size] = value
        finally:
            seed_asked.forget_everything()
    print(f"  {'':<14} {'':<40}{''.join(f'{size:>16,}' for size in SIZES)}")
    for (name, unit), values in grown.items():
        report.grow(name, values, unit)


def _figures(made: Shop) -> Iterator[tuple[str, float, str]]:
    survey, day = made.survey.pk, seed.yesterday() - timedelta(days=100)
    raw = _seconds(lambda: _raw(survey), rounds=3)
    first = _seconds(lambda: rollup.rebuild(survey), rounds=1)
    again = _seconds(lambda: rollup.rebuild(survey), rounds=2)
    yield "raw GROUP BY of all answers", raw, "s"
    yield "first build of all daily counts", first, "s"
    yield "rebuild ÷ raw GROUP BY", again / raw, "×"
    yield "roll-up of one day", 1000 * _seconds(lambda: _one_day(made, day)), "ms"
    for name, address in _pages(made):
        yield name, 1000 * _page(made, address), "ms"
    yield "export: first 10,000 rows", _export(made), "s"
    submit, find = _answering(made)
    yield "answering: finding the link", 1000 * find, "ms"
    yield "answering: storing one page", 1000 * submit, "ms"
    now = timezone.now()
    for name, sweep in (("asking", inviting.sweep), ("reminding", reminding.sweep), ("triage", triage.sweep)):
        # Once before: the first one has work to do.
        yield f"{name}: a sweep with nothing to do", 1000 * _seconds(partial(sweep, now=now)), "ms"


def _pages(made: Shop) -> Iterator[tuple[str, str]]:
    slug, question = made.organization.slug, made.survey.questions.get(key="nps").pk
    board = reverse("dashboards:dashboard", args=[slug])
    listed = reverse("feedback:responses", args=[slug])
    ledger = reverse("feedback:ledger", args=[slug, made.touchpoint.pk])
    customers = reverse("feedback:customers", args=[slug])
    yield "dashboard, last 90 days", board
    yield "dashboard, three years", f"{board}?period=all"
    yield "responses, newest", listed
    yield "responses, low scores in the north", f"{listed}?question={question}&band=low&attribute=region&value=north"
    yield "comments: a word that many use", f"{listed}?q=parcel"
    yield "comments: a word that nobody uses", f"{listed}?q=xylophone"
    yield "ledger, newest", ledger
    yield "ledger, asked recently", f"{ledger}?outcome=asked_recently"
    yield "customers, by name", customers
    yield "customers, found by a part of the name", f"{customers}?q=berg+1234"


def _page(made: Shop, address: str) -> float:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(made.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def get() -> None:
        assert client.get(address).status_code == 200, address

    return _seconds(get)


def _export(made: Shop) -> float:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(made.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    began, lines = time.perf_counter(), 0
    answer = client.get(reverse("feedback:responses_export", args=[made.organization.slug]))
    for piece in answer.streaming_content:  # type: ignore[attr-defined]  # it streams
        lines += piece.count(b"\n")
        if lines > 9_500:
            break
    answer.close()
    return time.perf_counter() - began


def _one_day(made: Shop, day: date) -> None:
    ChangedDay.objects.create(organization=made.organization, survey=made.survey, day=day)
    rollup.roll_up(made.survey.pk, days=[day])


def _answering(made: Shop) -> tuple[float, float]:
    """The medians of storing one answer, and of finding whom a link asks."""
    invited = Invitation.objects.filter(organization=made.organization, response=None).order_by("-pk")[:SUBMITS]
    stored, found = [], []
    for invitation in invited:
        token = addresses.token(invitation)
        began = time.perf_counter()
        ask = asked.find(token)
        found.append(time.perf_counter() - began)
        assert ask is not None
        began = time.perf_counter()
        answering.submit(
            ask.invitation,
            version_id=ask.version_id,
            accepted=SAID,
            language="en",
            is_complete=True,
            now=timezone.now(),
        )
        stored.append(time.perf_counter() - began)
    return statistics.median(stored), statistics.median(found)


def _seconds(work: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """The median of so many times, after one that is not counted where there are several."""
    times = []
    for _ in range(rounds + (rounds > 1)):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:] or times)

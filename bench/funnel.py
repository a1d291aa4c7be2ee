"""How long the dashboard takes with the funnel of very many invitations, and how long it takes to count them."""

import statistics
import time
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench import seed, seed_asked
from bench.seed_asked import Shop
from dashboards import asked, funnel, periods, rollup
from dashboards.chosen import Chosen

# Answers; there is a quarter more of invitations.
SIZES = (80_000, 800_000)
MILLISECONDS = 150
ROUNDS = 15


def run(report: Any) -> None:
    for size in SIZES:
        made = seed_asked.shop_with_answers(size, until=seed.yesterday())
        try:
            rollup.rebuild(made.survey.pk)
            _measure(report, made, f"{int(size * seed_asked.INVITATIONS):,} invitations")
        finally:
            seed_asked.forget_everything()


def _measure(report: Any, made: Shop, name: str) -> None:
    begin = time.perf_counter()
    asked.recount(made.organization)
    report.tell(f"{name}, all counted anew", time.perf_counter() - begin, "s")
    begin = time.perf_counter()
    asked.sweep(now=timezone.now())
    report.tell(f"{name}, the last days, as every minute", 1000 * (time.perf_counter() - begin), "ms")
    report.tell(f"{name}, the funnel by itself", _median(lambda: _funnel(made)), "ms")
    report.at_most(f"{name}, dashboard of all time with it", _median(_dashboard(made)), MILLISECONDS, "ms")


def _funnel(made: Shop) -> None:
    today = made.organization.day_of(timezone.now())
    funnel.read(Chosen(made.survey, None, periods.of(periods.ALL, today=today), ""), now=timezone.now())


def _dashboard(made: Shop) -> Any:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(made.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("dashboards:dashboard", args=[made.organization.slug]) + "?period=all"

    def once() -> None:
        assert b"AAPOR RR1" in client.get(address).content

    return once


def _median(work: Any) -> float:
    """In ms, of a process that has done it before."""
    times = []
    for _ in range(ROUNDS + 1):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return 1000 * statistics.median(times[1:])

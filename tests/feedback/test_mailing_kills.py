"""Workers are killed while they send: nobody gets a mail twice, and nobody is forgotten."""

import contextlib
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from feedback import mailing
from feedback.models import Message, MessageState
from tests import factories
from tests.feedback import mailings
from tests.processes import Process, SinkProcess

pytestmark = [pytest.mark.kills, pytest.mark.django_db(transaction=True)]

MAILS, KILLS = 500, 20


@contextlib.contextmanager
def workers(count: int, log: Path) -> Iterator[Process]:
    command = [sys.executable, "-m", "tests.feedback.mail_workers", str(count)]
    with Process(command, log=log, environment={}) as nursery:
        nursery.wait_for_line("at work")
        yield nursery
        # Whoever is on the wire has the time to hear the answer.
        nursery.stop()


def wait_for_mails(sink: SinkProcess, count: int, *, within: float = 300.0) -> None:
    deadline = time.monotonic() + within
    while len(sink.accepted()) < count:
        assert time.monotonic() < deadline, f"{len(sink.accepted())} of {count} mails came within {within} s"
        time.sleep(0.01)


def kill_one_of(nursery: Process, chance: random.Random) -> None:
    """Who died a moment ago, and is not yet replaced, cannot be killed once more."""
    while True:
        with contextlib.suppress(psutil.NoSuchProcess):
            living = [
                child
                for child in psutil.Process(nursery.pid).children()
                if child.is_running() and child.status() != psutil.STATUS_ZOMBIE
            ]
            if living:
                chance.choice(living).kill()
                return
        time.sleep(0.005)


def settle_and_finish() -> None:
    """What the clock does in the minutes after: leases run out, and a living worker sends the rest."""
    later = timezone.now() + timedelta(minutes=10)
    for _ in range(20):
        mailing.settle_leases(now=later)
        mailing.work(worker="the one that lives", now=later, seconds=60)
        later += timedelta(minutes=10)
        # The database may still commit the last step of a client that is dead already.
        time.sleep(0.1)
        waiting = Message.objects.filter(state__in=["queued", "claimed", "wire"])
        if not waiting.exists():
            return


def queue(count: int) -> None:
    touchpoint = mailings.touchpoint_of(factories.organization())
    mailings.invite(touchpoint, [f"customer{number}" for number in range(count)], now=timezone.now())


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("to", "state"))


def assert_everybody_is_accounted_for(sink: SinkProcess, *, most_in_doubt: int) -> None:
    arrived = sink.per_recipient()
    standing = states()
    doubts = {to for to, state in standing.items() if state == MessageState.IN_DOUBT}
    assert [to for to, count in arrived.items() if count > 1] == []
    assert Counter(standing.values()).keys() <= {MessageState.SENT, MessageState.IN_DOUBT}
    assert {to for to in standing if arrived[to] == 0} <= doubts
    assert {to for to, state in standing.items() if state == MessageState.SENT} <= set(arrived)
    assert len(doubts) <= most_in_doubt


def test_twenty_kills_duplicate_no_mail_and_lose_none(
    mail_sink_process: Callable[..., SinkProcess], tmp_path: Path
) -> None:
    sink = mail_sink_process(delay=0.01)
    queue(MAILS)
    chance = random.Random()
    connection.close()

    with workers(4, tmp_path / "workers.log") as nursery:
        for kill in range(KILLS):
            wait_for_mails(sink, kill * MAILS // (KILLS + 2))
            time.sleep(chance.uniform(0, 0.06))
            kill_one_of(nursery, chance)
            # A minute later claims run out, also those of the living: they must notice whose mail it is now.
            mailing.settle_leases(now=timezone.now() + mailing.LEASE)
        wait_for_mails(sink, MAILS * 3 // 4)
        nursery.kill()

    settle_and_finish()

    assert len(states()) == MAILS
    # The last kill took all four at once.
    assert_everybody_is_accounted_for(sink, most_in_doubt=KILLS + 4)


def test_a_server_that_takes_the_mail_and_cuts_the_line_leaves_a_doubt_and_no_second_copy(
    mail_sink_process: Callable[..., SinkProcess], tmp_path: Path
) -> None:
    sink = mail_sink_process(drop_share=0.1)
    queue(200)
    connection.close()

    with workers(2, tmp_path / "workers.log"):
        wait_for_mails(sink, 200)

    settle_and_finish()

    arrived, standing = sink.per_recipient(), states()
    doubts = [to for to, state in standing.items() if state == MessageState.IN_DOUBT]
    assert set(arrived.values()) == {1}
    assert len(arrived) == 200
    assert 5 <= len(doubts) <= 45
    assert set(standing.values()) == {MessageState.SENT, MessageState.IN_DOUBT}


def test_an_orderly_stop_leaves_nothing_in_doubt(mail_sink_process: Callable[..., SinkProcess], tmp_path: Path) -> None:
    sink = mail_sink_process(delay=0.02)
    queue(300)
    connection.close()

    for stop in range(1, 4):
        with workers(3, tmp_path / f"workers{stop}.log") as nursery:
            wait_for_mails(sink, stop * 40)
            assert nursery.stop() == 0
        found = Counter(states().values())
        # Nothing is queued any more where whoever stopped them came late.
        assert set(found) <= {MessageState.SENT, MessageState.QUEUED}
        assert found[MessageState.SENT] == len(sink.accepted())

    settle_and_finish()

    assert set(sink.per_recipient().values()) == {1}
    assert Counter(states().values()) == {MessageState.SENT: 300}

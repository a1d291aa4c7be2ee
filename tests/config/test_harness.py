"""The tests' own tools do what they promise."""

import itertools
import smtplib
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection
from django.utils import timezone

from tests.conftest import NetworkIsBlocked
from tests.environment import ROOT
from tests.processes import SinkProcess
from tests.sharing import EARLY, unit
from tests.smtp_sink import Sink

MAIL = "From: a@shop.test\r\nTo: b@home.test\r\nSubject: Hello\r\nMessage-ID: <1@shop.test>\r\n\r\nHow did it go?\r\n"


@pytest.mark.django_db
def test_each_run_has_a_migrated_database_of_its_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), count(*) FROM django_migrations GROUP BY 1")
        name, migrations = cursor.fetchone()

    assert name.startswith("hb_test_")
    assert migrations > 0


def test_the_broker_is_empty_and_answers(broker: redis.Redis) -> None:
    assert broker.dbsize() == 0
    assert broker.ping()


def test_the_network_ends_at_this_machine() -> None:
    with pytest.raises(NetworkIsBlocked), socket.socket() as outward:
        outward.connect(("192.0.2.1", 80))


def test_the_clock_stands_where_it_is_put(freeze: Callable[[datetime], None]) -> None:
    freeze(datetime(2030, 1, 1, tzinfo=UTC))
    first = timezone.now()
    freeze(datetime(2031, 1, 1, tzinfo=UTC))

    assert first == datetime(2030, 1, 1, tzinfo=UTC)
    assert timezone.now() == datetime(2031, 1, 1, tzinfo=UTC)


def test_the_mail_server_counts_per_recipient_and_refuses_as_told(mail_sink: Sink) -> None:
    mail_sink.reply("b@home.test", "450 4.2.1 later", at="RCPT")
    with smtplib.SMTP(mail_sink.host, mail_sink.port) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@shop.test", ["b@home.test"], MAIL)
        client.sendmail("a@shop.test", ["b@home.test"], MAIL)

    assert mail_sink.per_recipient == {"b@home.test": 1}
    assert mail_sink.to("b@home.test")[0].body().strip() == "How did it go?"


def test_a_cut_line_leaves_the_mail_in_the_mail_server(mail_sink: Sink) -> None:
    mail_sink.reply("b@home.test", "drop")
    client = smtplib.SMTP(mail_sink.host, mail_sink.port)

    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.sendmail("a@shop.test", ["b@home.test"], MAIL)

    assert mail_sink.per_recipient == {"b@home.test": 1}
    client.close()


def test_a_mail_server_of_its_own_process_keeps_a_log(mail_sink_process: Callable[..., SinkProcess]) -> None:
    sink = mail_sink_process()
    with smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.sendmail("a@shop.test", ["b@home.test"], MAIL)

    assert sink.accepted() == [{"to": "b@home.test", "message_id": "<1@shop.test>", "from": "a@shop.test"}]


@pytest.mark.kills
def test_a_real_worker_consumes_from_this_tests_broker(
    celery_worker_process: Callable[..., Any], broker: redis.Redis, eventually: Callable[..., Any]
) -> None:
    worker = celery_worker_process()

    assert len(worker.tree()) == 2
    worker.kill()
    assert not worker.is_running


def test_lock_files_carry_no_addresses() -> None:
    lock = (ROOT / "package-lock.json").read_text()

    assert '"resolved"' not in lock
    assert "http" not in (ROOT / "requirements.txt").read_text()


def test_a_mail_that_is_still_being_written_down_is_counted_at_the_next_look(tmp_path: Path) -> None:
    log = tmp_path / "mails.jsonl"
    sink = SinkProcess(log=log, delay=0, drop_share=0)
    log.write_text('{"to": "anna@example.com"}\n{"to": "ben@exa')
    assert list(sink.per_recipient()) == ["anna@example.com"]

    with log.open("a") as file:
        file.write('mple.com"}\n')

    assert list(sink.per_recipient()) == ["anna@example.com", "ben@example.com"]


def test_a_file_stays_together_and_what_takes_long_goes_first(request: pytest.FixtureRequest) -> None:
    items = request.session.items
    order = [path for path, _theirs in itertools.groupby(item.nodeid.partition("::")[0] for item in items)]
    marks = [{path for item in items for path in [item.path] if item.get_closest_marker(mark)} for mark in EARLY]
    turns = [next((turn for turn, early in enumerate(marks) if ROOT / path in early), len(EARLY)) for path in order]

    assert len(set(order)) == len(order)
    assert turns == sorted(turns)


def test_all_files_that_kill_are_one_workers() -> None:
    killers = {unit(f"tests/{path}") for path in ("config/test_servers.py", "feedback/test_mailing_kills.py")}

    assert len(killers) == 1
    assert unit("tests/test_wall.py") == "tests/test_wall.py"

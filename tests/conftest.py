"""What every test may ask for: a database of its own, the clock, a mail server, a worker, a browser."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import environ
import pytest
import redis
import time_machine
from django.core.cache import cache
from django.db import connections
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings
from pytest_django.live_server_helper import LiveServer

from tests import database, examples
from tests.environment import ROOT
from tests.processes import Process, SinkProcess
from tests.smtp_sink import Sink, serving

pytest_plugins = ["tests.browsing"]

QUEUES = "mail,rollup,import,export,default"


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    examples.load_profile()

    # Pages are tested without collecting files first; the production storage has a test of its own.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


# --- the network -----------------------------------------------------------------------------------------


class NetworkIsBlocked(Exception):
    """A test wanted to leave this machine."""


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Iterator[None]:
    real = socket.socket.connect, socket.socket.connect_ex

    def guarded(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
        def check(self: socket.socket, address: Any) -> Any:
            inet = self.family in (socket.AF_INET, socket.AF_INET6)
            if inet and not (str(address[0]).startswith("127.") or address[0] in ("::1", "localhost")):
                raise NetworkIsBlocked(f"Tests talk to this machine only, not to {address[0]}.")
            return connect(self, address)

        return check

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded(real[0]))
    patch.setattr(socket.socket, "connect_ex", guarded(real[1]))
    yield
    patch.undo()


# --- the database and the broker -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In place of pytest-django's own: a copy of a template that was migrated once."""
    name = str(connections["default"].settings_dict["NAME"])
    with django_db_blocker.unblock():
        database.create(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        database.drop(name)


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """This process's own Redis number, empty before and after."""
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture(autouse=True)
def nobody_was_here_before() -> None:
    """Sign-in limits count from nothing, and texts are English, whoever looked in from this machine a test ago."""
    cache.clear()
    translation.deactivate()


@pytest.fixture
def transactional_db(transactional_db: None) -> Iterator[None]:
    """What a test stored goes after it; so do tables of imports that it did not wait for."""
    from feedback import staging

    yield
    for number in staging.left_behind([]):
        staging.drop(number)


# --- the clock -------------------------------------------------------------------------------------------


@pytest.fixture
def now() -> datetime:
    """A Tuesday morning."""
    return datetime(2026, 3, 17, 9, 0, tzinfo=UTC)


@pytest.fixture
def freeze() -> Iterator[Callable[[datetime], None]]:
    """freeze(moment): every way in that reads the clock reads this; a second call moves it."""
    with ExitStack() as stack:

        def freeze_at(moment: datetime) -> None:
            stack.close()
            stack.enter_context(time_machine.travel(moment, tick=False))

        yield freeze_at


# --- mail ------------------------------------------------------------------------------------------------


@pytest.fixture
def mail_sink(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """A mail server; this process and every worker started after it send there."""
    with serving(Sink()) as sink:
        _send_to(sink.url, settings, monkeypatch)
        yield sink


@pytest.fixture
def mail_sink_process(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., SinkProcess]]:
    """mail_sink_process(delay=…, drop_share=…) → a mail server that no killed worker can take along."""
    with ExitStack() as stack:

        def start(*, delay: float = 0.0, drop_share: float = 0.0) -> SinkProcess:
            log = tmp_path / f"mails-{secrets.token_hex(4)}.log"
            sink = stack.enter_context(SinkProcess(log=log, delay=delay, drop_share=drop_share))
            _send_to(sink.url, settings, monkeypatch)
            return sink

        yield start


def _send_to(url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL = environ.Env.email_url_config(url)
    monkeypatch.setenv("EMAIL_URL", url)


# --- processes -------------------------------------------------------------------------------------------


@pytest.fixture
def celery_worker_process(
    transactional_db: None, broker: redis.Redis, tmp_path: Path
) -> Iterator[Callable[..., Process]]:
    """celery_worker_process(queues=…, concurrency=…) → a real worker on this test's database, up and consuming.

    Ask for `mail_sink` before it, since a worker reads EMAIL_URL when it starts. Extra words are environment variables.
    """
    with ExitStack() as stack:

        def start(*, queues: str = QUEUES, concurrency: int = 1, **environment: str) -> Process:
            name = f"worker-{secrets.token_hex(4)}"
            command = [
                *(sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--loglevel=INFO"),
                *(f"--hostname={name}@%h", f"--queues={queues}", f"--concurrency={concurrency}"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ]
            worker = Process(command, log=tmp_path / f"{name}.log", environment=environment)
            stack.enter_context(worker)
            worker.wait_for_line(" ready.")
            return worker

        yield start


@pytest.fixture
def celery_beat_process(broker: redis.Redis, tmp_path: Path) -> Iterator[Callable[[], Process]]:
    """celery_beat_process() → the clock that pokes this test's workers."""
    with ExitStack() as stack:

        def start() -> Process:
            schedule = tmp_path / "beat"
            command = [
                *(sys.executable, "-m", "celery", "-A", "config.celery", "beat", "--loglevel=INFO"),
                *(f"--schedule={schedule}", "--pidfile="),
            ]
            beat = stack.enter_context(Process(command, log=tmp_path / "beat.log", environment={}))
            beat.wait_for_line("beat: Starting")
            return beat

        yield start


@pytest.fixture
def live_site(
    live_server: LiveServer, transactional_db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The address of the running product; links in mails lead there, also those that workers write."""
    address = str(live_server.url).replace("localhost", "127.0.0.1")
    settings.SITE_URL = address
    settings.CSRF_TRUSTED_ORIGINS = [address]
    monkeypatch.setenv("SITE_URL", address)
    return address


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """eventually(ask, within=60) → the first true answer, asking again and again; fails after that many seconds."""

    def wait(ask: Callable[[], Any], *, within: float = 60.0, what: str = "") -> Any:
        deadline = time.monotonic() + within
        while True:
            answer = ask()
            if answer:
                return answer
            if time.monotonic() > deadline:
                pytest.fail(f"not within {within} s: {what or ask}")
            time.sleep(0.05)

    return wait


@pytest.fixture(scope="session")
def manage() -> Callable[..., subprocess.CompletedProcess[str]]:
    """manage("rollup", "--verify") → the finished process of a management command on this test's database."""

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run

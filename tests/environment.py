"""Before Django's settings are read: real servers, and for each process a database and a Redis number of its own.

Loaded by `-p tests.environment`, since pytest-django reads the settings before it reads any conftest.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from config import servers
from config.translations import compile_messages

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".data" / "test"
REDIS_NUMBERS = range(1, 100)
SECRETS = {
    "SECRET_KEY": "a secret key that only the tests know, and no server",
    "LINK_KEYS": "1:a link key that only the tests know, and no server",
    "ADDRESS_KEY": "an address key that only the tests know, and no server",
}
# Bare descriptors: their locks last until the process ends, however it ends.
_users_lock: int | None = None


def is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def _prepare() -> None:
    for folder in ("run", "static", "mailbox"):
        (DATA / folder).mkdir(parents=True, exist_ok=True)
    os.environ.update(
        SECRETS,
        LOCAL="true",
        DEBUG="false",
        DATA=str(DATA),
        STATIC_ROOT=str(DATA / "static"),
        SITE_URL="http://127.0.0.1:8000",
        # A test that sends mail asks for `mail_sink`; without it nobody listens here.
        EMAIL_URL="smtp://127.0.0.1:9",
        MAILBOX_DIR=str(DATA / "mailbox"),
    )
    if not is_worker():
        _start_servers()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = f"hb_test_{os.environ['HEARBACK_TEST_RUN']}_{worker}"
    os.environ["DATABASE_URL"] = _with_last(os.environ["HEARBACK_TEST_DATABASE_URL"], database)
    os.environ["REDIS_URL"] = _with_last(os.environ["HEARBACK_TEST_REDIS_URL"], str(_own_redis_number()))


def _start_servers() -> None:
    """Yours where both are named, else our own, shared by all runs of this checkout."""
    global _users_lock
    compile_messages()
    database_url, redis_url = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if not (database_url and redis_url):
        _users_lock = _locked(DATA / "run" / "users.lock", fcntl.LOCK_SH)
        ours = servers.start(DATA, durable=False)
        database_url, redis_url = database_url or ours.database_url, redis_url or ours.redis_url
    os.environ["HEARBACK_TEST_RUN"] = str(os.getpid())
    os.environ["HEARBACK_TEST_DATABASE_URL"] = database_url
    os.environ["HEARBACK_TEST_REDIS_URL"] = redis_url


def _own_redis_number() -> int:
    for number in REDIS_NUMBERS:
        try:
            _locked(DATA / "run" / f"redis-{number}.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return number
    raise pytest.UsageError(f"All {len(REDIS_NUMBERS)} Redis numbers are taken by other test runs.")


def _locked(path: Path, kind: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def _with_last(url: str, name: str) -> str:
    """The same server, another database; a socket's folder is in the path too."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}"))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The last run to leave turns the servers off."""
    if _users_lock is None:
        return
    try:
        fcntl.flock(_users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    servers.stop(DATA)


_prepare()

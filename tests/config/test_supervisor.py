"""`make run`: everything comes up, and everything goes."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from config import children, mailcatcher, needs, servers, supervisor, translations
from tests.processes import Process

# What the tests' own environment sets, and a person's shell does not.
OURS = {
    *("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAILBOX_DIR", "STATIC_ROOT", "SITE_URL", "DATA", "LOCAL", "DEBUG"),
    *("SECRET_KEY", "LINK_KEYS", "ADDRESS_KEY", "MAKELEVEL"),
}


class Run(Process):
    """What `make run` starts."""

    def __init__(self, data: Path, log: Path, **said: str) -> None:
        self.data, self.port, self.said = data, free_port(), said
        super().__init__([sys.executable, "-m", "config.supervisor"], log=log, environment={})

    def __enter__(self) -> Run:
        clean = {name: value for name, value in os.environ.items() if name not in OURS}
        own = {"DATA": str(self.data), "PORT": str(self.port), "MAKELEVEL": "1"}
        self.environment = clean | own | self.said
        with pytest.MonkeyPatch.context() as patch:
            for name in OURS:
                patch.delenv(name, raising=False)
            super().__enter__()
        return self

    def wait_until_up(self) -> None:
        self.wait_for_line("Ctrl-C ends everything", within=300)

    def answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def children(self, word: str) -> list[psutil.Process]:
        """What it started itself and still runs: the program of this name, or what has the word in its command."""
        found = []
        for process in psutil.Process(self.pid).children():
            # Whoever goes while we look is no longer there.
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.name().startswith(word) or word in process.cmdline():
                    found.append(process)
        return found

    def strangers(self) -> list[psutil.Process]:
        """What runs on its data and is not of its family; whoever is born while we look is found in the family."""
        there = processes_of(self.data)
        family = {process.pid for process in self.tree()}
        return [process for process in there if process.pid not in family]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(data: Path) -> list[psutil.Process]:
    """All that runs for this data folder; also what came or went while we looked."""
    return [*children.marked(data), *servers.running(data)]


class House:
    """One data folder and the `make run` on it, which tests may kill: the next one who asks finds it up again."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.folder = folder
        self.runs = ExitStack()
        self.current: Run | None = None

    def run(self) -> Run:
        if self.current is None or not self.current.is_running:
            self.current = self.another_run()
            self.current.wait_until_up()
        return self.current

    def another_run(self) -> Run:
        return self.runs.enter_context(Run(self.data, self.folder / f"{secrets.token_hex(4)}.log"))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"))
    with made.runs:
        yield made
    servers.stop(made.data)


@pytest.mark.kills
def test_two_copies_run_side_by_side_and_sigterm_ends_one_of_them_whole(house: House, tmp_path: Path) -> None:
    data = tmp_path / "other"
    stays = house.run()
    with Run(data, tmp_path / "other.log", DEMO="no") as leaves:
        leaves.wait_until_up()
        assert leaves.answers()

        leaves.popen.terminate()
        code = leaves.popen.wait(60)

    assert code == 0
    assert processes_of(data) == []
    assert stays.answers()
    assert "owner" in stays.output()
    assert "Sign in with" not in leaves.output()


def test_an_end_takes_less_than_ten_seconds() -> None:
    waits = supervisor.WEB_SECONDS, supervisor.WORKER_SECONDS, supervisor.MAILBOX_SECONDS
    servers_waits = supervisor.POSTGRES_SECONDS, supervisor.VALKEY_SECONDS

    assert sum(waits) + sum(servers_waits) < 10


@pytest.mark.kills
def test_a_second_run_on_the_same_data_is_refused_with_a_way_out(house: House) -> None:
    first = house.run()
    second = house.another_run()

    assert second.popen.wait(60) == 1
    assert "already runs" in second.output()
    assert "make run PORT=8001 DATA=" in second.output()
    assert first.answers()


@pytest.mark.kills
def test_a_command_beside_it_works_on_its_data_and_is_refused_where_nothing_runs(house: House, tmp_path: Path) -> None:
    house.run()

    there, nowhere = beside("demo", data=house.data), beside("demo", data=tmp_path)

    assert there.returncode == 0
    assert "owner\tolga@nordlicht.invalid\t" in there.stdout
    assert stat.S_IMODE((house.data / "run" / "environment.json").stat().st_mode) == 0o600
    assert nowhere.returncode == 1
    assert "make run" in nowhere.stderr


def beside(*command: str, data: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    program = [sys.executable, "-m", "config.beside", *command]
    return subprocess.run(program, env=clean | {"DATA": str(data)}, capture_output=True, text=True, check=False)


@pytest.mark.kills
def test_a_worker_that_dies_is_started_again(house: House, eventually: Callable[..., Any]) -> None:
    run = house.run()
    (first,) = run.children("worker")
    first.kill()

    run.wait_for_line("worker ended unexpectedly (killed by SIGKILL); starting it again in")
    eventually(lambda: [process for process in run.children("worker") if process.pid != first.pid], within=60)


@pytest.mark.kills
def test_a_postgresql_that_dies_is_started_again(house: House, eventually: Callable[..., Any]) -> None:
    run = house.run()
    for process in servers.running(house.data):
        # A backend goes by itself when its server is killed before it.
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)

    run.wait_for_line("a server ended unexpectedly; starting it again")
    eventually(lambda: servers.both_run(house.data), within=60)


@pytest.mark.kills
def test_after_a_killed_supervisor_the_next_run_comes_up_and_nothing_is_there_twice(
    house: House, eventually: Callable[..., Any]
) -> None:
    killed = house.run()
    killed.popen.send_signal(signal.SIGKILL)
    killed.popen.wait()

    following = house.run()

    assert following.answers()
    # What an earlier run left behind stays; what was just born or is just going is of the family, or gone, in a moment.
    eventually(lambda: not following.strangers(), within=60, what="the end of what an earlier run left behind")
    for program in ("postgres", "valkey", "gunicorn", "worker", "beat", "config.mailcatcher"):
        assert len(following.children(program)) == 1


@pytest.mark.kills
def test_a_taken_port_is_refused_with_a_way_out(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = Run(data, tmp_path / "taken.log")
        run.port = int(taken.getsockname()[1])
        with run:
            code = run.popen.wait(60)

    assert code == 1
    assert f"Port {run.port} cannot be used" in run.output()
    assert "make run PORT=" in run.output()
    assert processes_of(data) == []


@pytest.mark.parametrize("port", ["0", "65536", "eight", "-1", "８０００", "80 00"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SystemExit, match="PORT must be a number between 1 and 65535"):
        needs.port_of(port)


def test_secrets_are_made_once_and_only_we_may_read_them(tmp_path: Path) -> None:
    first = needs.secret_keys(tmp_path)

    assert needs.secret_keys(tmp_path) == first
    assert len(set(first.values())) == 3
    assert all(len(value) >= 50 for value in first.values())
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_translations_are_compiled_when_they_are_newer(tmp_path: Path) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Yes"\nmsgstr "Ja"\n')

    assert translations.compile_messages(tmp_path) == [folder / "django.mo"]
    assert translations.compile_messages(tmp_path) == []
    later = time.time() + 5
    os.utime(source, (later, later))
    assert translations.compile_messages(tmp_path) == [folder / "django.mo"]


def test_mail_to_anybody_lands_in_the_mailbox_whole(tmp_path: Path) -> None:
    server = mailcatcher.controller(tmp_path, port=free_port())
    server.start()
    try:
        with smtplib.SMTP("127.0.0.1", server.port) as client:
            client.sendmail("shop@example.org", ["ada@example.org"], b"Subject: How was it?\r\n\r\nTell us.\r\n")
    finally:
        server.stop()

    (mail,) = tmp_path.iterdir()
    assert mail.suffix == ".eml"
    assert mail.read_bytes().splitlines() == [
        b"Return-Path: <shop@example.org>",
        b"Delivered-To: ada@example.org",
        b"Subject: How was it?",
        b"",
        b"Tell us.",
    ]


def test_the_mailbox_forgets_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailcatcher, "KEPT", 3)
    box = mailcatcher.Mailbox(tmp_path)
    stored = [box.store(b"", sender="", recipients=[str(number)]) for number in range(5)]

    assert sorted(tmp_path.iterdir()) == stored[2:]

"""Real processes for tests: started in a group of their own, logged, and gone when the test is over."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from config.servers import end_with_parent, gone
from tests.environment import ROOT


class Process:
    """`with Process([...], log=…) as process:` — kill(), stop(), and the log while it runs."""

    def __init__(self, command: list[str], *, log: Path, environment: dict[str, str], cwd: Path = ROOT) -> None:
        self.command, self.log, self.environment, self.cwd = command, log, environment, cwd

    def __enter__(self) -> Self:
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=self._stdout(output),
                stderr=output,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGKILL),
            )
        return self

    def _stdout(self, output: IO[bytes]) -> IO[bytes] | int:
        return output

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(within=8)

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def is_running(self) -> bool:
        return self.popen.poll() is None

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def tree(self) -> list[psutil.Process]:
        """This process and all its descendants; none once it is over: its number may be a stranger's."""
        if not self.is_running:
            return []
        try:
            top = psutil.Process(self.pid)
            return [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def wait_for_line(self, words: str, *, within: float = 180.0) -> None:
        deadline = time.monotonic() + within
        while words not in self.output():
            if not self.is_running or time.monotonic() > deadline:
                raise AssertionError(f"{self.command[:6]} did not say {words!r}:\n{self.output()[-4000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to it and its children at one moment, as when a machine dies."""
        _kill(self.tree())
        self.popen.wait(60)

    def stop(self, *, within: float = 60.0) -> int:
        """SIGTERM, as an orderly operator; what has not gone by then is killed."""
        family = self.tree()
        if self.is_running:
            self.popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(within)
        _kill(family)
        return self.popen.wait(60)


class SinkProcess(Process):
    """A counting mail server in a process of its own."""

    def __init__(self, *, log: Path, delay: float, drop_share: float) -> None:
        self.mails_log = log
        command = [
            *(sys.executable, "-m", "tests.smtp_sink", "--port", "0", "--log", str(log)),
            *("--delay", str(delay), "--drop-share", str(drop_share)),
        ]
        super().__init__(command, log=log.with_suffix(".err"), environment={})

    def _stdout(self, output: IO[bytes]) -> int:
        return subprocess.PIPE

    def __enter__(self) -> Self:
        super().__enter__()
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        self.popen.stdout.close()
        assert line.strip(), f"the mail server did not start:\n{self.output()}"
        self.port = int(line)
        return self

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def accepted(self) -> list[dict[str, str]]:
        """One entry per accepted mail: to, message_id, from.

        The server writes while we read, so a last line without its end is still on its way: the next look has it.
        """
        whole, _end, _on_its_way = self.mails_log.read_text().rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def per_recipient(self) -> Counter[str]:
        return Counter(mail["to"] for mail in self.accepted())


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    assert gone(lambda: [process for process in processes if _lives(process)], seconds=60)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False

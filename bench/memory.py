"""What everything that `make run` starts keeps in memory at rest, shared pages counted once (PSS)."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from bench.report import Report
from config import servers

ROOT = Path(__file__).resolve().parent.parent
MEGABYTES = 1000
READY_SECONDS, REST_SECONDS = 240, 5
PURPOSES = {
    "postgres": "PostgreSQL",
    "valkey": "Valkey",
    "gunicorn": "the web server",
    "worker": "the worker",
    "beat": "the clock",
    "mailcatcher": "the mailbox",
    "supervisor": "the supervisor",
}
# What `make run` finds out or makes itself; the bench has set them for its own servers.
_NOT_GIVEN = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MAILBOX_DIR", "SITE_URL", "STATIC_ROOT", "LOG_LEVEL", "DEBUG")


def run(report: Report) -> None:
    data = Path(os.environ["DATA"]) / "run_whole"
    with _running(data) as ours:
        # The first visits are over: the demo is there, pages have been drawn, and the worker has had its first tasks.
        time.sleep(REST_SECONDS)
        used = _used(psutil.Process(ours.pid), data)
    report.at_most("everything that `make run` starts, at rest", sum(used.values()), MEGABYTES, "MB")
    for name, megabytes in used.most_common():
        report.tell(f"of it {name}", megabytes, "MB")


@contextmanager
def _running(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_GIVEN}
    environment |= {"DATA": str(data), "PORT": str(port)}
    data.mkdir(parents=True, exist_ok=True)
    with (data / "output").open("wb") as output:
        ours = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
        try:
            _wait_until_ready(port, ours, data / "output")
            yield ours
        finally:
            ours.terminate()
            ours.wait(timeout=15)


def _wait_until_ready(port: int, ours: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert ours.poll() is None, f"it ended: {output.read_text(errors='replace')[-500:]}"
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            pass
        time.sleep(0.5)
    raise AssertionError(f"it was not ready after {READY_SECONDS} s: {output.read_text(errors='replace')[-500:]}")


def _used(supervisor: psutil.Process, data: Path) -> Counter[str]:
    """Megabytes by what the processes are for."""
    everything = {process.pid: process for process in (supervisor, *supervisor.children(recursive=True))}
    everything |= {process.pid: process for process in servers.running(data)}
    used: Counter[str] = Counter()
    for process in everything.values():
        with contextlib.suppress(psutil.NoSuchProcess):
            used[_purpose(process)] += process.memory_full_info().pss / 1e6
    return used


def _purpose(process: psutil.Process) -> str:
    words = [*process.cmdline(), process.name()]
    known = ((name, word) for word, name in PURPOSES.items() if any(word in said for said in words))
    return next((name for name, _word in known), process.name())

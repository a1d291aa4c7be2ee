"""The processes of Hearback beside its servers: started, started again when one dies, and ended in time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from config import servers

ROOT = Path(__file__).resolve().parent.parent
# Every process of ours carries it, so the next start finds what a killed supervisor left.
MARK = "HEARBACK_SUPERVISED_DATA"
LOG_LIMIT = 5_000_000
LONGEST_PAUSE = 30.0


@dataclass
class Child:
    """A process that is to run as long as we do."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    popen: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 1.0
    restart_at: float | None = None


class Children:
    def __init__(self, data: Path, environment: dict[str, str]) -> None:
        self.data, self.environment = data, environment
        self.all: list[Child] = []

    def start(self, child: Child) -> None:
        if child not in self.all:
            self.all.append(child)
        with self.log(child.name).open("ab") as log:
            child.popen = subprocess.Popen(
                child.command,
                cwd=ROOT,
                env=self.environment | child.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches the supervisor alone, which ends the others in order.
                start_new_session=True,
                preexec_fn=servers.end_with_parent(signal.SIGTERM),
            )
        child.started_at, child.restart_at = time.monotonic(), None

    def restart_the_dead(self) -> None:
        moment = time.monotonic()
        for child in self.all:
            if child.restart_at is not None and moment >= child.restart_at:
                self.start(child)
            elif child.restart_at is None and child.popen and child.popen.poll() is not None:
                child.pause = 1.0 if moment - child.started_at > 60 else min(child.pause * 2, LONGEST_PAUSE)
                child.restart_at = moment + child.pause
                say(
                    f"{child.name} ended unexpectedly ({_reason(child.popen.returncode)}); "
                    f"starting it again in {child.pause:.0f} s, see {self.log(child.name)}"
                )

    def end(self, *names: str, seconds: float) -> None:
        end([child.popen for child in self.all if child.name in names and child.popen], seconds=seconds)

    def log(self, name: str) -> Path:
        log = self.data / "log" / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        return log

    def last_words(self, name: str) -> str:
        log = self.log(name)
        return "\n".join(log.read_text(errors="replace").splitlines()[-12:]) if log.exists() else ""


def marked(data: Path) -> list[psutil.Process]:
    """All that a supervisor of this data folder started, this one or an earlier one."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            ours = process.pid != os.getpid() and process.environ().get(MARK) == str(data)
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def python(module: str, *words: str) -> list[str]:
    return [sys.executable, "-m", module, *words]


def end(processes: list[subprocess.Popen[bytes]], *, seconds: float) -> None:
    """SIGTERM to all, then SIGKILL to the whole group of whoever is still there."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + seconds
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def say(words: str) -> None:
    print(f"  {words}", flush=True)


def _reason(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

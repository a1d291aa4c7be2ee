"""A real SMTP server that counts what it accepts for whom, and misbehaves as it is told.

In a test: the fixture `mail_sink`. As a process of its own, which outlives killed workers:
`python -m tests.smtp_sink --port 0 --log FILE` prints its port and appends one fsynced line per accepted mail.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 OK"


def _set() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass(frozen=True)
class Mail:
    sender: str
    recipient: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)

    def body(self, kind: str = "plain") -> str:
        """The text of this mail, or its HTML with kind="html"."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


@dataclass
class Sink:
    """What came in, and how to answer."""

    host: str = "127.0.0.1"
    port: int = 0
    delay: float = 0.0
    # While it is clear, whoever has handed over a mail waits for the answer.
    answers: threading.Event = field(default_factory=_set)
    # This share of mails is accepted and then the line is cut before the 250: the sender cannot know.
    drop_share: float = 0.0
    log: Path | None = None
    mails: list[Mail] = field(default_factory=list)
    connections: int = 0
    # One entry per answer that a recipient will get, in turn; after them all is well.
    replies: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    chance: random.Random = field(default_factory=lambda: random.Random(20260317))

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    @property
    def per_recipient(self) -> Counter[str]:
        return Counter(mail.recipient for mail in self.mails)

    def to(self, recipient: str) -> list[Mail]:
        return [mail for mail in self.mails if mail.recipient == recipient]

    def reply(self, recipient: str, *answers: str, at: str = "DATA") -> None:
        """The next answers to this recipient at RCPT or DATA: "450 4.2.1 later", "550 5.1.1 no such user", "drop" …"""
        self.replies[at, recipient].extend(answers)

    def answer(self, at: str, recipient: str) -> str:
        planned = self.replies[at, recipient]
        return planned.pop(0) if planned else ACCEPTED

    def accept(self, mail: Mail) -> None:
        self.mails.append(mail)
        if self.log:
            line = json.dumps({"to": mail.recipient, "message_id": mail.message["Message-ID"], "from": mail.sender})
            with self.log.open("a") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())

    # aiosmtpd looks these up by name.

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        answer = self.answer("RCPT", address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.delay:
            await asyncio.sleep(self.delay)
        while not self.answers.is_set():
            await asyncio.sleep(0.01)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        answers = [(address, self.answer("DATA", address)) for address in envelope.rcpt_tos]
        refused = [answer for _, answer in answers if answer not in (ACCEPTED, "drop")]
        if refused:
            return refused[0]
        for address, _ in answers:
            self.accept(Mail(sender=envelope.mail_from or "", recipient=address, content=content))
        if any(answer == "drop" for _, answer in answers) or self.chance.random() < self.drop_share:
            # Cut without a word: the mail is in, and the sender never hears the 250.
            assert server.transport is not None
            cast(asyncio.Transport, server.transport).abort()
        return ACCEPTED


class _Controller(Controller):
    """On a port that is ours from the moment it is known: nobody can take it in between."""

    def __init__(self, sink: Sink) -> None:
        self.socket = socket.create_server((sink.host, sink.port))
        super().__init__(sink, hostname=sink.host, port=self.socket.getsockname()[1], ready_timeout=60)

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self.socket)

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="sink.test", ident="Sink", enable_SMTPUTF8=True, data_size_limit=0)


@contextlib.contextmanager
def serving(sink: Sink) -> Iterator[Sink]:
    controller = _Controller(sink)
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.smtp_sink", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer to DATA")
    parser.add_argument("--drop-share", type=float, default=0.0, help="share of mails after which the line is cut")
    asked = parser.parse_args()
    sink = Sink(port=asked.port, log=asked.log, delay=asked.delay, drop_share=asked.drop_share)
    asked.log.touch()
    with serving(sink):
        sys.stdout.write(f"{sink.port}\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
    return 0


if __name__ == "__main__":
    sys.exit(main())

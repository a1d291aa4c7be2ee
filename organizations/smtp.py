"""One kept connection to the mail server: `begin` may be repeated at will, `hand_over` never."""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings

from organizations import domains, smtp_replies
from organizations.smtp_replies import Fate, Reply

LONGEST_IDLE = 30.0
# A line that has been quiet for this long is asked whether it lives before the next mail is tried on it.
_QUIET = 5.0
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f<>\\\"]")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_DOT_AT_START = re.compile(rb"(?m)^\.")

# How many mails a server takes on one connection before it hangs up, and until when this process believes it.
_learnt: dict[tuple[str, int], tuple[int, float]] = {}
_BELIEVED_FOR = 600.0


class BadAddress(ValueError):
    """No server can be asked to take mail for this."""


@dataclass(frozen=True)
class Account:
    """Where mail goes out, and how long we wait for an answer there."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    # "starttls", "tls" from the first byte, or "" for none
    security: str = ""
    mails_per_connection: int = 100
    our_name: str = "[127.0.0.1]"
    seconds_to_connect: float = 10.0
    seconds_for_command: float = 30.0
    # Longer than for a command: giving up here leaves the mail in doubt.
    seconds_for_mail: float = 120.0

    @classmethod
    def from_settings(cls) -> Self:
        """The account that EMAIL_URL describes."""
        email: Mapping[str, Any] = settings.EMAIL
        security = _security(email)
        return cls(
            host=email.get("EMAIL_HOST") or "127.0.0.1",
            port=int(email.get("EMAIL_PORT") or {"tls": 465, "starttls": 587}.get(security, 25)),
            user=email.get("EMAIL_HOST_USER") or "",
            password=email.get("EMAIL_HOST_PASSWORD") or "",
            security=security,
            mails_per_connection=settings.SMTP_MAILS_PER_CONNECTION,
            our_name=_our_name(),
        )


class Server:
    """`with Server(account) as server:` — connects when the first mail comes, reconnects when it must."""

    def __init__(self, account: Account | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.account = account or Account.from_settings()
        self._clock = clock
        self._smtp: smtplib.SMTP | None = None
        self._mails = 0
        self._last_used = 0.0
        # Whether the last mail ended well, so that the server expects a new one without RSET.
        self._is_clean = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def begin(self, *, sender: str, recipient: str, eight_bit: bool = False) -> Reply | None:
        """Name the two ends; None says that the server waits for the mail. Nothing has been handed over yet."""
        try:
            ends = envelope_address(sender), envelope_address(recipient)
        except BadAddress as refusal:
            return smtp_replies.bad_address(str(refusal))
        self._close_when_used_up()
        was_kept = self._smtp is not None
        reply = self._name_ends(*ends, eight_bit=eight_bit)
        # A kept line may have died, or have carried as many mails as the server likes: no fault of this mail.
        if reply and was_kept and self._smtp is None and reply.fate is Fate.LATER:
            reply = self._name_ends(*ends, eight_bit=eight_bit)
        return reply

    def hand_over(self, content: bytes) -> Reply:
        """The mail itself. Once the server has said 354, only its answer can tell what became of the mail."""
        smtp = self._connected
        try:
            code, text = smtp.docmd("DATA")
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return smtp_replies.cut_before_handing_over(fault)
        if code != 354:
            return self._heard(smtp_replies.before_handing_over(code, text))
        try:
            self._wait(self.account.seconds_for_mail)
            smtp.send(_on_the_wire(content))
            code, text = smtp.getreply()
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return smtp_replies.cut_after_handing_over(fault)
        reply = smtp_replies.after_handing_over(code, text)
        self._is_clean = reply.fate is Fate.ACCEPTED
        self._mails += self._is_clean
        return self._heard(reply)

    def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            # QUIT without waiting for its answer: a frozen server must not hold us up.
            smtp.putcmd("QUIT")
        except (OSError, smtplib.SMTPException):
            pass
        finally:
            smtp.close()

    def _name_ends(self, sender: str, recipient: str, *, eight_bit: bool) -> Reply | None:
        refused = self._open()
        if refused:
            return refused
        smtp, options = self._connected, []
        if not (sender + recipient).isascii():
            if not smtp.has_extn("smtputf8"):
                return smtp_replies.bad_address("The mail server takes only ASCII letters in an address.")
            options.append("SMTPUTF8")
            smtp.command_encoding = "utf-8"
        if (eight_bit or options) and smtp.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        try:
            self._wait(self.account.seconds_for_command)
            code, text = self._reset()
            # Both ends are checked already, so smtplib's own taking apart of addresses would only cost time.
            if code == 250:
                code, text = smtp.docmd("MAIL", " ".join([f"FROM:<{sender}>", *options]))
            if 200 <= code <= 299:
                self._is_clean = False
                code, text = smtp.docmd("RCPT", f"TO:<{recipient}>")
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return smtp_replies.cut_before_handing_over(fault)
        self._last_used = self._clock()
        return None if 200 <= code <= 299 else self._heard(smtp_replies.before_handing_over(code, text))

    def _reset(self) -> tuple[int, bytes]:
        if self._is_clean and self._clock() - self._last_used < _QUIET:
            return 250, b""
        code, text = self._connected.rset()
        self._is_clean = code == 250
        return code, text

    def _open(self) -> Reply | None:
        if self._smtp is not None:
            return None
        smtp = self._unconnected()
        try:
            code, text = smtp.connect(self.account.host, self.account.port)
            if code != 220:
                smtp.close()
                return smtp_replies.unreachable(text.decode("utf-8", "replace"), code=code if code > 0 else None)
            self._introduce(smtp)
        except smtplib.SMTPResponseException as refusal:
            smtp.close()
            return smtp_replies.unreachable(_words(refusal.smtp_error), code=refusal.smtp_code)
        except (OSError, smtplib.SMTPException, ValueError) as fault:
            smtp.close()
            return smtp_replies.unreachable(fault)
        self._smtp, self._mails, self._is_clean, self._last_used = smtp, 0, True, self._clock()
        return None

    def _unconnected(self) -> smtplib.SMTP:
        ours, seconds = self.account.our_name, self.account.seconds_to_connect
        smtp = (
            smtplib.SMTP_SSL(local_hostname=ours, timeout=seconds, context=ssl.create_default_context())
            if self.account.security == "tls"
            else smtplib.SMTP(local_hostname=ours, timeout=seconds)
        )
        # The certificate is checked against this name, which connect() leaves unset and only the constructor fills.
        smtp._host = self.account.host  # type: ignore[attr-defined]  # undocumented, and read by starttls()
        return smtp

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        if smtp.sock is not None:
            # Each command waits for its answer, so Nagle could only delay us.
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.ehlo_or_helo_if_needed()
        if self.account.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
        if self.account.user:
            smtp.login(self.account.user, self.account.password)

    def _close_when_used_up(self) -> None:
        if self._smtp is None:
            return
        idle = self._clock() - self._last_used
        if idle > LONGEST_IDLE or self._mails >= self._most_mails():
            self.close()

    def _most_mails(self) -> int:
        limit, until = _learnt.get((self.account.host, self.account.port), (0, 0.0))
        usual = max(1, self.account.mails_per_connection)
        return min(usual, limit) if limit and self._clock() < until else usual

    def _heard(self, reply: Reply) -> Reply:
        self._last_used = self._clock()
        # 421 announces that the server hangs up; after an unreadable answer nothing on this line can be trusted.
        if reply.code == 421 or reply.code is None:
            if reply.code == 421 and self._mails:
                _learnt[self.account.host, self.account.port] = (self._mails, self._clock() + _BELIEVED_FOR)
            self.close()
        return reply

    @property
    def _connected(self) -> smtplib.SMTP:
        assert self._smtp is not None, "begin comes first"
        return self._smtp

    def _wait(self, seconds: float) -> None:
        sock = self._connected.sock
        if sock is not None:
            sock.settimeout(seconds)


def envelope_address(address: str) -> str:
    """The address as MAIL and RCPT name it, its domain in ASCII; nothing that could end the command gets through."""
    local, _, domain = address.rpartition("@")
    if not local or not domain or len(address) > 254 or _FORBIDDEN.search(address):
        raise BadAddress("This is not an e-mail address.")
    try:
        ascii_domain = domains.in_ascii(domain)
    except UnicodeError as fault:
        raise BadAddress("The part after the @ is no domain.") from fault
    # Looked at again: some letters turn into a space or an angle bracket on their way to ASCII.
    if _FORBIDDEN.search(ascii_domain):
        raise BadAddress("The part after the @ is no domain.")
    return f"{local}@{ascii_domain}"


def _on_the_wire(content: bytes) -> bytes:
    # A bare CR or LF could end the mail early for the next server and begin another one (SMTP smuggling).
    is_tidy = content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    lines = content if is_tidy else _LINE_END.sub(b"\r\n", content)
    if b"\n." in lines or lines.startswith(b"."):
        lines = _DOT_AT_START.sub(b"..", lines)
    return lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")


def _security(email: Mapping[str, Any]) -> str:
    options = {str(name).upper(): str(value).lower() for name, value in (email.get("OPTIONS") or {}).items()}
    yes = {"true", "1", "yes", "on"}
    if email.get("EMAIL_USE_SSL") or options.get("SSL") in yes:
        return "tls"
    return "starttls" if email.get("EMAIL_USE_TLS") or options.get("TLS") in yes else ""


def _our_name() -> str:
    """How we greet: the site's host. The machine's own name would need a look-up, which can take seconds."""
    host = urlsplit(settings.SITE_URL).hostname or "127.0.0.1"
    return f"[{host}]" if host.replace(".", "").isdigit() else host


def _words(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text

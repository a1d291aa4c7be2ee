"""One kept connection to the mail server: `begin` may be repeated at will, `hand_over` never."""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from organizations import smtp_replies, wire
from organizations.smtp_account import Account
from organizations.smtp_replies import Fate, Reply

LONGEST_IDLE = 30.0
# A line that has been quiet for this long is asked whether it lives before the next mail is tried on it.
_QUIET = 5.0

# How many mails a server takes on one connection before it hangs up, and until when this process believes it.
_learnt: dict[tuple[str, int], tuple[int, float]] = {}
_BELIEVED_FOR = 600.0


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
            ends = wire.address(sender), wire.address(recipient)
        except wire.BadAddress as refusal:
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
            smtp.send(wire.mail(content))
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


def _words(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text

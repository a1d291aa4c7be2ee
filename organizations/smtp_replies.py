"""What a mail server's answer means for the mail: accepted, later, refused, or in doubt."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

LONGEST_PAUSE = timedelta(minutes=30)
_LONGEST_TEXT = 500

# The first pause in seconds; it doubles with every attempt. 432: too many connections at once, 421: the server
# closes the line, 44x: the way there is bad. Those pass quickly; a full mailbox or a grey list does not.
_FIRST_PAUSE = {421: 10, 422: 10, 431: 10, 432: 30, 441: 10, 442: 10, 447: 10}
_USUAL_PAUSE, _UNREACHABLE_PAUSE = 60, 10

# Our own sign-in or greeting was turned down: that says nothing about the mail.
_ABOUT_OUR_ACCOUNT = {530, 534, 535, 538}
_OUR_MISTAKE = {503}

_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_NOBODY_THERE = {"5.1.1", "5.1.6", "5.1.10"}
_NOBODY_THERE_IN_WORDS = re.compile(
    r"user unknown|unknown user|no such (user|mailbox|recipient)"
    r"|(user|mailbox|recipient|address) (does not exist|not found)",
    re.IGNORECASE,
)


class Fate(Enum):
    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    IN_DOUBT = "in doubt"


NO_SUCH_MAILBOX, REFUSED, BAD_ADDRESS = "no_such_mailbox", "refused", "bad_address"
LINE_CUT, UNCLEAR_REPLY = "line_cut", "unclear_reply"


@dataclass(frozen=True)
class Reply:
    """The fate of a mail, and the server's own words about it."""

    fate: Fate
    code: int | None = None
    text: str = ""
    cause: str = ""
    first_pause: int = _USUAL_PAUSE
    # The server is away or turns us down: the next mail would fare no better.
    is_about_server: bool = False


def before_handing_over(code: int, text: bytes | str) -> Reply:
    """The answer to the greeting, MAIL, RCPT or the word DATA: the mail is still ours, so later is always safe."""
    reply = Reply(Fate.LATER, _code(code), clean(text), first_pause=_FIRST_PAUSE.get(code, _USUAL_PAUSE))
    if code in _ABOUT_OUR_ACCOUNT:
        return replace(reply, is_about_server=True)
    if 500 <= code <= 599 and code not in _OUR_MISTAKE:
        return _refused(reply)
    return reply


def after_handing_over(code: int, text: bytes | str) -> Reply:
    """The answer to the mail itself; what cannot be read may have been a yes."""
    reply = Reply(Fate.ACCEPTED, _code(code), clean(text))
    if 200 <= code <= 299:
        return reply
    if 400 <= code <= 499:
        return replace(reply, fate=Fate.LATER, first_pause=_FIRST_PAUSE.get(code, _USUAL_PAUSE))
    if 500 <= code <= 599:
        return _refused(reply)
    return replace(reply, fate=Fate.IN_DOUBT, cause=UNCLEAR_REPLY)


def cut_after_handing_over(fault: object) -> Reply:
    """The line went dead between the mail and its answer: nine in ten such mails have arrived."""
    return Reply(Fate.IN_DOUBT, text=clean(str(fault)), cause=LINE_CUT)


def cut_before_handing_over(fault: object) -> Reply:
    """The line went dead while we named the two ends."""
    return Reply(Fate.LATER, text=clean(str(fault)), first_pause=_UNREACHABLE_PAUSE)


def unreachable(fault: object, *, code: int | None = None) -> Reply:
    """No connection, no greeting, no sign-in."""
    return Reply(Fate.LATER, code, clean(str(fault)), first_pause=_UNREACHABLE_PAUSE, is_about_server=True)


def bad_address(why: str) -> Reply:
    """Nothing was asked of the server: no mail can be addressed like this."""
    return Reply(Fate.REFUSED, text=clean(why), cause=BAD_ADDRESS)


def pause(reply: Reply, *, attempts: int, chance: Callable[[], float] = random.random) -> timedelta:
    """How long to wait: doubling, and scattered so that a thousand mails do not come back at once."""
    longest = min(LONGEST_PAUSE, timedelta(seconds=reply.first_pause * 2 ** min(attempts, 12)))
    return max(timedelta(seconds=1), longest * chance())


def clean(text: bytes | str) -> str:
    """A server's words as one printable line that the database can hold."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join("".join(mark if mark.isprintable() else " " for mark in words).split())[:_LONGEST_TEXT]


def _refused(reply: Reply) -> Reply:
    return replace(reply, fate=Fate.REFUSED, cause=NO_SUCH_MAILBOX if _nobody_there(reply) else REFUSED)


def _nobody_there(reply: Reply) -> bool:
    if reply.code not in (550, 551, 553):
        return False
    status = _STATUS.search(reply.text)
    return status[0] in _NOBODY_THERE if status else bool(_NOBODY_THERE_IN_WORDS.search(reply.text))


def _code(code: int) -> int | None:
    return code if 200 <= code <= 599 else None

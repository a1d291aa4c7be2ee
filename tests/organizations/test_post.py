"""Notices to members, the kept connection, and what a mail server's answers mean."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from pytest_django import Settings

from organizations import post, smtp, smtp_replies, stopping, wire
from organizations.models import Notice, NoticeState
from organizations.smtp import Server
from organizations.smtp_account import Account
from organizations.smtp_replies import Fate
from organizations.tasks import send_notices
from tests.smtp_sink import Sink

database = pytest.mark.django_db(transaction=True)


def notify(now: datetime, to: str = "olga@acme.example", subject: str = "Your sign-in code") -> Notice:
    return post.notify(to=to, kind="sign_in", subject=subject, text="It is 123456.", html="<b>123456</b>", now=now)


# --- notices --------------------------------------------------------------------------------------------------------


@database
def test_a_notice_arrives_once_with_both_bodies(mail_sink: Sink, now: datetime) -> None:
    notice = notify(now, subject="Grüße – your code")

    assert post.send_notices(now=now) == 1
    assert post.send_notices(now=now) == 0

    [mail] = mail_sink.mails
    assert mail.message["Subject"] == "Grüße – your code"
    assert "123456" in mail.body("plain")
    assert "<b>123456</b>" in mail.body("html")
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.last_reply) == (NoticeState.SENT, 1, "250 OK")


@database
@pytest.mark.parametrize("subject", ["one\r\nBcc: eve@evil.example", "two\nlines", "", " ", "x" * 256, "nul\0"])
def test_a_subject_is_one_printable_line(subject: str, now: datetime) -> None:
    with pytest.raises(post.CannotNotify):
        notify(now, subject=subject)

    assert not Notice.objects.exists()


@database
@pytest.mark.parametrize("to", ["", "nobody", "a@b\r\nRCPT TO:<eve@evil.example>", "a b@c.example", "<a@b.example>"])
def test_a_notice_goes_to_one_real_address(to: str, now: datetime) -> None:
    with pytest.raises(post.CannotNotify):
        notify(now, to=to)


@database
def test_a_busy_server_gets_the_notice_later(mail_sink: Sink, now: datetime) -> None:
    notice = notify(now)
    mail_sink.reply("olga@acme.example", "451 4.3.0 try later")

    assert post.send_notices(now=now) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.last_reply) == (NoticeState.QUEUED, "451 4.3.0 try later")
    assert now < notice.not_before <= now + timedelta(minutes=2)

    assert post.send_notices(now=now + timedelta(minutes=2)) == 1


@database
def test_a_notice_in_doubt_is_sent_again(mail_sink: Sink, now: datetime) -> None:
    notify(now)
    mail_sink.reply("olga@acme.example", "drop")

    post.send_notices(now=now)
    post.send_notices(now=now + timedelta(minutes=2))

    assert mail_sink.per_recipient == {"olga@acme.example": 2}


@database
def test_a_notice_is_given_up_after_a_day_with_the_servers_words(mail_sink: Sink, now: datetime) -> None:
    notice = notify(now)
    mail_sink.reply("olga@acme.example", "451 4.3.0 try later")

    post.send_notices(now=now + post.GIVE_UP_AFTER)

    notice.refresh_from_db()
    assert (notice.state, notice.last_reply) == (NoticeState.FAILED, "451 4.3.0 try later")


@database
def test_a_refused_notice_fails_and_holds_up_nobody(mail_sink: Sink, now: datetime) -> None:
    notify(now)
    notify(now, to="quentin@acme.example")
    mail_sink.reply("olga@acme.example", "550 5.1.1 no such user", at="RCPT")

    assert post.send_notices(now=now) == 1
    assert dict(Notice.objects.values_list("to", "state")) == {
        "olga@acme.example": "failed",
        "quentin@acme.example": "sent",
    }


@database
def test_a_notice_whose_worker_died_is_sent_by_another(mail_sink: Sink, now: datetime) -> None:
    notice = notify(now)
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.CLAIMED, lease_until=now + post.LEASE)

    assert post.send_notices(now=now + timedelta(minutes=4)) == 0
    assert post.send_notices(now=now + timedelta(minutes=6)) == 1


@database
def test_an_absent_server_leaves_every_notice_waiting(now: datetime) -> None:
    for number in range(3):
        notify(now, to=f"member{number}@acme.example")

    assert post.send_notices(now=now, server=Server(Account("127.0.0.1", 9))) == 0
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.QUEUED}
    assert sorted(Notice.objects.values_list("attempts", flat=True)) == [0, 0, 1]


@database
def test_the_task_may_run_twice(mail_sink: Sink, now: datetime, freeze: Callable[[datetime], None]) -> None:
    notify(now)
    freeze(now)

    send_notices()
    send_notices()

    assert len(mail_sink.mails) == 1


# --- the kept connection --------------------------------------------------------------------------------------------


def send(server: Server, recipient: str = "anna@customers.example") -> smtp_replies.Reply:
    refused = server.begin(sender="shop@acme.example", recipient=recipient)
    return refused or server.hand_over(b"Subject: Hello\r\n\r\nHello\r\n")


@pytest.fixture(autouse=True)
def nothing_learnt() -> Iterator[None]:
    smtp._learnt.clear()
    yield
    smtp._learnt.clear()


def test_mails_share_a_connection_up_to_the_limit(mail_sink: Sink) -> None:
    with Server(Account("127.0.0.1", mail_sink.port, mails_per_connection=3)) as server:
        replies = [send(server).fate for _ in range(7)]

    assert replies == [Fate.ACCEPTED] * 7
    assert mail_sink.connections == 3


def test_a_connection_that_was_idle_for_half_a_minute_is_not_used_again(mail_sink: Sink) -> None:
    seconds = [0.0]
    with Server(Account("127.0.0.1", mail_sink.port), clock=lambda: seconds[0]) as server:
        send(server)
        seconds[0] += 29
        send(server)
        assert mail_sink.connections == 1
        seconds[0] += 31
        assert send(server).fate is Fate.ACCEPTED

    assert mail_sink.connections == 2


def test_after_a_refusal_the_next_mail_goes_out_on_the_same_line(mail_sink: Sink) -> None:
    mail_sink.reply("nobody@customers.example", "550 5.1.1 unknown", at="RCPT")
    with Server(Account("127.0.0.1", mail_sink.port)) as server:
        assert send(server, "nobody@customers.example").fate is Fate.REFUSED
        assert send(server).fate is Fate.ACCEPTED

    assert mail_sink.connections == 1


@contextmanager
def scripted(*lines: Sequence[bytes | None]) -> Iterator[int]:
    """A server that on each connection says these lines, one for each of ours; None cuts the line."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for script in lines:
            line, _ = listener.accept()
            with line, line.makefile("rb") as ours:
                in_mail = False
                for answer in script:
                    if answer is None:
                        break
                    line.sendall(answer + b"\r\n")
                    while (said := ours.readline()) and in_mail and said != b".\r\n":
                        pass
                    in_mail = said.upper().startswith(b"DATA")

    speaker = threading.Thread(target=serve, daemon=True)
    speaker.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        speaker.join(5)


HELLO = [b"220 here", b"250 hello"]
TAKEN = [b"250 yes", b"250 yes", b"354 go on", b"250 taken"]


def test_a_server_that_hangs_up_after_some_mails_is_learnt_and_costs_no_mail() -> None:
    with (
        scripted(
            [*HELLO, *TAKEN, *TAKEN, b"421 4.7.0 enough for this line", None],
            [*HELLO, *TAKEN, *TAKEN],
            [*HELLO, *TAKEN],
        ) as port,
        Server(Account("127.0.0.1", port)) as server,
    ):
        fates = [send(server).fate for _ in range(5)]

    assert fates == [Fate.ACCEPTED] * 5
    assert smtp._learnt["127.0.0.1", port][0] == 2


def test_a_kept_line_that_died_in_the_meantime_costs_no_mail() -> None:
    with scripted([*HELLO, *TAKEN, None], [*HELLO, *TAKEN]) as port, Server(Account("127.0.0.1", port)) as server:
        assert [send(server).fate for _ in range(2)] == [Fate.ACCEPTED] * 2


@pytest.mark.parametrize(
    ("script", "fate"),
    [
        ([b"554 go away"], Fate.LATER),
        ([b"\xff\xfe rubbish"], Fate.LATER),
        ([*HELLO, b"250 yes", None], Fate.LATER),
        ([*HELLO, b"250 yes", b"250 yes", None], Fate.LATER),
        ([*HELLO, b"250 yes", b"250 yes", b"451 not now"], Fate.LATER),
        ([*HELLO, b"250 yes", b"250 yes", b"554 no"], Fate.REFUSED),
        ([*HELLO, b"250 yes", b"250 yes", b"354 go on", None], Fate.IN_DOUBT),
        ([*HELLO, b"250 yes", b"250 yes", b"354 go on", b"\x80\x81"], Fate.IN_DOUBT),
        ([*HELLO, b"250 yes", b"250 yes", b"354 go on", b"250" + b"x" * 9000], Fate.IN_DOUBT),
        ([*HELLO, b"250 yes", b"250 yes", b"354 go on", b"354 again"], Fate.IN_DOUBT),
        ([*HELLO, b"250 yes", b"250 yes", b"354 go on", b"451 no room"], Fate.LATER),
    ],
)
def test_doubt_begins_when_the_server_waits_for_the_mail_and_not_before(script: list[bytes | None], fate: Fate) -> None:
    with scripted(script) as port, Server(Account("127.0.0.1", port, seconds_for_command=5)) as server:
        assert send(server).fate is fate


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        Server(Account("127.0.0.1", mute.getsockname()[1], seconds_to_connect=0.2)) as server,
    ):
        reply = send(server)

    assert (reply.fate, reply.is_about_server) == (Fate.LATER, True)


def test_the_mail_cannot_end_itself_early(mail_sink: Sink) -> None:
    with Server(Account("127.0.0.1", mail_sink.port)) as server:
        server.begin(sender="shop@acme.example", recipient="anna@customers.example")
        server.hand_over(b"Subject: Hello\r\n\r\none\n.\nMAIL FROM:<eve@evil.example>\r.\rtwo")

    [mail] = mail_sink.mails
    assert mail.content.split(b"\r\n\r\n", 1)[1].split(b"\r\n")[:4] == [
        b"one",
        b".",
        b"MAIL FROM:<eve@evil.example>",
        b".",
    ]


def test_letters_beyond_ascii_are_spoken_where_the_server_can(mail_sink: Sink) -> None:
    with Server(Account("127.0.0.1", mail_sink.port)) as server:
        assert send(server, "jürgen@bücher.example").fate is Fate.ACCEPTED

    assert list(mail_sink.per_recipient) == ["jürgen@xn--bcher-kva.example"]


def test_letters_beyond_ascii_are_refused_where_the_server_cannot() -> None:
    with scripted(HELLO) as port, Server(Account("127.0.0.1", port)) as server:
        reply = send(server, "jürgen@bücher.example")

    assert (reply.fate, reply.cause) == (Fate.REFUSED, smtp_replies.BAD_ADDRESS)


@given(some.text(max_size=40), some.text(max_size=40))
@example("anna", "¨")
@example("anna", "x＞y＜z.example")
def test_no_address_can_smuggle_a_command(local: str, domain: str) -> None:
    try:
        address = wire.address(f"{local}@{domain}")
    except wire.BadAddress:
        return
    assert not set(address) & set('\r\n\t\0 <>"')


@pytest.mark.parametrize(
    ("url", "security", "port"),
    [
        ("smtp://mail.example:1025", "", 1025),
        ("smtp+tls://u:p@mail.example:587", "starttls", 587),
        ("smtp://u:p@mail.example:587?tls=True", "starttls", 587),
        ("smtp+ssl://u:p@mail.example:465", "tls", 465),
    ],
)
def test_the_account_is_what_email_url_says(url: str, security: str, port: int, settings: Settings) -> None:
    import environ

    settings.EMAIL = environ.Env.email_url_config(url)

    account = Account.from_settings()

    assert (account.host, account.port, account.security) == ("mail.example", port, security)


# --- what answers mean ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "text", "cause"),
    [
        (550, "5.1.1 The email account does not exist", smtp_replies.NO_SUCH_MAILBOX),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound", smtp_replies.NO_SUCH_MAILBOX),
        (550, "No such user here", smtp_replies.NO_SUCH_MAILBOX),
        (550, "5.7.1 user unknown to our policy", smtp_replies.REFUSED),
        (550, "mailbox unavailable", smtp_replies.REFUSED),
        (552, "5.2.2 mailbox full", smtp_replies.REFUSED),
        (554, "5.7.1 no such user", smtp_replies.REFUSED),
    ],
)
def test_only_an_address_that_does_not_exist_is_said_not_to(code: int, text: str, cause: str) -> None:
    reply = smtp_replies.before_handing_over(code, text)

    assert (reply.fate, reply.cause) == (Fate.REFUSED, cause)


def test_our_own_sign_in_being_refused_says_nothing_about_the_mail() -> None:
    reply = smtp_replies.before_handing_over(530, "5.7.0 Authentication required")

    assert (reply.fate, reply.is_about_server) == (Fate.LATER, True)


@given(some.integers(-1, 999), some.binary(max_size=600))
def test_every_answer_has_a_fate_and_words_the_database_can_hold(code: int, text: bytes) -> None:
    before = smtp_replies.before_handing_over(code, text)
    after = smtp_replies.after_handing_over(code, text)

    assert before.fate in (Fate.LATER, Fate.REFUSED)
    assert (after.fate is Fate.ACCEPTED) == (200 <= code <= 299)
    assert "\0" not in after.text
    assert len(after.text) <= 500


@given(some.integers(0, 100_000), some.floats(0, 1, exclude_max=True))
def test_pauses_grow_are_scattered_and_stay_within_half_an_hour(attempts: int, chance: float) -> None:
    reply = smtp_replies.before_handing_over(450, "later")

    pause = smtp_replies.pause(reply, attempts=attempts, chance=lambda: chance)

    assert timedelta(seconds=1) <= pause <= smtp_replies.LONGEST_PAUSE


def test_sigterm_ends_the_work_in_an_orderly_way() -> None:
    import os
    import signal

    with stopping.orderly() as stop:
        assert not stop()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

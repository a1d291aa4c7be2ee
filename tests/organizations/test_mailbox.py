"""The development mailbox."""

import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from config.mailcatcher import Mailbox
from organizations import mailbox
from tests.environment import ROOT


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.MAILBOX_DIR = str(tmp_path)
    return tmp_path


def arrive(
    folder: Path, to: str, *, subject: str = "How was it?", html: str = "", text: str = "Tell us: https://a.example/x"
) -> str:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Acme <ask@acme.example>", "hidden@elsewhere.example", subject
    mail["Date"] = "Tue, 17 Mar 2026 09:00:00 +0000"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return Mailbox(folder).store(mail.as_bytes(), sender="bounce@acme.example", recipients=[to]).stem


def test_the_newest_mail_comes_first(folder: Path) -> None:
    arrive(folder, "anna@customers.example", subject="first")
    arrive(folder, "bert@customers.example", subject="second")

    page = Client().get("/mailbox/")

    assert [mail.subject for mail in page.context["mails"]] == ["second", "first"]


def test_mails_are_found_by_who_really_got_them(folder: Path) -> None:
    arrive(folder, "anna@customers.example")
    arrive(folder, "bert@customers.example")

    page = Client().get("/mailbox/?to=ANNA@")

    assert [mail.recipients for mail in page.context["mails"]] == [("anna@customers.example",)]


def test_the_list_renews_itself_with_the_part_that_the_page_includes(folder: Path) -> None:
    arrive(folder, "anna@customers.example")

    part = Client().get("/mailbox/", headers={"HX-Request": "true"}).content.decode()

    assert "anna@customers.example" in part
    assert "<html" not in part


def test_a_mail_is_shown_in_a_frame_that_may_do_nothing_but_open_links(folder: Path) -> None:
    name = arrive(
        folder, "anna@customers.example", html="<p onclick='x()'>Hello <a href='https://a.example/x'>there</a>"
    )

    page = Client().get(f"/mailbox/{name}/")
    body = Client().get(f"/mailbox/{name}/body/")

    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.content.decode()
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    policy = body.headers["Content-Security-Policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert body.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert body.content.decode().startswith('<base target="_blank">')


def test_a_plain_mail_shows_its_text_with_links_and_its_headers(folder: Path) -> None:
    name = arrive(folder, "anna@customers.example", subject="<script>alert(1)</script>")

    page = Client().get(f"/mailbox/{name}/").content.decode()

    assert '<a href="https://a.example/x" rel="nofollow">https://a.example/x</a>' in page
    assert "<script>alert(1)" not in page
    assert "Delivered-To" in page


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00rubbish",
        b"Subject: =?utf-8?b?////?=\r\nDate: never\r\n\r\n\xe4",
        b"Content-Type: text/html; charset=klingon\r\n\r\n<p>x",
    ],
)
def test_a_broken_mail_does_not_break_the_list(folder: Path, raw: bytes) -> None:
    name = Mailbox(folder).store(raw, sender="", recipients=["anna@customers.example"]).stem

    assert Client().get("/mailbox/").status_code == 200
    assert Client().get(f"/mailbox/{name}/").status_code == 200
    assert Client().get(f"/mailbox/{name}/body/").status_code == 200


@pytest.mark.parametrize("name", ["none", "..", "passwd", "x" * 500])
def test_what_is_no_mail_is_not_there(folder: Path, name: str) -> None:
    (folder.parent / "secret.eml").write_bytes(b"Subject: secret\r\n\r\n")

    assert mailbox.read(folder, f"../{name}") is None
    assert mailbox.read(folder, "../secret") is None
    assert Client().get(f"/mailbox/{name}/").status_code == 404


def test_nobody_reaches_it_in_production(folder: Path, settings: Settings) -> None:
    name = arrive(folder, "anna@customers.example")
    settings.LOCAL = False

    assert [
        Client().get(address).status_code for address in ("/mailbox/", f"/mailbox/{name}/", f"/mailbox/{name}/body/")
    ] == [404] * 3


def test_production_does_not_start_with_a_mailbox() -> None:
    environment = {
        **os.environ,
        "LOCAL": "false",
        "SITE_URL": "https://ask.acme.example",
        "MAILBOX_DIR": "/tmp",
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "MAILBOX_DIR must be empty" in done.stderr

"""No link that somebody got by mail can be read out of a log, and nobody can flood it with traces."""

import io
import logging

import pytest
from django.test import Client

from config.logs import HideTokens


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ('127.0.0.1 "GET /r/1.AbC-d_E?s=9 HTTP/1.1" 200', '127.0.0.1 "GET /r/…?s=9 HTTP/1.1" 200'),
        ("Internal Server Error: /u/1.AbC/undo", "Internal Server Error: /u/…/undo"),
        ('"GET /accounts/login/?next=/join/1.AbC/ HTTP/1.1"', '"GET /accounts/login/?next=/join/…/ HTTP/1.1"'),
        ('"GET /accounts/password/reset/key/3-d2-AbC/ HTTP/1.1"', '"GET /accounts/password/reset/key/…/ HTTP/1.1"'),
        ('"GET /accounts/confirm-email/NQ:1x:AbC/ HTTP/1.1"', '"GET /accounts/confirm-email/…/ HTTP/1.1"'),
        ("Not Found: /o/acme/responses/7/", "Not Found: /o/acme/responses/7/"),
    ],
)
def test_the_token_in_an_address_is_left_out(said: str, written: str) -> None:
    record = logging.LogRecord("gunicorn.access", logging.INFO, __file__, 1, "%s", (said,), None)

    assert HideTokens().filter(record)
    assert record.getMessage() == written


def test_the_web_servers_own_way_of_writing_is_covered() -> None:
    record = logging.LogRecord(
        "gunicorn.access", logging.INFO, __file__, 1, "%(r)s %(s)s", ({"r": "GET /r/1.AbC HTTP/1.1", "s": "200"},), None
    )

    HideTokens().filter(record)

    assert record.getMessage() == "GET /r/… HTTP/1.1 200"


@pytest.mark.parametrize(
    ("kind", "body", "host"),
    [
        ("multipart/form-data", b"rubbish", "testserver"),
        ("application/x-www-form-urlencoded", b"a=1", "somebody.else"),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 20_000), "testserver"),
    ],
    ids=["a broken upload", "a foreign host", "too many fields"],
)
def test_a_request_that_is_the_visitors_fault_leaves_one_line_without_a_trace(
    client: Client, kind: str, body: bytes, host: str
) -> None:
    [ours] = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    heard = io.StringIO()
    terminal = ours.setStream(heard)
    try:
        answer = client.generic("POST", "/accounts/login/", body, content_type=kind, headers={"host": host})
    finally:
        ours.setStream(terminal or ours.stream)

    assert answer.status_code == 400
    assert len(heard.getvalue().splitlines()) == 1

"""A production server starts on safe settings alone, and says which are not."""

import os
import subprocess
import sys

import pytest

SECRET = "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz"
SAFE = {
    "LOCAL": "false",
    "DEBUG": "false",
    "MAILBOX_DIR": "",
    "SITE_URL": "https://feedback.example.org",
    "ALLOWED_HOSTS": "feedback.example.org",
    "SECRET_KEY": SECRET,
    "ADDRESS_KEY": SECRET,
    "LINK_KEYS": f"2:{SECRET},1:{SECRET}",
}


def starting(program: str = "import config.settings", **changed: str) -> str:
    """What the settings say on the way up; '' when they come up."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"]} | SAFE | changed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stderr


def test_safe_settings_come_up() -> None:
    assert starting() == ""


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY must be set to a random value"),
        ("ADDRESS_KEY", "unsafe-address-key-that-is-long-enough", "ADDRESS_KEY must be set to a random value"),
        ("LINK_KEYS", SECRET, "LINK_KEYS must list keys such as 1:secret"),
        ("LINK_KEYS", f"2:short,1:{SECRET}", "LINK_KEYS must list keys such as 1:secret"),
        ("DEBUG", "true", "DEBUG must be off"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the hosts"),
        ("MAILBOX_DIR", "mails", "MAILBOX_DIR must be empty"),
        ("SITE_URL", "http://feedback.example.org", "SITE_URL must start with https://"),
    ],
)
def test_an_unsafe_setting_is_refused_with_the_way_to_mend_it(name: str, value: str, advice: str) -> None:
    assert advice in starting(**{name: value})


@pytest.mark.parametrize(
    ("changed", "may_leave"),
    [
        ({}, "False"),
        ({"EMAIL_URL": "smtp://127.0.0.1:25"}, "False"),
        ({"MAIL_RESERVED_DOMAINS": "true"}, "True"),
        ({"LOCAL": "true"}, "True"),
        ({"LOCAL": "true", "EMAIL_URL": "smtp://mail.acme.com:587"}, "False"),
    ],
)
def test_mail_to_domains_for_examples_goes_to_a_mailbox_on_this_machine_alone(
    changed: dict[str, str], may_leave: str
) -> None:
    program = "from config import settings; raise SystemExit(str(settings.MAIL_RESERVED_DOMAINS))"

    assert starting(program=program, **changed).strip() == may_leave

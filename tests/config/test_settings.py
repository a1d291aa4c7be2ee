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


def starting(**changed: str) -> str:
    """What the settings say on the way up; '' when they come up."""
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
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

"""EMAIL_URL → where mail goes out, by whose name, and how long we wait for an answer there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings


@dataclass(frozen=True)
class Account:
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

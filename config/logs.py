"""What must never stand in a log: the keys in the links that customers and colleagues get by mail."""

import logging
import re

_LINKS = re.compile(r"(/(?:r|u|join|accounts/confirm-email|accounts/password/reset/key)/)[^/?&\s\"']+")
LOGGERS = ("gunicorn.access", "gunicorn.error", "django.request", "django.server")


class HideTokens(logging.Filter):
    """The token in an address is all it takes to answer as the customer; the log shows that there was one."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = _LINKS.sub(r"\1…", said)
        if hidden != said:
            record.msg, record.args = hidden, None
        return True


def hide_tokens() -> None:
    for name in LOGGERS:
        logging.getLogger(name).addFilter(HideTokens())

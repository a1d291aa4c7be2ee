"""What must never stand in a log: the keys in links that people get by mail, and pages of traces for a bad request."""

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


class OneLineForRefusals(logging.Filter):
    """A request that was answered 4xx is the visitor's fault, and anybody can send a million: a line each, no trace."""

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        return True


def hide_tokens() -> None:
    for name in LOGGERS:
        logging.getLogger(name).addFilter(HideTokens())

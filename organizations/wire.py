"""What stands on the wire to a mail server: two addresses that end no command early, and a mail that ends once."""

import re

from organizations import domains

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f<>\\\"]")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_DOT_AT_START = re.compile(rb"(?m)^\.")


class BadAddress(ValueError):
    """No server can be asked to take mail for this."""


def address(text: str) -> str:
    """An address as MAIL and RCPT name it, its domain in ASCII; nothing that could end the command gets through."""
    local, _, domain = text.rpartition("@")
    if not local or not domain or len(text) > 254 or _FORBIDDEN.search(text):
        raise BadAddress("This is not an e-mail address.")
    try:
        ascii_domain = domains.in_ascii(domain)
    except UnicodeError as fault:
        raise BadAddress("The part after the @ is no domain.") from fault
    # Looked at again: some letters turn into a space or an angle bracket on their way to ASCII.
    if _FORBIDDEN.search(ascii_domain):
        raise BadAddress("The part after the @ is no domain.")
    return f"{local}@{ascii_domain}"


def mail(content: bytes) -> bytes:
    """A mail as DATA takes it, with the dot that ends it."""
    # A bare CR or LF could end the mail early for the next server and begin another one (SMTP smuggling).
    is_tidy = content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    lines = content if is_tidy else _LINE_END.sub(b"\r\n", content)
    if b"\n." in lines or lines.startswith(b"."):
        lines = _DOT_AT_START.sub(b"..", lines)
    return lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")

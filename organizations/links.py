"""Links that carry their own authority: a random public id and a 128-bit keyed code, one purpose each."""

import base64
import contextlib
import hashlib
import hmac
import uuid
from functools import lru_cache

from django.conf import settings

from organizations import domains

ANSWER, UNSUBSCRIBE, JOIN, FORM = "answer", "unsubscribe", "join", "form"

_MAC = 16  # bytes: 128 bit


def token(purpose: str, public_id: uuid.UUID) -> str:
    """The token for a row's random id: rebuilt at any time, so no link is stored."""
    return seal(purpose, public_id.bytes)


def public_id(purpose: str, token: str) -> uuid.UUID | None:
    """The id in a token that we made for this purpose; None for all others."""
    payload = unseal(purpose, token, size=16)
    return uuid.UUID(bytes=payload) if payload else None


def seal(purpose: str, payload: bytes) -> str:
    """`<key version>.<payload and code, base64url>`."""
    version, key = _keys()[0]
    return f"{version}.{_encode(payload + _mac(key, version, purpose, payload))}"


def unseal(purpose: str, token: str, *, size: int) -> bytes | None:
    """The payload of `size` bytes in a token of ours; None otherwise, in the same time whatever is wrong."""
    version, _, body = token.partition(".")
    raw = _decode(body)
    keys = dict(_keys())
    known = version in keys and len(raw) == size + _MAC
    raw = raw if known else bytes(size + _MAC)
    key = keys.get(version) or _keys()[0][1]
    genuine = hmac.compare_digest(raw[size:], _mac(key, version, purpose, raw[:size]))
    return raw[:size] if known and genuine else None


def address_key(address: str) -> str:
    """Keyed hash of the normalized address; '' where there is none."""
    normal = normalized(address)
    if not normal:
        return ""
    code = _begun(settings.ADDRESS_KEY).copy()
    code.update(normal.encode())
    return code.hexdigest()


@lru_cache(maxsize=4)
def _begun(key: str) -> hmac.HMAC:
    """Taking the key in costs more than the address; a file has a million of them."""
    return hmac.new(key.encode(), digestmod=hashlib.sha256)


def normalized(address: str) -> str:
    """One spelling for one mailbox: no space around, small letters, the domain in its ASCII form."""
    local, _, domain = address.strip().lower().rpartition("@")
    with contextlib.suppress(UnicodeError):
        domain = domains.in_ascii(domain)
    return f"{local}@{domain}" if local else domain


def absolute(path: str) -> str:
    """An address on this site; links come from SITE_URL alone, never from a request's Host."""
    return f"{settings.SITE_URL}{path}"


def _keys() -> list[tuple[str, bytes]]:
    pairs = (entry.partition(":") for entry in settings.LINK_KEYS)
    return [(version, secret.encode()) for version, _, secret in pairs]


def _mac(key: bytes, version: str, purpose: str, payload: bytes) -> bytes:
    return hmac.new(key, f"{version}.{purpose}.".encode() + payload, hashlib.sha256).digest()[:_MAC]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(body: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except ValueError:
        return b""
    # base64 has several spellings of one value; only ours is a link of ours.
    return raw if _encode(raw) == body else b""

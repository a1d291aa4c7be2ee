"""Links that carry their own authority: nobody but us can make one, and each opens one thing."""

import base64
import string
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from organizations import links
from tests.examples import examples

PURPOSES = [links.ANSWER, links.UNSUBSCRIBE, links.JOIN, links.FORM]
ID = uuid.UUID("7d9f3c1e-5a2b-4c8d-9e0f-1a2b3c4d5e6f")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_token_leads_back_to_its_id_for_its_purpose_alone(purpose: str) -> None:
    token = links.token(purpose, ID)

    assert {other: links.public_id(other, token) for other in PURPOSES} == {
        other: (ID if other == purpose else None) for other in PURPOSES
    }


def test_a_token_carries_128_bits_that_only_the_key_gives(settings: Settings) -> None:
    token = links.token(links.JOIN, ID)
    settings.LINK_KEYS = ["1:another link key that is just as long as it must be"]

    assert links.public_id(links.JOIN, token) is None
    assert links.token(links.JOIN, ID) != token
    body = token.partition(".")[2]
    assert len(base64.urlsafe_b64decode(body + "==")) == 16 + 16


def test_links_live_as_long_as_their_key_is_listed(settings: Settings) -> None:
    settings.LINK_KEYS = ["1:the first link key, long enough to be good"]
    old = links.token(links.JOIN, ID)

    settings.LINK_KEYS = [
        "2:the second link key, long enough to be good",
        "1:the first link key, long enough to be good",
    ]
    assert links.public_id(links.JOIN, old) == ID
    assert links.token(links.JOIN, ID).startswith("2.")

    settings.LINK_KEYS = ["2:the second link key, long enough to be good"]
    assert links.public_id(links.JOIN, old) is None


def test_the_version_is_part_of_what_is_keyed(settings: Settings) -> None:
    settings.LINK_KEYS = ["2:one key under two numbers, long enough", "1:one key under two numbers, long enough"]
    token = links.token(links.JOIN, ID)

    assert links.public_id(links.JOIN, "1" + token[1:]) is None


@pytest.mark.parametrize("length", range(46))
def test_a_truncated_token_opens_nothing(length: int) -> None:
    token = links.token(links.JOIN, ID)
    assert len(token) == 45

    assert (links.public_id(links.JOIN, token[:length]) is None) == (length < len(token))


RUBBISH = ["", ".", "1", "1.", "..", "1..", "é.ü", "1.é", "9.AAAA", "\0", "1.\0", "1.=", "1.====", " ", "None"]


@pytest.mark.parametrize("rubbish", [*RUBBISH, "1." + "A" * 43, "1." + "A" * 10_000])
def test_rubbish_opens_nothing(rubbish: str) -> None:
    assert links.public_id(links.JOIN, rubbish) is None


def test_no_other_printable_character_anywhere_in_a_token_opens_anything() -> None:
    token = links.token(links.JOIN, ID)
    changed = {
        token[:position] + middle + token[position + 1 :]
        for position in range(len(token))
        for character in string.printable
        for middle in ("", character, character + token[position])
    }

    assert len(changed) > 8000
    assert {other for other in changed if links.public_id(links.JOIN, other) is not None} == {token}


@given(
    position=st.integers(0, 44),
    character=st.characters(codec="utf-8"),
    how=st.sampled_from(["replace", "insert", "drop"]),
)
@settings(max_examples=examples(500), deadline=None)
def test_no_change_of_a_token_opens_anything(position: int, character: str, how: str) -> None:
    token = links.token(links.JOIN, ID)
    middle = {"replace": character, "insert": character + token[position], "drop": ""}[how]
    changed = token[:position] + middle + token[position + 1 :]

    assert links.public_id(links.JOIN, changed) == (ID if changed == token else None)


@given(payload=st.binary(min_size=1, max_size=80), purpose=st.sampled_from(PURPOSES))
def test_any_payload_comes_back_as_it_was_and_with_its_size_alone(payload: bytes, purpose: str) -> None:
    sealed = links.seal(purpose, payload)

    assert links.unseal(purpose, sealed, size=len(payload)) == payload
    assert links.unseal(purpose, sealed, size=len(payload) + 1) is None
    assert links.unseal(purpose, sealed, size=len(payload) - 1) is None


def test_one_mailbox_has_one_key_however_it_is_written() -> None:
    assert links.address_key(" Anna@MÜLLER.example ") == links.address_key("anna@xn--mller-kva.example")
    assert links.address_key("anna@müller.example") != links.address_key("anne@müller.example")
    assert links.address_key("") == links.address_key("   ") == ""


@given(st.text(max_size=400))
def test_any_address_has_a_key_or_none(address: str) -> None:
    assert len(links.address_key(address)) in (0, 64)

"""No mail leaves for another domain than the one that stands in the address."""

import pytest

from organizations import domains, links, wire


@pytest.mark.parametrize(
    ("written", "known_as"),
    [
        ("example.com", "example.com"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("MÜNCHEN.de", "xn--mnchen-3ya.de"),
        ("straße.de", "xn--strae-oqa.de"),
        ("βόλος.com", "xn--nxasmm1c.com"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
    ],
)
def test_a_domain_with_letters_of_other_scripts_is_the_one_that_stands_there(written: str, known_as: str) -> None:
    assert domains.in_ascii(written) == known_as


@pytest.mark.parametrize("rubbish", ["ü..de", "ü" * 70 + ".de", "-ü.de", "a\u202eü.de"])
def test_what_cannot_be_a_domain_is_refused(rubbish: str) -> None:
    with pytest.raises(UnicodeError):
        domains.in_ascii(rubbish)


def test_a_customer_of_one_domain_is_never_taken_for_one_of_another() -> None:
    assert links.address_key("anna@straße.de") != links.address_key("anna@strasse.de")
    assert wire.address("anna@straße.de") == "anna@xn--strae-oqa.de"

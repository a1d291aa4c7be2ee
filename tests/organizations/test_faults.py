"""What went wrong is said on a page of ours, with the way on."""

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_a_form_that_lost_its_proof_says_how_to_mend_it_and_is_a_page_of_ours() -> None:
    stranger = Client(enforce_csrf_checks=True)

    answer = stranger.post(reverse("account_login"), {"login": "olga@acme.example", "password": "x"})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Go back, reload the page and try again." in page
    # Nothing that the policy of our pages forbids.
    assert "<style" not in page
    assert "Content-Security-Policy" in answer.headers


def test_a_form_from_another_site_is_refused_on_the_same_page() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get(reverse("account_login"))
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value

    answer = browser.post(
        reverse("account_login"), {"csrfmiddlewaretoken": token}, headers={"origin": "https://elsewhere.example"}
    )

    assert answer.status_code == 403
    assert "Go back, reload the page and try again." in answer.content.decode()


MUCH = "x" * 2_700_000


def _signing_in(fields: dict[str, str], **headers: str) -> HttpResponse:
    browser = Client(enforce_csrf_checks=True)
    browser.get(reverse("account_login"))
    token = {"csrfmiddlewaretoken": browser.cookies[settings.CSRF_COOKIE_NAME].value}
    sent = urlencode(token | fields)
    kind = "application/x-www-form-urlencoded"
    return browser.post(reverse("account_login"), sent, content_type=kind, headers=headers)  # type: ignore[return-value]


def test_a_text_that_is_too_large_is_refused_with_how_much_a_form_holds() -> None:
    answer = _signing_in({"login": MUCH})

    page = answer.content.decode()
    assert answer.status_code == 413
    assert "This text is too large" in page
    assert "2.5\xa0MB" in page
    assert "Nothing of it was stored" in page
    assert "Content-Security-Policy" in answer.headers


def test_a_form_with_too_many_fields_is_refused_with_how_many_it_holds() -> None:
    answer = _signing_in({f"field-{number}": "1" for number in range(2_001)})

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "This form is too long" in page
    assert "2000 fields" in page


def test_a_script_gets_the_refusal_in_words_alone() -> None:
    answer = _signing_in({"login": MUCH}, **{"HX-Request": "true"})

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().startswith("This text is too large. A form may hold 2.5")

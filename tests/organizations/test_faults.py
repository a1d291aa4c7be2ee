"""What went wrong is said on a page of ours, with the way on."""

import pytest
from django.conf import settings
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

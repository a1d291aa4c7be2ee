"""What customers wrote, searched on the dashboard by those who may see single answers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dashboards import rollup
from feedback.models import Response
from organizations.models import Role
from surveys.answers import AnswerValue
from surveys.models import Touchpoint
from tests import factories
from tests.dashboards.test_dashboard_page import words
from tests.dashboards.verbs import answered, score
from tests.factories import NOW


@pytest.fixture
def touchpoint(db: None, freeze: Callable[[Any], None]) -> Touchpoint:
    freeze(NOW)
    organization = factories.organization()
    factories.cast(organization)
    made = factories.touchpoint(organization)
    said = [
        (2, "en", "The courier was rude"),
        (9, "de", "Sehr schöner Käse"),
        (10, "en", "KASE <b>& more</b>"),
        (7, "en", ""),
        (8, "en", "Fine"),
        (9, "en", "100% fine"),
    ]
    for given, language, text in said:
        customer = factories.customer(organization, language=language)
        invitation = factories.invitation(factories.purchase(customer, days_ago=5), touchpoint=made)
        more: dict[str, Any] = {"reason": AnswerValue(text=text)} if text else {}
        answered(invitation, now=NOW, nps=score(given), **more)
    rollup.sweep()
    return made


def page(touchpoint: Touchpoint, query: str = "", role: Role = Role.CASE_WORKER) -> str:
    client = Client()
    client.force_login(touchpoint.organization.members.get(role=role).user)
    answer = client.get(reverse("dashboards:dashboard", args=[touchpoint.organization.slug]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(touchpoint: Touchpoint, query: str) -> list[str]:
    html = page(touchpoint, query)
    parts = html.split("<blockquote")[1:]
    return [words("<p" + part.partition("</blockquote>")[0]) for part in parts]


def test_words_are_found_whatever_their_case_and_accents(touchpoint: Touchpoint) -> None:
    assert shown(touchpoint, "?say=kase") == [
        "KASE <b>& more</b>".replace("<", "&lt;").replace(">", "&gt;").replace("& ", "&amp; "),
        "Sehr schöner Käse",
    ]
    assert shown(touchpoint, "?say=schon+KÄSE") == ["Sehr schöner Käse"]
    assert shown(touchpoint, "?say=%25") == ["100% fine"]
    assert "No comment matches" in words(page(touchpoint, "?say=nothing"))


def test_hits_are_marked_and_what_people_wrote_stays_text(touchpoint: Touchpoint) -> None:
    html = page(touchpoint, "?say=kase")

    assert "<mark>KASE</mark> &lt;b&gt;&amp; more&lt;/b&gt;" in html
    assert "<mark>Käse</mark>" in html


def test_comments_are_told_apart_by_score_and_language(touchpoint: Touchpoint) -> None:
    assert shown(touchpoint, "?tone=low") == ["The courier was rude"]
    assert shown(touchpoint, "?tone=middle") == ["Fine"]
    assert shown(touchpoint, "?tongue=de") == ["Sehr schöner Käse"]
    assert shown(touchpoint, "?tone=high&tongue=en&say=fine") == ["100% fine"]


@pytest.mark.parametrize("query", ["?tone=x", "?about=x", "?about=99999999999999999999", "?tongue=xx&say=", "?page=x"])
def test_rubbish_in_the_address_is_no_fault(touchpoint: Touchpoint, query: str) -> None:
    page(touchpoint, query)


def test_a_search_keeps_the_filter_of_the_page(touchpoint: Touchpoint) -> None:
    html = page(touchpoint, f"?period=30d&touchpoint={touchpoint.pk}&page=3&say=x")

    search = html.partition('class="hb-filter hb-comments-search')[2].partition("</form>")[0]

    assert '<input type="hidden" name="period" value="30d">' in search
    assert 'name="touchpoint"' in search
    assert 'type="hidden" name="page"' not in search
    assert 'type="hidden" name="say"' not in search


def test_viewers_find_no_comments(touchpoint: Touchpoint) -> None:
    html = page(touchpoint, "?say=courier", Role.VIEWER)

    assert "rude" not in html
    assert "Search in comments" not in html


def test_an_anonymous_comment_leads_to_nobody_and_has_no_score(touchpoint: Touchpoint) -> None:
    Response.objects.filter(answers__text__contains="rude").update(anonymous=True, invitation=None, customer=None)

    html = page(touchpoint, "?say=rude")

    assert "The courier was <mark>rude</mark>" in html
    assert "/responses/" not in html.partition("<blockquote")[2].partition("</li>")[0]
    assert shown(touchpoint, "?tone=low") == []

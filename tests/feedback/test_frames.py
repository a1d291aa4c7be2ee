"""Pages are drawn once for all who see the same; what is one customer's own is drawn into them and never kept."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.template import loader
from django.test import Client
from django.utils import translation

from feedback import frames
from feedback.blanks import Blanks, marks, new_mark
from feedback.models import Invitation
from surveys.models import Survey
from tests import factories
from tests.feedback import asking

DOCUMENT: dict[str, Any] = {
    "languages": ["en", "de"],
    "pages": [
        {"questions": [asking.question("recommend", "nps", required=True), asking.question("why", "text")]},
        {
            "title": {"en": "Dear {{customer:first_name|you}}", "de": "Noch etwas"},
            "questions": [asking.question("more", "text")],
        },
    ],
    "endings": [{"key": "end", "title": {"en": "Thank you, {{customer:first_name|you}}"}, "text": {"en": "Bye"}}],
}


@pytest.fixture(autouse=True)
def nothing_is_kept_yet(freeze: Callable[[datetime], None], now: datetime) -> None:
    freeze(now)
    frames._kept.cache_clear()


@pytest.fixture
def survey(db: None, now: datetime) -> Survey:
    return asking.survey_of(factories.organization("Aurora"), DOCUMENT, now=now)


def asked(survey: Survey, name: str, *, now: datetime) -> Invitation:
    invitation = asking.ask(survey.organization, now=now, survey=survey, name=name)
    invitation.customer.attributes = {"first_name": name}
    invitation.customer.save()
    return invitation


def kept() -> int:
    return frames._kept.cache_info().currsize


def opened(client: Client, invitation: Invitation) -> str:
    return client.get(asking.path_of(invitation)).content.decode()


def test_two_customers_share_a_frame_and_nothing_else(client: Client, survey: Survey, now: datetime) -> None:
    anna, otto = asked(survey, "Anna", now=now), asked(survey, "Otto", now=now)

    hers, his = opened(client, anna), opened(client, otto)

    assert kept() == 1
    (her_key,), (his_key,) = asking.fields_of(hers)["form"], asking.fields_of(his)["form"]
    assert her_key != his_key
    assert hers.replace(her_key, his_key) == his


def test_a_name_in_a_title_is_never_kept(client: Client, survey: Survey, now: datetime) -> None:
    second_pages, thanks = [], []
    for name in ("Anna", "Otto"):
        invitation = asked(survey, name, now=now)
        first = asking.open_page(client, invitation)
        second_pages.append(asking.press(client, invitation, first, recommend="9", why=f"{name} says so"))
        asking.press(client, invitation, asking.fields_of(second_pages[-1].content.decode()), more="No")
        thanks.append(client.get(f"{asking.path_of(invitation)}/thanks"))

    assert kept() == 3  # page, page, thanks: for both of them
    for found in (second_pages, thanks):
        hers, his = (response.content.decode() for response in found)
        assert "Anna" in hers
        assert "Otto" not in hers
        assert "Otto" in his
        assert "Anna" not in his


def test_a_change_of_what_all_see_shows_at_once(client: Client, survey: Survey, now: datetime) -> None:
    anna, organization = asked(survey, "Anna", now=now), survey.organization
    assert "Aurora" in opened(client, anna)

    organization.name = "Borealis & Sons"
    organization.save()

    page = opened(client, anna)
    assert "Borealis &amp; Sons" in page
    assert "Aurora" not in page


def test_each_language_has_a_frame_of_its_own(client: Client, survey: Survey, now: datetime) -> None:
    anna = asked(survey, "Anna", now=now)
    page = asking.open_page(client, anna)

    german = client.post(asking.path_of(anna), page | {"speak": ["de"]}).content.decode()

    assert '<html lang="de" dir="ltr">' in german
    assert "Weiter" in german
    assert "Next" in opened(client, anna)


SHOWN = {"organization": None, "language": "en", "direction": "ltr", "zone": "UTC", "look": "/look.css"}


@pytest.mark.parametrize("word", ["1.plain_token-x", "<b>&\"'", ""])
def test_a_frame_filled_is_what_the_template_gives_by_itself(word: str) -> None:
    shown = SHOWN | {"may_change": True}
    hers = {"token": "t", "closes_on": word, "said": [], "thanks": {"title": word}}
    whole = loader.get_template("respond/thanks.html")

    with translation.override("en"):
        assert frames.draw("respond/thanks.html", shown, hers) == whole.render(shown | hers)
        assert frames.draw("respond/thanks.html", shown, hers) == whole.render(shown | hers)


def test_a_blank_that_a_filter_spoils_is_refused() -> None:
    mark = new_mark()
    (blank,) = marks(["name"], mark).values()

    assert Blanks(f"Dear {blank}!", mark).filled({"name": "Anna"}) == "Dear Anna!"
    with pytest.raises(ValueError, match="changed a mark"):
        Blanks(f"Dear {blank.upper()}!", mark)

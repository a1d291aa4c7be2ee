"""A customer with a link in her mail, and what she does on the page: used by the tests of answering."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Any

from django.test import Client

from feedback import addresses
from feedback.models import Invitation
from organizations.models import Organization
from surveys import drafting, publishing, questionnaire
from surveys.models import Basis, Survey
from tests import factories

Fields = dict[str, list[str]]


def path_of(invitation: Invitation) -> str:
    return f"/r/{addresses.token(invitation)}"


def ask(
    organization: Organization, *, now: datetime, survey: Survey | None = None, name: str = "Anna Berg", **fields: Any
) -> Invitation:
    """Somebody who bought headphones five days ago, and is asked about it now."""
    customer = factories.customer(organization, name, language=fields.pop("language", "en"))
    purchase = factories.purchase(customer, days_ago=5, now=now, product="Headphones", store="Berlin")
    touchpoint = factories.touchpoint(organization, survey=survey, now=now)
    return factories.invitation(purchase, touchpoint=touchpoint, now=now, **fields)


def survey_of(organization: Organization, document: Mapping[str, Any], *, now: datetime) -> Survey:
    """A survey with this document, published."""
    author = factories.member(organization, name=f"author{organization.survey_versions.count()}")
    parsed = questionnaire.parse({"format": 1, "base_language": "en", "languages": ["en"], **document})
    made = drafting.create(
        organization, name="Ours", basis=Basis.TRANSACTIONAL, questionnaire=parsed, by=author, now=now
    )
    publishing.publish(made.versions.get(), by=author, now=now)
    return made


def question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "text": {"en": f"About {key}?"}, **more}


ENDINGS = [{"key": "end", "title": {"en": "Thank you"}}]

# The reason is asked of the unhappy; the second page always.
TWO_PAGES: dict[str, Any] = {
    "pages": [
        {
            "questions": [
                question("recommend", "nps", required=True),
                question(
                    "why",
                    "text",
                    required=True,
                    show_if={"answer": "recommend", "at_most": 6},
                ),
            ]
        },
        {"questions": [question("ease", "ces", required=True), question("more", "text")]},
    ],
    "endings": ENDINGS,
}

_HIDDEN = re.compile(r"<fieldset[^>]*\bhidden\b.*?</fieldset>", re.S)
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z]+)(?:="([^"]*)")?')


def fields_of(html: str) -> Fields:
    """What a browser without JavaScript would send of this page, before anybody touches it."""
    fields: Fields = {}
    for tag in _INPUT.findall(_HIDDEN.sub("", html)):
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag[6:])}
        if "name" in attributes and (attributes.get("type") not in ("radio", "checkbox") or "checked" in attributes):
            fields.setdefault(attributes["name"], []).append(attributes.get("value", ""))
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', _HIDDEN.sub("", html), re.S):
        fields.setdefault(name, []).append(unescape(text))
    return fields


def open_page(client: Client, invitation: Invitation, query: str = "") -> Fields:
    response = client.get(path_of(invitation) + query)
    assert response.status_code == 200, response.status_code
    return fields_of(response.content.decode())


def press(client: Client, invitation: Invitation, page: Mapping[str, list[str]], go: str = "on", **answers: Any) -> Any:
    """She answers (`recommend="9"`) and presses the button."""
    given = {
        f"q-{key.replace('_', '-')}": value if isinstance(value, list) else [value] for key, value in answers.items()
    }
    return client.post(path_of(invitation), {**page, **given, "go": [go]})


def stored(invitation: Invitation) -> dict[str, Any]:
    """What the database holds of her answers, by question key."""
    from feedback.models import Answer

    answers = Answer.objects.filter(response__invitation=invitation).select_related("question")
    return {
        answer.question.key: next(value for value in (answer.score, answer.choices, answer.text) if value is not None)
        for answer in answers
    }

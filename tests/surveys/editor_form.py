"""The editor's form as a browser would fill and send it."""

import json
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from surveys.models import Survey
from tests import factories

FIRST = "pages[0].questions[0].text.en"


def address(of: Survey, place: str = "") -> str:
    return f"/o/{of.organization.slug}/surveys/{of.pk}/{place}"


class Fields(HTMLParser):
    """The fields of the editor's form, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.names: set[str] = set()
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "input" and name and found.get("type") not in ("checkbox", "radio"):
            self.values[name] = found.get("value") or ""
        elif tag == "input" and "checked" in found:
            self.values[name] = found.get("value") or "on"
        elif tag == "textarea":
            self._area, self.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in self.values or "selected" in found):
            self.values[self._select] = found.get("value") or ""
        if tag == "button" and name == "do":
            self.names.add(found.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data.removeprefix("\n")


def form(page: Any) -> Fields:
    fields = Fields()
    fields.feed(page.content.decode())
    return fields


def press(client: Client, survey: Survey, button: str, page: Any = None, **typed: str) -> Any:
    """The editor after a button, with what stands in the form and what was typed over it."""
    before = page or client.get(address(survey, "edit/"))
    values = form(before).values | {name.replace("__", "."): text for name, text in typed.items()}
    return client.post(address(survey, "edit/"), values | {"do": button}, follow=True)


def type_into(page: Any, place: str, text: str, button: str, client: Client, survey: Survey) -> Any:
    return client.post(address(survey, "edit/"), form(page).values | {place: text, "do": button}, follow=True)


def draft_data(survey: Survey) -> dict[str, Any]:
    draft = survey.versions.drafts().get()
    data: dict[str, Any] = json.loads(draft.document)
    return data


def published_data(survey: Survey) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(factories.published(survey).document)
    return data


def keys(data: dict[str, Any]) -> list[list[str]]:
    return [[question["key"] for question in page["questions"]] for page in data["pages"]]


def edited(client: Client, survey: Survey, text: str) -> Any:
    page = client.get(address(survey, "edit/"))
    return type_into(page, FIRST, text, "save", client, survey)

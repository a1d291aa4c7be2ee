"""No app mentions what is further down: no address, no template, no tag, no module by its name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

CODE = Path(__file__).parent.parent
TEMPLATES = CODE / "templates"
CHAIN = ["organizations", "surveys", "feedback", "dashboards", "actions", "api"]

# Folders that are not called after their app; what stands in no folder belongs to the first app.
FOLDERS = {
    "account": "organizations",
    "emails/customer": "feedback",
    "emails/notices": "organizations",
    "respond": "feedback",
}
# Notices to members are one folder, found by their names; these are of an app further down.
NOTICES = {"case_assigned": "actions", "cases_today": "actions"}

QUOTED = re.compile(r"""["']([^"'{}%]+)["']""")
TAG = re.compile(r"\{%.*?%\}", re.S)
LOADED = re.compile(r"\{%\s*load\s+([\w ]+?)\s*%\}")
ADDRESS = re.compile(r"([a-z_]+):[a-z_]+\Z")
TEMPLATE = re.compile(r"[\w/.]+/[\w.]*\Z")
DOTTED = re.compile(r"([a-z_]+)\.[\w.]+\Z")


def namespaces() -> dict[str, str]:
    """Whose addresses a namespace holds."""
    found: dict[str, str] = {}
    for app in CHAIN:
        for file in (CODE / app).glob("*urls.py"):
            name = re.search(r'^app_name = "(\w+)"', file.read_text(), re.M)
            found |= {name[1]: app} if name else {}
    return found


NAMESPACES = namespaces()
LIBRARIES = {file.stem: app for app in CHAIN for file in (CODE / app / "templatetags").glob("*.py")}


def owner(template: str) -> str | None:
    """Whose page a template is a part of."""
    for folder, app in FOLDERS.items():
        if template.startswith(f"{folder}/"):
            return NOTICES.get(template.split("/")[-1].split(".")[0], app)
    first, is_inside, _rest = template.partition("/")
    if not is_inside:
        return "organizations"
    return first if first in CHAIN else None


def named(word: str) -> str | None:
    """The app that a string is about, where it is one of our names."""
    if address := ADDRESS.match(word):
        return NAMESPACES.get(address[1])
    if TEMPLATE.match(word):
        return owner(word)
    dotted = DOTTED.match(word)
    return dotted[1] if dotted and dotted[1] in CHAIN else None


def below(app: str, words: Iterator[str]) -> list[str]:
    return [word for word in words if (other := named(word)) and CHAIN.index(other) > CHAIN.index(app)]


def words_of_code(code: str) -> Iterator[str]:
    nodes = ast.walk(ast.parse(code))
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def words_of_template(text: str) -> Iterator[str]:
    for tag in TAG.findall(text):
        yield from QUOTED.findall(tag)
    for names in LOADED.findall(text):
        yield from (f"{LIBRARIES[name]}.templatetags.{name}" for name in names.split() if name in LIBRARIES)


def test_no_code_names_an_address_a_template_or_a_module_further_down() -> None:
    found = {
        f"{file.relative_to(CODE)}: {word}"
        for app in CHAIN
        for file in (CODE / app).rglob("*.py")
        for word in below(app, words_of_code(file.read_text()))
    }

    assert found == set()


def test_no_template_names_an_address_a_template_or_a_tag_further_down() -> None:
    found = set()
    for file in (file for file in TEMPLATES.rglob("*") if file.is_file()):
        name = str(file.relative_to(TEMPLATES))
        app = owner(name)
        assert app is not None, f"{name} is in no app's folder"
        found |= {f"{name}: {word}" for word in below(app, words_of_template(file.read_text()))}

    assert found == set()


def test_every_part_of_a_page_further_up_has_its_spot_there_and_no_spot_is_empty() -> None:
    spots = {
        spot: owner(str(file.relative_to(TEMPLATES)))
        for file in TEMPLATES.rglob("*.html")
        for spot in re.findall(r'\{% parts "([\w.]+)" %\}', file.read_text())
    }
    parts = [(spot, owner(template)) for name in settings.PARTS for spot, template in import_string(name).items()]

    assert {spot for spot, _app in parts} == spots.keys()
    assert [spot for spot, app in parts if CHAIN.index(str(app)) <= CHAIN.index(str(spots[spot]))] == []


@pytest.mark.parametrize(
    "template",
    [
        "{% url 'feedback:customers' organization.slug %}",
        '{% include "respond/_blocks.html" with sheet=sheet only %}',
        "{% load i18n respond %}",
        '{% extends "actions/home.html" %}',
    ],
)
def test_a_template_of_surveys_that_looks_down_is_found(template: str) -> None:
    assert len(below("surveys", words_of_template(template))) == 1


@pytest.mark.parametrize(
    "code",
    [
        'redirect("actions:home", slug)',
        'render(request, "dashboards/dashboard.html")',
        'loader.get_template(f"respond/{name}.html")',
        'import_string("feedback.timeline.events")',
    ],
)
def test_code_of_surveys_that_looks_down_is_found(code: str) -> None:
    assert len(below("surveys", words_of_code(code))) == 1


def test_looking_up_is_free() -> None:
    assert below("actions", words_of_template("{% url 'surveys:list' slug %}{% include 'feedback/_band.html' %}")) == []

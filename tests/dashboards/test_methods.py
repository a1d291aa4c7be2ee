"""The page that says how figures are made: every formula with its source, from the functions that compute."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import CodeType, FrameType
from typing import Any

import pytest
from django.test import Client

from dashboards import asked, methods, metrics, rollup
from dashboards.methods import Group
from feedback.models import Customer
from organizations.models import Role
from surveys.models import Basis, Question, Touchpoint
from tests import factories
from tests.dashboards.test_dashboard_page import a_touchpoint, address, get, signed_in, words
from tests.dashboards.verbs import answered, score
from tests.factories import NOW

Freeze = Callable[[Any], None]


@pytest.fixture
def touchpoint(db: None, freeze: Freeze) -> Touchpoint:
    freeze(NOW)
    return a_touchpoint()


def say(
    touchpoint: Touchpoint, *, who: Customer | None = None, days_ago: int = 1, region: str = "", **scores: int
) -> None:
    bought: dict[str, Any] = {"region": region} if region else {}
    purchase = factories.purchase(who or factories.customer(touchpoint.organization), **bought)
    invitation = factories.invitation(purchase, touchpoint=touchpoint)
    said: dict[str, Any] = {key: score(value) for key, value in scores.items()}
    answered(invitation, now=NOW - timedelta(days=days_ago), **said)


def page(client: Client, touchpoint: Touchpoint) -> str:
    answer = client.get(address(touchpoint.organization, "methods"))
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- the page -------------------------------------------------------------------------------------------------------


def test_management_reads_formula_and_source_of_every_figure(touchpoint: Touchpoint) -> None:
    html = page(signed_in(touchpoint, Role.VIEWER), touchpoint)

    assert '<h3 id="nps"' in html
    assert "<code>100·(P - D)/n; interval adjusted_wald (default), score or wald.</code>" in html
    assert "Reichheld 2003, Harvard Business Review 81(12)" in html
    assert 'href="#intervals-wilson"' in html
    assert "Whether an action helped" in words(html)
    assert "effectiveness.verdict" in words(html)


def test_the_dashboard_leads_there(touchpoint: Touchpoint) -> None:
    assert f'href="{address(touchpoint.organization, "methods")}"' in get(touchpoint)


def test_every_definition_has_an_address_of_its_own_a_formula_and_a_source() -> None:
    entries = [entry for section in methods.sections() for entry in section.entries]

    assert len({entry.anchor for entry in entries}) == len(entries)
    assert [entry.name for entry in entries if not (entry.summary and entry.formula and entry.source)] == []


@pytest.fixture
def one_module(settings: Any) -> Iterator[None]:
    settings.METHODS = [f"{__name__}.GROUPS"]
    methods.sections.cache_clear()
    yield
    methods.sections.cache_clear()


GROUPS = (Group("here", "<i>Here</i>", (__name__,)),)


def sharp() -> None:
    """Less <b>or</b> more.

    Formula: a < b & <script>alert(1)</script>
    Source: <img src=x>
    """


@pytest.mark.usefixtures("one_module")
def test_what_a_docstring_says_is_text_and_never_html(touchpoint: Touchpoint) -> None:
    html = page(signed_in(touchpoint), touchpoint)

    assert "<code>a &lt; b &amp; &lt;script&gt;alert(1)&lt;/script&gt;</code>" in html
    assert "Less &lt;b&gt;or&lt;/b&gt; more." in html
    assert "<img src=x>" not in html
    assert "<i>Here" not in html


@pytest.mark.parametrize(
    ("starter", "key"), [("post_purchase", "nps"), ("post_purchase", "product"), ("support", "effort")]
)
def test_a_figure_leads_to_its_formula_interval_test_and_rules(touchpoint: Touchpoint, starter: str, key: str) -> None:
    survey = factories.survey(touchpoint.organization, starter=starter, name="Asked twice")
    asked = factories.touchpoint(touchpoint.organization, survey=survey, name="After something")
    said: dict[str, Any] = {key: 5}
    for days_ago in (1, 100) * 5:
        say(asked, days_ago=days_ago, **said)
    rollup.sweep()
    client, question = signed_in(touchpoint), Question.objects.get(survey=survey, key=key)

    definition = client.get(address(touchpoint.organization, "definition", question.pk)).content.decode()

    listed, made = page(client, touchpoint), methods.made(question.figure)
    for anchor in (
        made.formula,
        made.interval,
        made.test,
        made.family,
        made.minimum,
        made.blocks,
        made.apart,
        made.rounding,
    ):
        assert f'href="{address(touchpoint.organization, "methods")}#{anchor}"' in definition
        assert f'id="{anchor}"' in listed


# --- what the dashboard uses ----------------------------------------------------------------------------------------


def code_of(definition: Callable[..., Any]) -> CodeType:
    """Of a class, what makes one."""
    made: Any = definition.__post_init__ if isinstance(definition, type) else definition  # type: ignore[attr-defined]
    return made.__code__  # type: ignore[no-any-return]


def called_by(work: Callable[[], object]) -> set[Callable[..., Any]]:
    """Which of the definitions a piece of work calls."""
    modules = [name for group in methods.GROUPS for name in group.modules]
    definitions = {code_of(it): it for name in modules for it in methods.definitions(name)}
    called: set[Callable[..., Any]] = set()

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in definitions:
            called.add(definitions[frame.f_code])

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return called


def test_what_is_marked_as_used_is_what_the_dashboard_calls(touchpoint: Touchpoint) -> None:
    """Regions of 31, 6 and 3; a change that is real, one that is none, and one where all agree before and now."""
    for number in range(40):
        region = "north" if number < 31 else "south" if number < 37 else "west"
        say(touchpoint, region=region, nps=2 if number % 4 else 9, product=5, delivery=3 + number % 2)
        say(touchpoint, region=region, nps=9, product=5, delivery=3 + number // 2 % 2, days_ago=100)
    rollup.sweep()
    # Those who answered had been asked; that they had a mail is not needed for it.
    asked.recount(touchpoint.organization)
    client, url = signed_in(touchpoint), address(touchpoint.organization)
    called = called_by(lambda: client.get(url))

    # Then somebody answers again and again.
    anna = factories.customer(touchpoint.organization)
    for number in range(20):
        say(touchpoint, who=anna, region="north", nps=9 - number % 3, product=4, delivery=4)
    rollup.sweep()
    called |= called_by(lambda: client.get(url))

    # And it is about the whole relationship.
    touchpoint.survey.basis = Basis.RELATIONAL
    touchpoint.survey.save()
    called |= called_by(lambda: client.get(url))

    # This survey does not ask for effort.
    assert called == methods.USED - {metrics.ces}

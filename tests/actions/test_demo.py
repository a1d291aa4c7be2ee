"""The demo tells a story that our own arithmetic finds, is loaded once, and goes without a trace."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from actions import demo, demo_answers, demo_purchases, demo_removal
from actions import demo_words as words
from actions.models import Case, CaseState
from dashboards import comparisons, spc
from dashboards.distribution import Distribution, Recommenders
from dashboards.limits import Limits
from dashboards.models import DailyAsked, DailyCount
from feedback.models import Answer, Invitation, Message, MessageState, Purpose, Response, Skip
from organizations.models import AuditEntry, Member, Organization, Role, User
from surveys.models import Question
from tests import factories
from tests.factories import NOW

# The demo is loaded once, for all that only look at it.
pytestmark = [pytest.mark.django_db, pytest.mark.long]

MONTH = timedelta(days=30)


def everything_goes() -> None:
    # No number is given out twice, since published versions are kept in memory by theirs.
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Organization]:
    with django_db_blocker.unblock(), override_settings(MAILBOX_DIR=""):
        shop = demo.load(password="a long enough word", now=NOW)
    yield shop
    with django_db_blocker.unblock():
        everything_goes()


@pytest.fixture
def shop(loaded: Organization, db: None) -> Organization:
    """What a test does to it is undone after the test."""
    return Organization.objects.get(pk=loaded.pk)


def test_the_demo_has_a_role_for_everybody_and_answers_in_four_languages(shop: Organization) -> None:
    assert set(shop.members.values_list("role", flat=True)) == set(Role.values)
    assert shop.is_demo
    assert set(Response.objects.values_list("language", flat=True)) == {"de", "en", "es", "fr"}
    assert not Response.objects.filter(changed_at__gt=NOW).exists()
    assert Response.objects.filter(completed_at=None).exists()


def test_about_a_third_of_those_whom_a_mail_reached_answer(shop: Organization) -> None:
    reached = shop.customer_messages.filter(purpose=Purpose.INVITATION, state=MessageState.SENT).count()

    assert 0.3 < Response.objects.count() / reached < 0.4


def test_every_real_purchase_is_there_and_they_are_level_over_eighteen_months(shop: Organization) -> None:
    purchases = shop.interactions.filter(source="shop").values_list("experienced_at", flat=True)

    months = Counter((NOW - at) // MONTH for at in purchases)

    assert sum(months.values()) == len(demo_purchases.FILE.read_text().splitlines()) == 6919
    assert shop.customers.count() == 2357
    assert all(0.8 < months[month] / (6919 * 30 / demo_purchases.DAYS) < 1.2 for month in range(18))


def test_each_interaction_was_decided_once_at_each_touchpoint(shop: Organization) -> None:
    for touchpoint in shop.touchpoints.all():
        due = shop.interactions.filter(experienced_at__lte=NOW - timedelta(days=touchpoint.days_after, minutes=1))
        asked = set(Invitation.objects.filter(touchpoint=touchpoint).values_list("interaction", flat=True))
        skipped = set(Skip.objects.filter(touchpoint=touchpoint).values_list("interaction", flat=True))

        assert asked | skipped == set(due.values_list("pk", flat=True))
        assert not asked & skipped
    assert set(Skip.objects.values_list("reason", flat=True)) >= {
        *("asked_recently", "bounced", "opted_out", "no_address", "too_long_ago", "not_meant"),
    }


def test_nobody_was_asked_about_a_purchase_within_the_quiet_period(shop: Organization) -> None:
    touchpoint = shop.touchpoints.get(name="After a purchase")
    asked: dict[str, list[Invitation]] = {}
    for invitation in shop.invitations.order_by("created_at"):
        asked.setdefault(invitation.address_key, []).append(invitation)

    too_soon = [
        later
        for theirs in asked.values()
        for earlier, later in pairwise(theirs)
        if later.touchpoint_id == touchpoint.pk
        and later.created_at < earlier.created_at + timedelta(days=touchpoint.quiet_period)
    ]

    assert not too_soon


def test_nobody_is_reminded_after_an_answer_or_an_opt_out(shop: Organization) -> None:
    reminders = Message.objects.filter(purpose=Purpose.REMINDER)
    stopped = dict(shop.suppressions.values_list("address_key", "at"))

    assert reminders.count() > 1000
    for reminder in reminders.select_related("invitation__response"):
        assert reminder.invitation
        response = getattr(reminder.invitation, "response", None)
        assert response is None or response.created_at > reminder.created_at
        assert stopped.get(reminder.address_key, NOW) > reminder.created_at


# --- the story ---


def recommenders(question: Question, *, first_age: int, last_age: int) -> Recommenders:
    """From so many days ago to so many, counted as the dashboard counts."""
    days = (NOW.date() - timedelta(days=first_age), NOW.date() - timedelta(days=last_age))
    rows = DailyCount.objects.filter(question=question, dimension="", day__range=days)
    counts = [sum(places) for places in zip(*rows.values_list("counts", flat=True), strict=True)]
    return Recommenders.of(Distribution.of(counts, lowest=0, highest=10))


@pytest.fixture
def nps(shop: Organization) -> Question:
    return Question.objects.get(survey__name="After your purchase", key="nps")


def test_the_fall_and_the_recovery_are_real_and_what_was_before_is_as_what_came_after(nps: Question) -> None:
    trouble = demo_answers.TROUBLE
    before = recommenders(nps, first_age=trouble.stop + 95, last_age=trouble.stop)
    during = recommenders(nps, first_age=trouble.stop - 7, last_age=trouble.start)
    after = recommenders(nps, first_age=trouble.start - 7, last_age=0)

    fall, recovery, between = (
        comparisons.nps(first, second) for first, second in [(before, during), (during, after), (before, after)]
    )

    assert interval_of(fall)[1] < 0
    assert interval_of(recovery)[0] > 0
    assert interval_of(between)[0] < 0 < interval_of(between)[1]


def interval_of(difference: comparisons.Difference) -> tuple[float, float]:
    """Its interval, which must be there."""
    assert difference.interval
    return difference.interval


def test_the_control_chart_has_signals_in_the_months_of_trouble_alone(nps: Question) -> None:
    trouble, months = demo_answers.TROUBLE, list(range(17, -1, -1))
    series = [recommenders(nps, first_age=30 * month + 29, last_age=30 * month) for month in months]
    calm = sum(30 * month > trouble.stop for month in months)

    chart = spc.nps_chart(series, Limits(baseline=calm))

    troubled = {place for place, month in enumerate(months) if trouble.start - 30 < 30 * month < trouble.stop + 3}
    found = {place for places in chart.signals().values() for place in places}
    assert found
    assert found <= troubled


def test_box_sets_do_worse_than_all_other_products(nps: Question) -> None:
    rows = DailyCount.objects.filter(question=nps, dimension="a:product")
    by_product: dict[str, list[int]] = {}
    for value, counts in rows.values_list("value", "counts"):
        by_product[value] = [a + b for a, b in zip(by_product.get(value, [0] * 11), counts, strict=True)]
    told = {
        value: Recommenders.of(Distribution.of(counts, lowest=0, highest=10)) for value, counts in by_product.items()
    }
    rest = [told[value] for value in told if value != "Box set"]

    differences = {
        value: comparisons.nps(_added([r for v, r in told.items() if v != value]), told[value]) for value in told
    }

    assert len(rest) == 4
    worst = differences.pop("Box set")
    assert interval_of(worst)[1] < -20
    assert all(other.p is not None and other.p > 0.01 for other in differences.values())


def _added(parts: list[Recommenders]) -> Recommenders:
    return Recommenders(*(sum(getattr(part, name) for part in parts) for name in Recommenders.__slots__))


def test_unhappy_customers_have_cases_most_of_them_closed_and_the_newest_open(shop: Organization) -> None:
    cases = Case.objects.filter(organization=shop)

    assert cases.filter(state=CaseState.CLOSED).count() > 10 * cases.open().count() > 0
    assert {"checkout", "delivery"} <= set(cases.values_list("cause", flat=True))
    assert not cases.filter(closed_at__gt=NOW).exists()
    assert not cases.exclude(entries__kind="opened").exists()


# --- loading and removing ---


def test_the_response_rate_stands_there_at_once(shop: Organization) -> None:
    counted = DailyAsked.objects.filter(organization=shop)

    assert sum(day.completed for day in counted) > 1000
    assert {day.touchpoint_id for day in counted} == set(shop.touchpoints.values_list("pk", flat=True))


def test_loading_it_again_changes_nothing(shop: Organization) -> None:
    answers = Response.objects.count()

    again = demo.load(password="another long word", now=NOW + timedelta(days=1))

    assert again == shop
    assert Response.objects.count() == answers


def test_no_demo_customer_has_an_address_that_could_exist(shop: Organization) -> None:
    assert shop.customers.exclude(email="").exists()
    assert not shop.customers.exclude(email="").exclude(email__endswith=".invalid").exists()


def test_without_a_mailbox_no_demo_mail_waits_to_leave(shop: Organization) -> None:
    assert not shop.customer_messages.exclude(state__in=[MessageState.SENT, MessageState.FAILED]).exists()


def test_with_a_mailbox_the_newest_purchases_are_left_to_the_real_sweep(settings: Settings, tmp_path: Path) -> None:
    settings.MAILBOX_DIR = str(tmp_path)
    # The demo that is loaded already comes back when this test is undone.
    demo_removal.remove()

    shop = demo.load(password="a long enough word", now=NOW)

    touchpoint = shop.touchpoints.get(name="After a purchase")
    due = shop.interactions.filter(source="shop", experienced_at__lte=NOW - timedelta(days=touchpoint.days_after))
    decided = {
        *Invitation.objects.filter(touchpoint=touchpoint).values_list("interaction", flat=True),
        *Skip.objects.filter(touchpoint=touchpoint).values_list("interaction", flat=True),
    }
    assert 0 < due.exclude(pk__in=decided).count() < 30


def rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def test_the_demo_goes_whole_and_takes_nothing_of_anybody_else(
    shop: Organization, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA, settings.MAILBOX_DIR = tmp_path, str(tmp_path)
    theirs = factories.organization("Acme")
    cast = factories.cast(theirs)
    survey = factories.survey(theirs)
    touchpoint = factories.touchpoint(theirs, survey=survey)
    factories.invitation(factories.purchase(factories.customer(theirs)), touchpoint=touchpoint)
    (tmp_path / "1.eml").write_bytes(b"Delivered-To: anna.berg.1@customers.invalid\r\nSubject: ours\r\n\r\n")
    (tmp_path / "2.eml").write_bytes(b"Delivered-To: anna@acme.example\r\nSubject: theirs\r\n\r\n")
    (tmp_path / "demo-password").write_text("a long enough word")
    with_demo = {model: model.objects.filter(organization=theirs).count() for model in (Member, AuditEntry, Question)}

    said = StringIO()
    call_command("demo", "--remove", stdout=said)

    left = {table: n for table, n in rows().items() if n and table.startswith(("feedback_", "actions_"))}
    assert left == {"feedback_customer": 1, "feedback_interaction": 1, "feedback_invitation": 1}
    assert list(Organization.objects.all()) == [theirs]
    assert set(User.objects.all()) == {member.user for member in cast.values()} | {
        member.user for member in theirs.members.all()
    }
    assert with_demo == {model: model.objects.count() for model in (Member, AuditEntry, Question)}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2.eml"]
    assert said.getvalue() == "The demo is gone.\n"


def test_removing_what_is_not_there_says_so(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    demo_removal.remove()

    said = StringIO()
    call_command("demo", "--remove", stdout=said)

    assert said.getvalue() == "There is no demo.\n"


def test_the_next_start_tells_no_sign_ins_of_a_demo_that_is_gone(
    shop: Organization, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    (tmp_path / "run").mkdir()
    stamp = tmp_path / "run" / "demo.json"
    stamp.write_text(json.dumps({"of": "this database", "said": "owner\tolga"}))

    call_command("demo", "--remove", stdout=StringIO())

    assert json.loads(stamp.read_text()) == {"of": "this database", "said": ""}


def test_an_organization_at_the_demos_address_is_left_alone(
    shop: Organization, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    demo_removal.remove()
    factories.organization("Somebody", slug=demo.SLUG)

    with pytest.raises(CommandError, match="is no demo"):
        call_command("demo")
    assert demo_removal.remove() is False
    assert Organization.objects.filter(slug=demo.SLUG).exists()


def test_comments_are_in_the_language_of_the_invitation(shop: Organization) -> None:
    said = Answer.objects.filter(kind="text").values_list("response__language", "text")

    for language, text in said:
        known = {
            *words.MIDDLE[language],
            *words.HIGH[language],
            *(t for low in words.LOW.values() for t in low[language]),
        }
        assert text in known

"""Touchpoints: made, changed, started and paused."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from organizations import record
from organizations.models import AuditEntry, Member, Organization
from surveys import archiving, drafting, rules, sentences, starters, touchpoints
from surveys.models import Survey, Touchpoint, TouchpointState
from surveys.touchpoints import Timing
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def quentin(acme: Organization) -> Member:
    return factories.member(acme)


@pytest.fixture
def survey(acme: Organization, quentin: Member) -> Survey:
    return factories.survey(acme, by=quentin)


@pytest.fixture
def after_purchase(acme: Organization, survey: Survey, quentin: Member) -> Touchpoint:
    return touchpoints.create(acme, name="After a purchase", survey=survey, by=quentin, now=NOW)


def unpublished(acme: Organization, quentin: Member) -> Survey:
    wording = starters.STARTERS["support"].questionnaire()
    return drafting.create(acme, name="Support", basis="transactional", questionnaire=wording, by=quentin, now=NOW)


def told(acme: Organization) -> list[str]:
    found = AuditEntry.objects.filter(organization=acme, what__startswith="touchpoint.")
    return list(found.order_by("pk").values_list("what", flat=True))


def stored(touchpoint: Touchpoint) -> Touchpoint:
    return Touchpoint.objects.get(pk=touchpoint.pk)


def test_a_new_touchpoint_asks_nobody_yet(after_purchase: Touchpoint, acme: Organization) -> None:
    assert (after_purchase.state, after_purchase.started_at) == (TouchpointState.DRAFT, None)
    assert touchpoints.timing_of(after_purchase) == Timing(3, 30, 30, 30)
    assert told(acme) == ["touchpoint.created"]


def test_starting_and_pausing_are_recorded(after_purchase: Touchpoint, acme: Organization, quentin: Member) -> None:
    touchpoints.start(after_purchase, by=quentin, now=NOW)
    assert (stored(after_purchase).state, stored(after_purchase).started_at) == (TouchpointState.RUNNING, NOW)

    touchpoints.pause(after_purchase, by=quentin, now=NOW)
    assert stored(after_purchase).state == TouchpointState.PAUSED
    assert told(acme) == ["touchpoint.created", "touchpoint.started", "touchpoint.paused"]


def test_a_double_click_starts_once(after_purchase: Touchpoint, acme: Organization, quentin: Member) -> None:
    touchpoints.start(after_purchase, by=quentin, now=NOW)
    touchpoints.start(after_purchase, by=quentin, now=NOW)

    assert told(acme) == ["touchpoint.created", "touchpoint.started"]


def test_a_touchpoint_that_does_not_run_cannot_be_paused(after_purchase: Touchpoint, quentin: Member) -> None:
    touchpoints.pause(after_purchase, by=quentin, now=NOW)

    assert stored(after_purchase).state == TouchpointState.DRAFT


def test_nothing_is_started_that_has_nothing_to_send(acme: Organization, quentin: Member) -> None:
    support = unpublished(acme, quentin)
    touchpoint = touchpoints.create(acme, name="After support", survey=support, by=quentin, now=NOW)

    with pytest.raises(touchpoints.NotStartable, match="“Support” has no published version yet"):
        touchpoints.start(touchpoint, by=quentin, now=NOW)

    assert stored(touchpoint).state == TouchpointState.DRAFT


def test_an_archived_survey_is_not_sent(after_purchase: Touchpoint, survey: Survey, quentin: Member) -> None:
    archiving.archive(survey, by=quentin, now=NOW)

    with pytest.raises(touchpoints.NotStartable, match="archived"):
        touchpoints.start(after_purchase, by=quentin, now=NOW)


def test_a_touchpoint_that_is_not_a_draft_says_since_when(after_purchase: Touchpoint) -> None:
    with pytest.raises(IntegrityError, match="started_touchpoint_says_since_when"):
        Touchpoint.objects.filter(pk=after_purchase.pk).update(state=TouchpointState.RUNNING)


def test_a_change_is_recorded_with_what_changed(
    after_purchase: Touchpoint, survey: Survey, acme: Organization, quentin: Member
) -> None:
    timing = Timing(days_after=7, quiet_period=30, open_for=30, only_younger_than=30)

    touchpoints.edit(after_purchase, name="After a purchase", survey=survey, timing=timing, by=quentin, now=NOW)

    assert stored(after_purchase).days_after == 7
    entry = AuditEntry.objects.filter(organization=acme).latest("pk")
    assert entry.detail == {"name": "After a purchase", "changes": {"days_after": [3, 7]}}
    assert record.line(entry).did == "changed the touchpoint “After a purchase”"
    assert record.line(entry).changes == (record.Change("days after the experience", was=3, now=7),)


def test_saving_without_a_change_leaves_no_trace(
    after_purchase: Touchpoint, survey: Survey, acme: Organization, quentin: Member
) -> None:
    touchpoints.edit(after_purchase, name="After a purchase", survey=survey, timing=Timing(), by=quentin, now=NOW)

    assert told(acme) == ["touchpoint.created"]


def test_the_survey_may_change_until_it_was_started(
    after_purchase: Touchpoint, acme: Organization, quentin: Member
) -> None:
    other = factories.survey(acme, starter="support", name="Support")

    touchpoints.edit(after_purchase, name="After support", survey=other, timing=Timing(), by=quentin, now=NOW)

    assert stored(after_purchase).survey == other


def test_a_started_touchpoint_keeps_its_survey(after_purchase: Touchpoint, acme: Organization, quentin: Member) -> None:
    other = factories.survey(acme, starter="support", name="Support")
    touchpoints.start(after_purchase, by=quentin, now=NOW)

    with pytest.raises(touchpoints.SurveyIsFixed):
        touchpoints.edit(after_purchase, name="Renamed", survey=other, timing=Timing(), by=quentin, now=NOW)

    assert stored(after_purchase).name == "After a purchase"


def test_a_touchpoint_that_could_never_ask_is_refused(acme: Organization, survey: Survey, quentin: Member) -> None:
    too_late = Timing(days_after=30, only_younger_than=30)

    with pytest.raises(touchpoints.NeverInTime):
        touchpoints.create(acme, name="Too late", survey=survey, timing=too_late, by=quentin, now=NOW)

    assert acme.touchpoints.count() == 0


def test_it_says_in_a_sentence_what_it_does() -> None:
    assert sentences.in_words(Timing(), "Post-purchase") == (
        "3 days after a purchase we send “Post-purchase”. "
        "Whoever was asked anything in the last 30 days is left in peace. "
        "Nobody is asked about a purchase that is 30 days old or older. "
        "The link works for 30 days."
    )


def test_where_sources_are_told_apart_the_sentence_speaks_of_more_than_purchases() -> None:
    of_calls = rules.read([{"interaction": "source", "is": "support"}])

    assert sentences.in_words(Timing(quiet_period=0), "After a call", of_calls) == (
        "3 days after a purchase or contact we send “After a call”. Only if the source is support. "
        "Nobody is asked about what is 30 days old or older. The link works for 30 days."
    )


def test_without_a_quiet_period_the_sentence_does_not_mention_one() -> None:
    at_once = Timing(days_after=0, quiet_period=0, open_for=1, only_younger_than=2)

    assert sentences.in_words(at_once, "Support") == (
        "On the day of a purchase we send “Support”. "
        "Nobody is asked about a purchase that is 2 days old or older. "
        "The link works for 1 day."
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("days_after", 366),
        ("quiet_period", 731),
        ("open_for", 0),
        ("open_for", 366),
        ("only_younger_than", 3651),
        ("reminders", 4),
        ("days_between", 0),
        ("days_between", 61),
    ],
)
def test_each_setting_has_bounds_that_the_verb_tells_and_the_database_keeps(
    acme: Organization, survey: Survey, quentin: Member, after_purchase: Touchpoint, name: str, value: int
) -> None:
    with pytest.raises(touchpoints.OutOfBounds, match="must be a number from"):
        touchpoints.create(
            acme, name="Out", survey=survey, timing=replace(Timing(), **{name: value}), by=quentin, now=NOW
        )

    with pytest.raises(IntegrityError, match="touchpoint_keeps_its_bounds"), transaction.atomic():
        # As young as may be asked about at the most, so that no other constraint speaks.
        Touchpoint.objects.filter(pk=after_purchase.pk).update(**({"only_younger_than": 3650} | {name: value}))


def test_the_last_reminder_leaves_while_the_link_works(
    acme: Organization, survey: Survey, quentin: Member, after_purchase: Touchpoint
) -> None:
    late = Timing(open_for=14, reminders=2, days_between=7)

    with pytest.raises(touchpoints.RemindsTooLate, match="day 14, and the link works for 14 days only"):
        touchpoints.create(acme, name="Late", survey=survey, timing=late, by=quentin, now=NOW)
    with pytest.raises(IntegrityError, match="touchpoint_reminds_while_the_link_works"), transaction.atomic():
        Touchpoint.objects.filter(pk=after_purchase.pk).update(open_for=14, reminders=2, days_between=7)


def test_rules_and_reminders_are_part_of_the_sentence_and_of_the_record(
    acme: Organization, survey: Survey, quentin: Member, after_purchase: Touchpoint
) -> None:
    in_berlin = rules.read([{"interaction": "store", "is": "Berlin"}, {"customer": "language", "one_of": ["de", "fr"]}])
    timing = Timing(reminders=1, days_between=5)

    touchpoints.edit(
        after_purchase, name="After a purchase", survey=survey, timing=timing, rules=in_berlin, by=quentin, now=NOW
    )

    after_purchase.refresh_from_db()
    sentence = sentences.of(after_purchase)
    assert "Only if the purchase's “store” is Berlin and the customer's “language” is de or fr." in sentence
    assert "Whoever has not answered is reminded once, 5 days later." in sentence
    changes = AuditEntry.objects.filter(what="touchpoint.changed").latest("pk").detail["changes"]
    assert changes["rules"] == [[], rules.written(in_berlin)]
    assert changes["reminders"] == [0, 1]


def test_whatever_is_not_told_stays_as_it_is(survey: Survey, quentin: Member, after_purchase: Touchpoint) -> None:
    in_berlin = rules.read([{"interaction": "store", "is": "Berlin"}])
    touchpoints.edit(after_purchase, timing=Timing(reminders=1), rules=in_berlin, by=quentin, now=NOW)

    touchpoints.edit(after_purchase, name="In Berlin", by=quentin, now=NOW)

    after_purchase.refresh_from_db()
    assert (after_purchase.name, after_purchase.survey) == ("In Berlin", survey)
    assert touchpoints.timing_of(after_purchase) == Timing(reminders=1)
    assert touchpoints.rules_of(after_purchase) == in_berlin
    touchpoints.edit(after_purchase, rules=(), by=quentin, now=NOW)
    after_purchase.refresh_from_db()
    assert touchpoints.rules_of(after_purchase) == ()

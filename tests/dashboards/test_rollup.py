"""Answers → daily counts: whatever is done to answers, by however many at once, the counts are those of the answers."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, cast

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards import rollup
from dashboards.models import DailyCount, SegmentValue
from feedback import answering, journal
from feedback.models import Answer, ChangedDay, Exclusion, Invitation, Response
from organizations.models import Member
from surveys.models import Basis, Question, Survey, Touchpoint
from tests import factories
from tests.dashboards.verbs import VERBS, Step, World, answered, chose, score
from tests.examples import examples
from tests.factories import NOW

TODAY = date(2026, 3, 10)
Cell = tuple[str, date, str, str]


@pytest.fixture
def after_purchase(db: None) -> Touchpoint:
    return factories.touchpoint(factories.organization())


@pytest.fixture
def quentin(after_purchase: Touchpoint) -> Member:
    return after_purchase.organization.members.get()


def asked(touchpoint: Touchpoint, name: str = "Anna Berg", *, language: str = "en", **bought: str) -> Invitation:
    customer = factories.customer(touchpoint.organization, name, language=language)
    return factories.invitation(factories.purchase(customer, **cast(Any, bought)), touchpoint=touchpoint)


def counts(survey: Survey) -> dict[Cell, tuple[list[int], int]]:
    rows = DailyCount.objects.filter(survey=survey).select_related("question")
    return {(row.question.key, row.day, row.dimension, row.value): (row.counts, row.answered) for row in rows}


def in_all(survey: Survey, question: str = "nps", day: date = TODAY) -> tuple[list[int], int] | None:
    return counts(survey).get((question, day, "", ""))


def histogram(**scores: int) -> list[int]:
    """histogram(s9=2): twice the score 9."""
    return [scores.get(f"s{i}", 0) for i in range(11)]


def test_an_answer_is_counted_on_its_day_in_all_and_in_each_of_its_segments(after_purchase: Touchpoint) -> None:
    answered(asked(after_purchase, region="north"), now=NOW, nps=score(9))

    rollup.sweep()

    version = factories.published(after_purchase.survey)
    expected = (histogram(s9=1), 1)
    assert counts(after_purchase.survey) == {
        ("nps", TODAY, "", ""): expected,
        ("nps", TODAY, "touchpoint", str(after_purchase.pk)): expected,
        ("nps", TODAY, "version", str(version.pk)): expected,
        ("nps", TODAY, "language", "en"): expected,
        ("nps", TODAY, "channel", "email"): expected,
        ("nps", TODAY, "a:region", "north"): expected,
    }


def test_an_answer_sent_at_night_counts_on_the_organizations_day(after_purchase: Touchpoint) -> None:
    almost_midnight_in_utc = NOW.replace(hour=23, minute=30)
    answered(asked(after_purchase), now=almost_midnight_in_utc, nps=score(9))

    rollup.sweep()

    assert in_all(after_purchase.survey, day=date(2026, 3, 11)) == (histogram(s9=1), 1)


def test_an_answer_without_the_last_pages_counts_as_far_as_it_goes(after_purchase: Touchpoint) -> None:
    answered(asked(after_purchase), now=NOW, is_complete=False, nps=score(3))

    rollup.sweep()

    assert in_all(after_purchase.survey) == (histogram(s3=1), 1)


def test_a_changed_answer_counts_once_and_as_it_was_changed(after_purchase: Touchpoint) -> None:
    annas = asked(after_purchase)
    answered(annas, now=NOW, nps=score(3), product=score(1))
    rollup.sweep()

    answered(annas, now=NOW + timedelta(hours=1), nps=score(9))
    rollup.sweep()

    assert in_all(after_purchase.survey) == (histogram(s9=1), 1)
    assert in_all(after_purchase.survey, "product") is None


def test_a_response_left_out_does_not_count_until_it_is_taken_in_again(
    after_purchase: Touchpoint, quentin: Member
) -> None:
    answered(asked(after_purchase, "Anna Berg"), now=NOW, nps=score(9))
    bertas = answered(asked(after_purchase, "Berta Cohn"), now=NOW, nps=score(0))

    answering.exclude(bertas, why="Our own test order", by=quentin, now=NOW)
    rollup.sweep()
    assert in_all(after_purchase.survey) == (histogram(s9=1), 1)

    answering.include(bertas, by=quentin, now=NOW)
    rollup.sweep()
    assert in_all(after_purchase.survey) == (histogram(s0=1, s9=1), 2)


def test_an_erased_answer_leaves_no_row_behind(after_purchase: Touchpoint, quentin: Member) -> None:
    annas = answered(asked(after_purchase, region="north"), now=NOW, nps=score(9))
    rollup.sweep()

    answering.erase(annas, by=quentin, now=NOW)
    rollup.sweep()

    assert counts(after_purchase.survey) == {}


def test_choices_are_counted_in_the_order_of_their_lasting_keys_up_to_the_last_one_taken(
    after_purchase: Touchpoint,
) -> None:
    answered(asked(after_purchase, "Anna Berg"), now=NOW, what_went_wrong=chose("late", "ordering"))
    answered(asked(after_purchase, "Berta Cohn"), now=NOW, what_went_wrong=chose("late"))

    rollup.sweep()

    keys = Question.objects.get(survey=after_purchase.survey, key="what_went_wrong").choice_keys
    assert keys[:5] == ["late", "damaged", "wrong_or_missing", "not_as_described", "ordering"]
    assert in_all(after_purchase.survey, "what_went_wrong") == ([2, 0, 0, 0, 1], 2)


def test_a_choice_that_a_later_version_adds_changes_no_older_day(after_purchase: Touchpoint) -> None:
    answered(asked(after_purchase), now=NOW, what_went_wrong=chose("late"))
    rollup.sweep()

    question = Question.objects.get(survey=after_purchase.survey, key="what_went_wrong")
    question.choice_keys = [*question.choice_keys, "wrapping"]
    question.save()

    assert rollup.verify(after_purchase.survey_id) == []


def test_values_beyond_the_fiftieth_are_counted_together(after_purchase: Touchpoint) -> None:
    for number in range(52):
        answered(asked(after_purchase, shop=f"shop {number:02}"), now=NOW, nps=score(9))

    rollup.sweep()

    listed = SegmentValue.objects.filter(dimension="a:shop").values_list("value", flat=True)
    assert sorted(listed) == [f"shop {number:02}" for number in range(50)]
    assert counts(after_purchase.survey)["nps", TODAY, "a:shop", "other"] == (histogram(s9=2), 2)
    assert rollup.verify(after_purchase.survey_id) == []


def test_a_late_value_stays_among_the_others_until_a_rebuild(after_purchase: Touchpoint) -> None:
    for number in range(50):
        answered(asked(after_purchase, shop=f"shop {number:02}"), now=NOW, nps=score(9))
    rollup.sweep()
    for _ in range(3):
        answered(asked(after_purchase, shop="new and busy"), now=NOW, nps=score(0))
    rollup.sweep()
    assert counts(after_purchase.survey)["nps", TODAY, "a:shop", "other"] == (histogram(s0=3), 3)

    rollup.rebuild(after_purchase.survey_id)

    assert counts(after_purchase.survey)["nps", TODAY, "a:shop", "new and busy"] == (histogram(s0=3), 3)
    assert counts(after_purchase.survey)["nps", TODAY, "a:shop", "other"] == (histogram(s9=1), 1)


def test_choices_of_the_others_are_added_place_by_place(after_purchase: Touchpoint) -> None:
    for number in range(50):
        answered(asked(after_purchase, shop=f"shop {number:02}"), now=NOW, what_went_wrong=chose("price"))
    rollup.sweep()

    answered(asked(after_purchase, shop="x"), now=NOW, what_went_wrong=chose("late", "damaged"))
    answered(asked(after_purchase, shop="y"), now=NOW, what_went_wrong=chose("damaged"))
    rollup.sweep()

    assert counts(after_purchase.survey)["what_went_wrong", TODAY, "a:shop", "other"] == ([1, 2], 2)


def test_a_row_that_is_right_is_not_written_again(after_purchase: Touchpoint) -> None:
    annas = answered(asked(after_purchase), now=NOW, nps=score(9))
    rollup.sweep()
    before = places_on_disk()

    journal.mark(annas)
    rollup.sweep()

    assert places_on_disk() == before
    assert not ChangedDay.objects.exists()


def places_on_disk() -> list[Any]:
    """A written row moves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid, xmin FROM dashboards_dailycount ORDER BY id")
        return list(cursor.fetchall())


@pytest.mark.parametrize("customers", [1, 3])
def test_a_day_takes_the_same_number_of_statements_however_many_answered(
    after_purchase: Touchpoint, customers: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _ in range(customers):
        answered(asked(after_purchase), now=NOW, nps=score(9))

    with django_assert_num_queries(STATEMENTS_A_DAY):
        rollup.roll_up(after_purchase.survey_id, days=[TODAY])


STATEMENTS_A_DAY = 17


def test_a_day_that_somebody_marks_while_it_is_counted_is_counted_once_more(
    transactional_db: None,
) -> None:
    touchpoint = factories.touchpoint(factories.organization())
    answered(asked(touchpoint), now=NOW, nps=score(9))
    annas = Response.objects.get()
    with transaction.atomic():
        rollup.roll_up(touchpoint.survey_id, days=[TODAY])
        elsewhere(lambda: journal.mark(annas))

    assert ChangedDay.objects.count() == 1
    assert rollup.sweep() == 1


def test_a_day_that_another_roll_up_counts_now_is_left_to_the_next_sweep(transactional_db: None) -> None:
    touchpoint = factories.touchpoint(factories.organization())
    annas = answered(asked(touchpoint), now=NOW, nps=score(9))
    with transaction.atomic():
        rollup.roll_up(touchpoint.survey_id, days=[TODAY])
        elsewhere(lambda: journal.mark(annas))
        assert elsewhere(rollup.sweep) == 0

    assert rollup.sweep() == 1
    assert rollup.verify(touchpoint.survey_id) == []


def test_a_quarter_that_another_roll_up_counts_now_is_left_to_the_next_sweep_whichever_day_is_marked(
    transactional_db: None,
) -> None:
    touchpoint = factories.touchpoint(factories.organization())
    Survey.objects.update(basis=Basis.RELATIONAL)
    answered(asked(touchpoint), now=NOW, nps=score(9))
    bertas = answered(asked(touchpoint), now=NOW + timedelta(days=9), nps=score(3))
    with transaction.atomic():
        assert rollup.sweep() == 2
        elsewhere(lambda: journal.mark(bertas))
        assert elsewhere(rollup.sweep) == 0

    assert ChangedDay.objects.get().day == bertas.answered_on
    assert rollup.sweep() == 1
    assert {day for _question, day, _dimension, _value in counts(touchpoint.survey)} == {date(2026, 1, 1)}


def test_nothing_is_rolled_up_while_the_survey_is_being_rebuilt(transactional_db: None) -> None:
    touchpoint = factories.touchpoint(factories.organization())
    annas = answered(asked(touchpoint), now=NOW, nps=score(9))
    with transaction.atomic():
        rollup.rebuild(touchpoint.survey_id)
        elsewhere(lambda: journal.mark(annas))
        assert elsewhere(rollup.sweep) == 0

    assert rollup.sweep() == 1


def test_verifying_leaves_out_days_that_wait_to_be_counted(after_purchase: Touchpoint) -> None:
    answered(asked(after_purchase), now=NOW, nps=score(9))

    assert rollup.verify(after_purchase.survey_id) == []


def test_verifying_names_each_count_that_is_not_that_of_the_answers(after_purchase: Touchpoint, capsys: Any) -> None:
    answered(asked(after_purchase), now=NOW, nps=score(9))
    rollup.sweep()
    DailyCount.objects.filter(dimension="").update(counts=histogram(s9=2), answered=2)
    DailyCount.objects.filter(dimension="channel").delete()

    with pytest.raises(CommandError, match="2 counts differ"):
        call_command("rollup", "--verify")

    printed = capsys.readouterr().out
    assert (
        "all: stored [0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0] of 2, answers say [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0] of 1"
        in printed
    )
    assert "channel=email: stored nothing, answers say [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0] of 1" in printed


def test_a_rebuild_mends_what_verifying_found(after_purchase: Touchpoint, capsys: Any) -> None:
    answered(asked(after_purchase), now=NOW, nps=score(9))
    rollup.sweep()
    DailyCount.objects.all().delete()

    call_command("rollup", "--rebuild")
    call_command("rollup", "--verify")

    assert in_all(after_purchase.survey) == (histogram(s9=1), 1)


def test_the_command_alone_counts_what_waits(after_purchase: Touchpoint, capsys: Any) -> None:
    answered(asked(after_purchase), now=NOW, nps=score(9))

    call_command("rollup")

    assert capsys.readouterr().out == "Counted 1 days.\n"
    assert in_all(after_purchase.survey) == (histogram(s9=1), 1)


def test_an_unknown_survey_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="no survey 4711"):
        call_command("rollup", "--verify", "--survey", "4711")


WRITERS = 4
CUSTOMERS = 8
steps = st.builds(
    Step, verb=st.sampled_from(sorted(VERBS)), whose=st.integers(0, CUSTOMERS - 1), chance=st.integers(0, 10**6)
)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scripts=st.lists(st.lists(steps, max_size=8), min_size=WRITERS, max_size=WRITERS))
def test_four_writers_and_two_roll_ups_at_once_leave_the_counts_of_a_rebuild(
    transactional_db: None, scripts: list[list[Step]]
) -> None:
    world = a_world()
    at_once(world, scripts)
    rollup.sweep()

    for survey in {invitation.touchpoint.survey for invitation in world.invitations}:
        assert not ChangedDay.objects.filter(survey=survey).exists()
        assert rollup.verify(survey.pk) == []
        incremental = counts(survey)
        assert {cell[:2]: row for cell, row in incremental.items() if not cell[2]} == counted_plainly(survey)
        rollup.rebuild(survey.pk)
        assert counts(survey) == incremental


def counted_plainly(survey: Survey) -> dict[tuple[str, date], tuple[list[int], int]]:
    """Answer by answer in order of time, where a later one takes the place of another of the same customer."""
    left_out = Exclusion.objects.filter(lifted_at=None).values("response")
    found = Answer.objects.filter(response__survey=survey, text=None).exclude(response__in=left_out)
    standing: dict[tuple[Question, date, int | None], Answer] = {}
    for answer in found.select_related("response", "question").order_by("response__answered_on", "response"):
        response, day = answer.response, answer.response.answered_on
        if survey.basis == Basis.RELATIONAL:
            quarter = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
            standing[answer.question, quarter, response.customer_id] = answer
        else:
            standing[answer.question, day, response.pk] = answer
    cells: dict[tuple[str, date], tuple[list[int], int]] = {}
    for (asked_of, day, _whose), answer in standing.items():
        said = [answer.score] if answer.choices is None else [asked_of.choice_keys.index(key) for key in answer.choices]
        places, n = cells.get((asked_of.key, day), ([0] * (11 if answer.choices is None else 0), 0))
        places += [0] * (max(place or 0 for place in said) + 1 - len(places))
        cells[asked_of.key, day] = [times + (place in said) for place, times in enumerate(places)], n + 1
    return cells


def a_world() -> World:
    """One survey after each purchase, and one about the relationship that two customers answer twice."""
    bought = factories.touchpoint(factories.organization())
    yearly = factories.touchpoint(
        bought.organization, survey=factories.survey(bought.organization, name="Twice a year"), name="Twice a year"
    )
    yearly.survey.basis = Basis.RELATIONAL
    yearly.survey.save()
    customers = [factories.customer(bought.organization, name) for name in ("Anna Berg", "Berta Cohn")]
    invitations = []
    for number in range(CUSTOMERS):
        who = factories.customer(bought.organization) if number % 2 else customers[number // 2 % 2]
        purchase = factories.purchase(who, region=["north", "south", "west"][number % 3])
        invitations.append(factories.invitation(purchase, touchpoint=bought if number % 2 else yearly))
    return World(bought.organization.members.get(), invitations, NOW)


def at_once(world: World, scripts: list[list[Step]]) -> None:
    """Each script by a writer on a connection of its own, two roll-ups going round meanwhile."""
    start, ended, faults = threading.Barrier(WRITERS + 2), threading.Event(), []

    def write(script: list[Step]) -> None:
        for step in script:
            VERBS[step.verb](world, step)

    def count() -> None:
        while not ended.is_set():
            rollup.sweep()

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        except Exception as fault:  # it must fail the test, not only its thread
            faults.append(fault)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=run, args=(lambda script=script: write(script),)) for script in scripts]
    counters = [threading.Thread(target=run, args=(count,)) for _ in range(2)]
    for thread in [*writers, *counters]:
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    for thread in counters:
        thread.join()
    assert faults == []


def elsewhere(work: Callable[[], Any]) -> Any:
    """The same on a connection of its own, to its end."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]

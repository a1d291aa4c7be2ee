"""What becomes of a judged page: one response, whatever happens at once; left out, counted again, erased."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from feedback import answering, erasing
from feedback.models import Answer, ChangedDay, Exclusion, Invitation, Response
from organizations.models import AuditEntry, Member, Role
from surveys.answers import AnswerValue
from tests import factories
from tests.feedback.asking import ask, stored
from tests.feedback.at_once import in_parallel


@pytest.fixture
def now() -> datetime:
    return factories.NOW


def submit(
    invitation: Invitation, *, now: datetime, is_complete: bool = True, has_begun: bool = False, **scores: int
) -> bool:
    return answering.submit(
        invitation,
        version_id=invitation.version_id,
        accepted={key: AnswerValue(score=score) for key, score in scores.items()},
        language="en",
        is_complete=is_complete,
        now=now,
        has_begun=has_begun,
    )


@pytest.mark.django_db(transaction=True)
def test_fifty_submits_at_once_are_one_response(now: datetime) -> None:
    anna = ask(factories.organization(), now=now)

    done = in_parallel([partial(submit, anna, now=now, nps=score % 11, product=3) for score in range(50)])

    assert done == [True] * 50
    assert Response.objects.count() == 1
    assert Answer.objects.count() == 2
    assert ChangedDay.objects.count() == 50


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_never_mix_their_answers(now: datetime) -> None:
    anna = ask(factories.organization(), now=now)

    in_parallel(
        [lambda: submit(anna, now=now, nps=9, product=5), lambda: submit(anna, now=now, nps=2, delivery=1)] * 10
    )

    assert stored(anna) in ({"nps": 9, "product": 5}, {"nps": 2, "delivery": 1})


@pytest.mark.django_db
def test_the_last_one_sent_wins(now: datetime) -> None:
    anna = ask(factories.organization(), now=now)

    submit(anna, now=now, nps=9, product=5)
    submit(anna, now=now + timedelta(hours=1), nps=2)

    assert stored(anna) == {"nps": 2}


@pytest.mark.django_db
def test_a_response_keeps_what_it_is_counted_by(now: datetime) -> None:
    acme = factories.organization(time_zone="Pacific/Auckland")
    anna = ask(acme, now=now)
    anna.interaction.experienced_at = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)
    anna.interaction.attributes = {"store": "Berlin", "amount": 12.5, "note": "x" * 121, "empty": "", "list": ["a"]}
    late_evening_in_europe = datetime(2026, 3, 10, 22, 0, tzinfo=UTC)

    submit(anna, now=late_evening_in_europe, nps=9)
    submit(anna, now=late_evening_in_europe + timedelta(days=3), nps=3)

    response = Response.objects.get()
    assert response.answered_on == date(2026, 3, 11)
    assert response.experienced_on == date(2026, 3, 6)
    assert response.attributes == {"store": "Berlin"}
    assert (response.touchpoint, response.version, response.channel) == (anna.touchpoint, anna.version, "email")
    assert set(ChangedDay.objects.values_list("day", flat=True)) == {date(2026, 3, 11)}


@pytest.mark.django_db
def test_a_response_has_at_most_eight_segments(now: datetime) -> None:
    anna = ask(factories.organization(), now=now)
    anna.interaction.attributes = {f"tag{number}": "x" for number in range(20)}

    submit(anna, now=now, nps=9)

    assert len(Response.objects.get().attributes) == 8


@pytest.mark.django_db(transaction=True)
def test_fifty_second_pages_at_once_are_one_response_with_the_answers_of_one_of_them(now: datetime) -> None:
    anna = ask(factories.organization(), now=now)
    submit(anna, now=now, is_complete=False, nps=9)

    second = partial(submit, anna, now=now, has_begun=True)
    done = in_parallel([partial(second, nps=9, product=5), partial(second, nps=2, delivery=1)] * 25)

    assert done == [True] * 50
    assert Response.objects.count() == 1
    assert stored(anna) in ({"nps": 9, "product": 5}, {"nps": 2, "delivery": 1})
    assert ChangedDay.objects.count() == 51


@pytest.mark.django_db
def test_an_answer_to_a_response_that_was_erased_meanwhile_is_stored_anew(now: datetime) -> None:
    anna = ask(factories.organization(), now=now)

    assert submit(anna, now=now, has_begun=True, nps=9) is True

    assert stored(anna) == {"nps": 9}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_begun", [False, True])
def test_an_answer_that_comes_while_she_is_being_erased_is_not_stored(now: datetime, has_begun: bool) -> None:
    acme = factories.organization()
    anna, quentin = ask(acme, now=now), factories.member(acme, name="wilma")
    if has_begun:
        submit(anna, now=now, is_complete=False, nps=9)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            erasing.erase(anna.customer, typed=anna.customer.reference, by=quentin, now=now)
            answer = pool.submit(in_parallel, [partial(submit, anna, now=now, has_begun=has_begun, nps=2)])
            while not (answer.done() or somebody_waits()):
                time.sleep(0.01)
        with pytest.raises(answering.Forgotten):
            answer.result()

    assert not Response.objects.exists()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_second_page_without_an_answer_keeps_nothing_else(now: datetime) -> None:
    anna = ask(factories.organization(), now=now)
    submit(anna, now=now, is_complete=False, nps=9)

    assert submit(anna, now=now, has_begun=True) is True

    assert stored(anna) == {}
    assert Response.objects.get().completed_at == now


@pytest.mark.django_db
def test_a_crash_of_the_second_page_leaves_what_the_first_one_stored(now: datetime) -> None:
    anna = ask(factories.organization(), now=now)
    submit(anna, now=now, is_complete=False, nps=9)
    bad = {"nps": AnswerValue(score=1), "reason": AnswerValue(score=9)}

    with pytest.raises(Exception, match="answer_fills_the_columns_of_its_kind"):
        answering.submit(
            anna, version_id=anna.version_id, accepted=bad, language="de", is_complete=True, now=now, has_begun=True
        )

    assert stored(anna) == {"nps": 9}
    assert Response.objects.get().language == "en"


@pytest.mark.django_db
def test_an_unfinished_save_takes_nothing_back(now: datetime) -> None:
    anna = ask(factories.organization(), now=now)
    submit(anna, now=now, nps=9, product=5)

    assert submit(anna, now=now, is_complete=False, nps=1) is False
    assert submit(anna, now=now, is_complete=False, has_begun=True, nps=1) is False

    assert stored(anna) == {"nps": 9, "product": 5}


@pytest.mark.django_db
def test_a_crash_between_the_answers_stores_none_of_them(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = ask(factories.organization(), now=now)
    bad = {"nps": AnswerValue(score=9), "reason": AnswerValue(score=9)}  # the database knows that a text has no score

    with pytest.raises(Exception, match="answer_fills_the_columns_of_its_kind"):
        answering.submit(anna, version_id=anna.version_id, accepted=bad, language="en", is_complete=True, now=now)

    assert Response.objects.count() == 0


@pytest.fixture
def response(now: datetime) -> Response:
    acme = factories.organization()
    anna = ask(acme, now=now)
    submit(anna, now=now, nps=2, product=5)
    ChangedDay.objects.all().delete()
    return Response.objects.get()


@pytest.fixture
def carla(response: Response) -> Member:
    return factories.member(response.organization, Role.CASE_WORKER)


@pytest.mark.django_db
def test_a_response_is_left_out_with_who_and_why_and_counted_again(
    response: Response, carla: Member, now: datetime
) -> None:
    answering.exclude(response, why="  Our own\nteam tried it ", by=carla, now=now)
    exclusion = Exclusion.objects.get()
    assert (exclusion.by, exclusion.why, exclusion.lifted_at) == (carla, "Our own team tried it", None)
    assert ChangedDay.objects.count() == 1

    answering.include(response, by=carla, now=now)

    exclusion.refresh_from_db()
    assert (exclusion.lifted_by, exclusion.lifted_at) == (carla, now)
    assert ChangedDay.objects.count() == 2
    assert list(
        AuditEntry.objects.filter(about_type="feedback.response").order_by("pk").values_list("what", flat=True)
    ) == [
        "response.excluded",
        "response.included",
    ]


@pytest.mark.django_db
def test_leaving_out_needs_a_reason_and_happens_once(response: Response, carla: Member, now: datetime) -> None:
    with pytest.raises(answering.ReasonMissing):
        answering.exclude(response, why=" \u202e ", by=carla, now=now)
    answering.exclude(response, why="Test", by=carla, now=now)
    with pytest.raises(answering.NothingToExclude):
        answering.exclude(response, why="Test", by=carla, now=now)
    answering.include(response, by=carla, now=now)
    with pytest.raises(answering.NothingToExclude):
        answering.include(response, by=carla, now=now)

    assert Exclusion.objects.count() == 1


@pytest.mark.django_db
def test_an_exclusion_that_is_lifted_says_by_whom(response: Response, carla: Member, now: datetime) -> None:
    exclusion = answering.exclude(response, why="Test", by=carla, now=now)

    with pytest.raises(IntegrityError, match="lifted_exclusion_says_when_and_by_whom"):
        Exclusion.objects.filter(pk=exclusion.pk).update(lifted_at=now)


@pytest.mark.django_db
def test_erasing_leaves_no_answer_and_no_word_of_it(response: Response, carla: Member, now: datetime) -> None:
    day = response.answered_on

    assert answering.erase(response, by=carla, now=now) == 2

    assert not Response.objects.exists()
    assert not Answer.objects.exists()
    assert ChangedDay.objects.get().day == day
    entry = AuditEntry.objects.get(what="response.erased")
    assert entry.detail == {"survey": response.survey_id, "answered_on": day.isoformat(), "answers": 2}


@pytest.mark.django_db
def test_one_invitation_has_one_key_and_two_have_two(now: datetime) -> None:
    acme = factories.organization()
    anna, berta = ask(acme, now=now), ask(acme, now=now, name="Berta Kühn")

    assert answering.key_of(anna) == answering.key_of(Invitation.objects.get(pk=anna.pk))
    assert answering.key_of(anna) != answering.key_of(berta)
    assert isinstance(answering.key_of(anna), uuid.UUID)

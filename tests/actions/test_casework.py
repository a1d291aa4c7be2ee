"""A case goes from hand to hand, and nobody's word is lost on the way."""

import uuid
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from actions import case_changes, case_log, casework, closing, replying, triage
from actions.models import Case, CaseEntry, CaseState, Cause, EntryKind, Outcome
from feedback import letters, suppressing
from feedback.models import Message, MessageState, Purpose, Response, SuppressionReason
from organizations.models import AuditEntry, Member, Notice, Organization, Role
from tests import factories
from tests.actions.unhappy import answers, at_once, case_of

pytestmark = pytest.mark.django_db

Cast = dict[Role, Member]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def case(acme: Organization, cast: Cast, now: datetime) -> Case:
    return case_of(acme, now=now, comment="The parcel was torn")


def closed(case: Case, *, by: Member, now: datetime) -> Case:
    return closing.close(case, outcome=Outcome.PUT_RIGHT, cause=Cause.DELIVERY, by=by, now=now)


def kinds(case: Case) -> list[str]:
    return [entry.kind for entry in case.entries.order_by("pk")]


def recorded() -> list[str]:
    return list(AuditEntry.objects.filter(what__startswith="case").order_by("pk").values_list("what", flat=True))


def test_whoever_takes_a_case_has_it_in_work(case: Case, carla: Member, now: datetime) -> None:
    casework.take(case, by=carla, now=now)
    casework.take(case, by=carla, now=now)

    case.refresh_from_db()
    assert (case.owner, case.state) == (carla, CaseState.IN_WORK)
    assert kinds(case) == [EntryKind.OPENED, EntryKind.ASSIGNED]
    assert recorded() == ["case.taken"]


def test_a_case_given_to_a_colleague_brings_her_a_notice_without_the_customer(
    case: Case, carla: Member, quentin: Member, now: datetime
) -> None:
    casework.assign(case, to=carla, by=quentin, now=now)

    case.refresh_from_db()
    assert (case.owner, case.state) == (carla, CaseState.NEW)
    notice = Notice.objects.get()
    assert (notice.to, notice.subject) == (carla.user.email, f"Quentin gave you case {case.pk}")
    assert f"/cases/{case.pk}/" in notice.text
    for told in (notice.subject, notice.text, notice.html):
        assert "Anna" not in told
        assert "@customers.example" not in told
        assert "torn" not in told


def test_giving_it_to_and_fro_brings_one_notice_a_day(
    case: Case, carla: Member, quentin: Member, now: datetime
) -> None:
    for _time in range(3):
        casework.assign(case, to=carla, by=quentin, now=now)
        casework.assign(case, to=None, by=quentin, now=now)

    assert Notice.objects.count() == 1
    casework.assign(case, to=carla, by=quentin, now=now + DAY)
    assert Notice.objects.count() == 2


def test_giving_it_to_oneself_brings_no_mail(case: Case, carla: Member, now: datetime) -> None:
    casework.assign(case, to=carla, by=carla, now=now)

    assert not Notice.objects.exists()


def test_a_case_that_is_freed_is_new_again(case: Case, carla: Member, now: datetime) -> None:
    casework.take(case, by=carla, now=now)

    casework.assign(case, to=None, by=carla, now=now)

    case.refresh_from_db()
    assert (case.owner, case.state) == (None, CaseState.NEW)


def test_cases_go_to_nobody_who_may_not_see_them(case: Case, cast: Cast, carla: Member, now: datetime) -> None:
    mallory = factories.member(factories.organization("Mallory Media"), Role.OWNER, name="mallory")

    for stranger in (cast[Role.VIEWER], mallory):
        with pytest.raises(casework.NotACaseWorker, match="Choose somebody else"):
            casework.assign(case, to=stranger, by=carla, now=now)
    with pytest.raises(casework.NotACaseWorker):
        casework.take(case, by=cast[Role.VIEWER], now=now)
    assert kinds(case) == [EntryKind.OPENED]


def test_moving_a_free_case_makes_it_mine(case: Case, carla: Member, now: datetime) -> None:
    casework.move(case, to=CaseState.WAITING, by=carla, now=now)

    case.refresh_from_db()
    assert (case.owner, case.state) == (carla, CaseState.WAITING)
    casework.move(case, to=CaseState.NEW, by=carla, now=now)
    case.refresh_from_db()
    assert (case.owner, case.state) == (None, CaseState.NEW)


@pytest.mark.parametrize("to", ["closed", "", "nowhere"])
def test_nobody_closes_a_case_by_moving_it(case: Case, carla: Member, now: datetime, to: str) -> None:
    with pytest.raises(casework.ClosingSaysMore):
        casework.move(case, to=to, by=carla, now=now)


def test_the_database_wants_an_owner_for_work_and_a_reason_for_an_end(case: Case, now: datetime) -> None:
    for changes, rule in (
        ({"state": "in_work"}, "case_at_work_has_an_owner"),
        ({"state": "closed", "closed_at": now}, "closed_case_says_when_how_and_why"),
        ({"state": "closed", "closed_at": now, "outcome": "put_right"}, "closed_case_says_when_how_and_why"),
        ({"outcome": "put_right"}, "closed_case_says_when_how_and_why"),
        ({"state": "gone"}, "case_has_a_known_state"),
    ):
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**changes)


def test_a_note_is_in_the_log_once_though_its_button_is_pressed_twice(case: Case, carla: Member, now: datetime) -> None:
    for _press in range(2):
        casework.note(case, text="  She wants\x00 a new one  ", by=carla, now=now)
    casework.note(case, text="Ordered it", by=carla, now=now)

    assert [line.text for line in case_log.lines(case)] == ["", "She wants a new one", "Ordered it"]


@pytest.mark.parametrize(("text", "refusal"), [(" \n ", casework.NothingWritten), ("a" * 5001, case_changes.TooLong)])
def test_an_empty_note_and_an_endless_one_are_refused(
    case: Case, carla: Member, now: datetime, text: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        casework.note(case, text=text, by=carla, now=now)


def test_the_due_time_can_move_and_the_promise_stays(case: Case, carla: Member, now: datetime) -> None:
    promised_at = case.promised_at

    casework.change_due(case, due_at=now + 9 * DAY, by=carla, now=now)

    case.refresh_from_db()
    assert (case.due_at, case.promised_at) == (now + 9 * DAY, promised_at)
    assert recorded() == ["case.due_changed"]
    for wrong in (now, now - DAY, now + 366 * DAY):
        with pytest.raises(casework.NotADueTime):
            casework.change_due(case, due_at=wrong, by=carla, now=now)


def test_a_case_is_closed_with_outcome_and_cause(case: Case, carla: Member, now: datetime) -> None:
    closing.close(
        case,
        outcome=Outcome.PUT_RIGHT,
        cause=Cause.OTHER,
        cause_text="The carrier\nwas on strike",
        text="She is content",
        by=carla,
        now=now + HOUR,
    )

    case.refresh_from_db()
    assert (case.state, case.closed_at, case.owner) == (CaseState.CLOSED, now + HOUR, carla)
    assert (case.outcome, case.cause, case.cause_text) == ("put_right", "other", "The carrier was on strike")
    last = case_log.lines(case)[-1]
    assert (last.who, last.text) == ("Carla", "She is content")
    assert "put right" in last.did


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"outcome": "", "cause": "price"}, closing.OutcomeMissing),
        ({"outcome": "erased", "cause": "price"}, closing.OutcomeMissing),
        ({"outcome": "explained", "cause": ""}, closing.CauseMissing),
        ({"outcome": "explained", "cause": "the moon"}, closing.CauseMissing),
        ({"outcome": "explained", "cause": "other", "cause_text": " "}, closing.CauseNotTold),
        ({"outcome": "explained", "cause": "other", "cause_text": "\u200b\u200f"}, closing.CauseNotTold),
    ],
)
def test_closing_without_saying_how_and_why_is_refused(
    case: Case, carla: Member, now: datetime, said: dict[str, str], refusal: type[case_changes.Refused]
) -> None:
    with pytest.raises(refusal) as caught:
        closing.close(
            case,
            outcome=said["outcome"],
            cause=said["cause"],
            cause_text=said.get("cause_text", ""),
            by=carla,
            now=now,
        )

    assert str(caught.value)
    assert caught.value.field
    case.refresh_from_db()
    assert case.is_open


def test_a_closed_case_stands_still_until_it_is_reopened(
    case: Case, carla: Member, quentin: Member, now: datetime
) -> None:
    closed(case, by=carla, now=now)

    for act in (
        lambda: casework.take(case, by=carla, now=now),
        lambda: casework.assign(case, to=quentin, by=carla, now=now),
        lambda: casework.move(case, to="waiting", by=carla, now=now),
        lambda: casework.change_due(case, due_at=now + DAY, by=carla, now=now),
        lambda: closed(case, by=carla, now=now),
        lambda: replying.reply(case, subject="Sorry", text="Sorry", key=uuid.uuid4(), by=carla, now=now),
    ):
        with pytest.raises(case_changes.CaseIsClosed, match="Reopen it first"):
            act()
    casework.note(case, text="She called again", by=carla, now=now)

    closing.reopen(case, why="She called again", by=quentin, now=now + 9 * DAY)
    case.refresh_from_db()
    assert (case.state, case.owner, case.outcome, case.times_reopened) == (CaseState.IN_WORK, carla, "", 1)
    assert case.due_at > now + 10 * DAY
    assert case.entries.get(kind=EntryKind.REOPENED).detail == {"outcome": "put_right", "cause": "delivery"}


def test_whoever_closes_what_is_closed_is_told_so_before_anything_is_asked_of_her(
    case: Case, carla: Member, quentin: Member, now: datetime
) -> None:
    closed(case, by=carla, now=now)
    with pytest.raises(case_changes.CaseIsClosed):
        closing.close(case, outcome="", cause="", by=quentin, now=now)

    closing.reopen(case, why="She called again", by=carla, now=now)
    with pytest.raises(case_changes.CaseIsOpen):
        closing.reopen(case, why="", by=quentin, now=now)


def test_reopening_wants_a_reason_and_a_closed_case(case: Case, carla: Member, now: datetime) -> None:
    with pytest.raises(case_changes.CaseIsOpen):
        closing.reopen(case, why="Why not", by=carla, now=now)
    closed(case, by=carla, now=now)
    with pytest.raises(closing.WhyMissing):
        closing.reopen(case, why=" ", by=carla, now=now)


def test_a_case_whose_owner_has_left_is_reopened_by_whoever_does_it(
    case: Case, carla: Member, quentin: Member, now: datetime
) -> None:
    closed(case, by=carla, now=now)
    Member.objects.filter(pk=carla.pk).update(left_at=now)

    closing.reopen(case, why="She called again", by=quentin, now=now)

    case.refresh_from_db()
    assert case.owner == quentin


def test_what_somebody_else_did_meanwhile_is_not_overwritten(
    case: Case, carla: Member, quentin: Member, now: datetime
) -> None:
    seen = case.revision
    casework.take(case, by=quentin, now=now, seen=seen)

    with pytest.raises(case_changes.ChangedMeanwhile, match="Quentin has changed this case"):
        casework.take(case, by=carla, now=now, seen=seen)
    with pytest.raises(case_changes.ChangedMeanwhile):
        closing.close(case, outcome="explained", cause="price", by=carla, now=now, seen=seen)

    case.refresh_from_db()
    assert (case.owner, case.state) == (quentin, CaseState.IN_WORK)
    # A note and a mail add to what is there, so nothing stands in their way.
    casework.note(case, text="I know her", by=carla, now=now)


def test_a_button_pressed_twice_is_pressed_once_and_nobody_is_told_off(
    case: Case, carla: Member, now: datetime
) -> None:
    seen = case.revision
    for _press in range(2):
        casework.take(case, by=carla, now=now, seen=seen)
    case.refresh_from_db()
    seen = case.revision
    for _press in range(2):
        casework.change_due(case, due_at=now + 3 * DAY, by=carla, now=now, seen=seen)
    case.refresh_from_db()
    seen = case.revision
    for _press in range(2):
        closing.close(case, outcome="explained", cause="price", text="Done", by=carla, now=now, seen=seen)
    case.refresh_from_db()
    seen = case.revision
    for _press in range(2):
        closing.reopen(case, why="She called again", by=carla, now=now, seen=seen)

    assert recorded() == ["case.taken", "case.due_changed", "case.closed", "case.reopened"]


def test_closing_once_more_otherwise_than_before_is_told(
    case: Case, carla: Member, quentin: Member, now: datetime
) -> None:
    seen = case.revision
    closing.close(case, outcome="explained", cause="price", by=carla, now=now, seen=seen)

    for other in ({"by": quentin}, {"by": carla, "text": "One more thing"}):
        with pytest.raises(case_changes.ChangedMeanwhile, match="Carla has changed this case"):
            closing.close(case, outcome="explained", cause="price", now=now, seen=seen, **other)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_at_the_same_instant_one_gets_it_and_the_other_is_told(now: datetime) -> None:
    acme = factories.organization()
    cast = factories.cast(acme)
    case = case_of(acme, now=now)
    takers = [cast[Role.CASE_WORKER], cast[Role.QUALITY_MANAGER], cast[Role.OWNER]]

    results = at_once([partial(casework.take, case, by=taker, now=now, seen=case.revision) for taker in takers])

    refused = [result for result in results if isinstance(result, case_changes.ChangedMeanwhile)]
    assert len(refused) == 2
    case.refresh_from_db()
    assert case.entries.filter(kind=EntryKind.ASSIGNED).count() == 1
    assert str(case.owner) in str(refused[0])


def test_a_reply_is_a_mail_to_her_and_the_case_waits(case: Case, carla: Member, now: datetime) -> None:
    message = replying.reply(
        case,
        subject="Your parcel",
        text="We are sorry.\n\nA new one is on its way.",
        key=uuid.uuid4(),
        by=carla,
        now=now,
    )

    case.refresh_from_db()
    assert case.customer is not None
    assert (message.to, message.purpose, message.state) == (case.customer.email, Purpose.REPLY, MessageState.QUEUED)
    assert (case.state, case.owner, case.first_reply_at) == (CaseState.WAITING, carla, now)
    line = case_log.lines(case)[-1]
    assert line.mail is not None
    assert (line.did, line.mail.subject, line.mail.label) == ("answered the customer", "Your parcel", "waiting")
    assert "A new one is on its way." in line.text
    assert recorded() == ["case.replied"]


def test_the_same_form_sent_twice_is_one_mail(case: Case, carla: Member, now: datetime) -> None:
    key = uuid.uuid4()

    first, second = (
        replying.reply(case, subject="Sorry", text="We are sorry.", key=key, by=carla, now=now) for _press in range(2)
    )

    assert first == second
    assert kinds(case).count(EntryKind.REPLY) == 1
    assert Message.objects.filter(purpose=Purpose.REPLY).count() == 1


@pytest.mark.parametrize("state", ["failed", "in_doubt", "withheld"])
def test_a_reply_that_did_not_arrive_says_so_in_the_log(case: Case, carla: Member, now: datetime, state: str) -> None:
    message = replying.reply(case, subject="Sorry", text="We are sorry.", key=uuid.uuid4(), by=carla, now=now)
    Message.objects.filter(pk=message.pk).update(state=state, cause="no_such_mailbox")

    mail = case_log.lines(case)[-1].mail

    assert mail is not None
    assert mail.is_trouble


def test_nobody_is_written_to_who_reported_our_mail_or_has_no_address(
    acme: Organization, case: Case, carla: Member, now: datetime
) -> None:
    assert case.customer is not None
    suppressing.suppress(acme, address_key=case.customer.address_key, reason=SuppressionReason.COMPLAINED, now=now)

    assert "spam" in replying.why_not(case)
    with pytest.raises(letters.CannotWrite):
        replying.reply(case, subject="Sorry", text="We are sorry.", key=uuid.uuid4(), by=carla, now=now)
    case.refresh_from_db()
    assert (case.state, kinds(case)) == (CaseState.NEW, [EntryKind.OPENED])


def test_an_anonymous_response_can_be_followed_up_and_not_answered(
    acme: Organization, carla: Member, now: datetime
) -> None:
    response = answers(acme, "Berta Kühn", now=now)
    Response.objects.filter(pk=response.pk).update(anonymous=True, invitation=None, customer=None)
    triage.sweep(now=now)
    case = Case.objects.get(response=response)

    with pytest.raises(replying.NobodyToWriteTo):
        replying.reply(case, subject="Sorry", text="We are sorry.", key=uuid.uuid4(), by=carla, now=now)

    closing.close(case, outcome=Outcome.NO_REPLY_WANTED, cause=Cause.SERVICE, by=carla, now=now)


def test_entries_of_a_case_name_who_did_what(case: Case, carla: Member, quentin: Member, now: datetime) -> None:
    casework.assign(case, to=carla, by=quentin, now=now)
    casework.take(case, by=carla, now=now)
    casework.change_due(case, due_at=now + 5 * DAY, by=carla, now=now)
    casework.assign(case, to=None, by=carla, now=now)

    said = [f"{line.who} {line.did}" for line in case_log.lines(case)]

    assert said[:4] == [
        "Hearback opened the case, because of a low score",
        "Quentin gave the case to Carla",
        "Carla moved it to “in work”",
        f"Carla {said[3].partition(' ')[2]}",
    ]
    assert said[3].startswith("Carla changed the due time to 22 March")
    assert said[4] == "Carla freed the case; Carla had it"
    assert CaseEntry.objects.filter(case=case).count() == 5

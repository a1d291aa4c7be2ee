"""LOW responses without a Case → one Case each; and what has changed since under the cases that are there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from actions import rules
from actions.models import Case, CaseEntry, CaseRules, CaseState, EntryKind
from feedback.models import Answer
from organizations.models import Organization, Role
from surveys.scales import SCALES, Band

# Late commits and short outages included; what was overlooked for longer is found at night.
LATELY = timedelta(hours=48)
# Whoever stopped half-way may come back within a day; then what she said so far is what she said.
UNFINISHED_WAITS = timedelta(hours=24)
AT_ONCE = 500


@dataclass(frozen=True)
class Found:
    """A response with the first low score in the order of its questions."""

    response: int
    organization: int
    customer: int | None
    survey: int
    touchpoint: int | None
    changed_at: datetime
    question: int
    kind: str
    score: int


def sweep(*, now: datetime) -> int:
    """What was said in the last two days, each few seconds; gives how many cases were opened."""
    _follow_changed_answers(since=now - LATELY, now=now)
    _release_orphans(now=now)
    return _open_all(since=now - LATELY, now=now)


def sweep_all(*, now: datetime) -> int:
    """The same for all that is young enough to be answered, once a night."""
    since = now - timedelta(days=rules.ONLY_YOUNGER_THAN_DAYS)
    _follow_changed_answers(since=since, now=now)
    return _open_all(since=since, now=now)


def _open_all(*, since: datetime, now: datetime) -> int:
    opened = 0
    while found := _low_without_case(since=since, now=now):
        made = sum(_open_each(found, now=now))
        opened += made
        if made < AT_ONCE:
            # Fewer than were asked for, or others open them at this very moment.
            break
    return opened


_LOW = " OR ".join(
    f"a.kind = '{name}' AND a.score BETWEEN {scale.lowest} AND {scale.low_to}" for name, scale in SCALES.items()
)
_FIND = f"""
SELECT DISTINCT ON (r.id)
    r.id, r.organization_id, r.customer_id, r.survey_id, r.touchpoint_id, r.changed_at, a.question_id, a.kind, a.score
FROM feedback_response r
JOIN feedback_answer a ON a.response_id = r.id
JOIN surveys_question q ON q.id = a.question_id
LEFT JOIN actions_caserules rules ON rules.organization_id = r.organization_id
WHERE r.changed_at >= %(since)s AND r.changed_at <= %(now)s
    AND (r.completed_at IS NOT NULL OR r.changed_at <= %(unfinished_before)s)
    AND ({_LOW})
    AND coalesce(rules.is_on, true)
    AND a.question_id <> ALL (coalesce(rules.silent_questions, '{{}}'))
    AND NOT EXISTS (SELECT FROM actions_case c WHERE c.response_id = r.id)
    AND NOT EXISTS (SELECT FROM feedback_exclusion e WHERE e.response_id = r.id AND e.lifted_at IS NULL)
ORDER BY r.id, q.position, a.id
LIMIT %(limit)s
"""  # noqa: S608 - names and numbers of our own scales alone


def _low_without_case(*, since: datetime, now: datetime) -> list[Found]:
    with connection.cursor() as cursor:
        unfinished_before = now - UNFINISHED_WAITS
        wanted: dict[str, Any] = {"since": since, "now": now, "unfinished_before": unfinished_before, "limit": AT_ONCE}
        cursor.execute(_FIND, wanted)
        return [Found(*row) for row in cursor.fetchall()]


def _open_each(found: list[Found], *, now: datetime) -> Iterator[bool]:
    organizations = Organization.objects.in_bulk({one.organization for one in found})
    chosen = {pk: rules.of(organization) for pk, organization in organizations.items()}
    for pk, organization in organizations.items():
        chosen[pk].organization = organization
    for one in found:
        try:
            yield _open(one, chosen[one.organization], now=now)
        except IntegrityError:
            # The response was erased while we looked at it.
            yield False


@transaction.atomic
def _open(found: Found, chosen: CaseRules, *, now: datetime) -> bool:
    owner, due_at = rules.first_owner(chosen), rules.due_at(chosen, now)
    case, is_made = Case.objects.get_or_create(
        response_id=found.response,
        defaults={
            "organization_id": found.organization,
            "customer_id": found.customer,
            "survey_id": found.survey,
            "touchpoint_id": found.touchpoint,
            "question_id": found.question,
            "score": found.score,
            "band": Band.LOW.value,
            "answers_at": found.changed_at,
            "owner": owner,
            "opened_at": now,
            "due_at": due_at,
            "promised_at": due_at,
        },
    )
    if is_made:
        _log(case, EntryKind.OPENED, now=now, question=found.question, score=found.score)
        if owner is not None:
            _log(case, EntryKind.ASSIGNED, now=now, to=owner.pk)
    return is_made


def _follow_changed_answers(*, since: datetime, now: datetime) -> None:
    changed = Case.objects.filter(response__changed_at__gte=since, response__changed_at__gt=F("answers_at"))
    for pk in changed.values_list("pk", flat=True)[:AT_ONCE]:
        _follow(pk, now=now)


@transaction.atomic
def _follow(pk: int, *, now: datetime) -> None:
    """The case stays: somebody was unhappy, and a person decides. Its log tells what she says now.

    One that was closed because she no longer was unhappy, and now is again, opens again.
    """
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("response").get(pk=pk)
    response = case.response
    if response is None or response.changed_at <= case.answers_at:
        return
    case.answers_at, standing, was = response.changed_at, _standing(case), (case.question_id, case.score, case.band)
    if standing is not None and (standing.question_id, standing.score) != was[:2]:
        case.question_id, case.score = standing.question_id, _score(standing)
        case.band = SCALES[standing.kind].band_of(case.score).value
        case.revision += 1
        detail = {"question_was": was[0], "was": was[1], "question": case.question_id, "score": case.score}
        _log(case, EntryKind.CHANGED_ANSWER, now=now, band=case.band, **detail)
        if case.band == Band.LOW and was[2] != Band.LOW and not case.is_open:
            _open_again(case, now=now)
    case.save()


def _standing(case: Case) -> Answer | None:
    """Her first low score as the answers are now, else what she now answers to the question that opened the case."""
    silent = rules.of(case.organization).silent_questions
    scored = Answer.objects.filter(response=case.response_id, kind__in=SCALES).order_by("question__position", "pk")
    answers = [answer for answer in scored if SCALES[answer.kind].holds(answer.score)]
    low = (answer for answer in answers if SCALES[answer.kind].band_of(_score(answer)) is Band.LOW)
    loud = (answer for answer in low if answer.question_id not in silent)
    return next(loud, None) or next((answer for answer in answers if answer.question_id == case.question_id), None)


def _open_again(case: Case, *, now: datetime) -> None:
    detail = {"outcome": case.outcome, "cause": case.cause}
    case.state = CaseState.IN_WORK if case.owner_id else CaseState.NEW
    case.closed_at, case.outcome, case.cause, case.cause_text = None, "", "", ""
    case.due_at = rules.due_at(rules.of(case.organization), now)
    case.times_reopened += 1
    _log(case, EntryKind.REOPENED, now=now, **detail)


def _release_orphans(*, now: datetime) -> None:
    """Open cases of members who left, or who may no longer work on cases, are free for others."""
    unable = Q(owner__left_at__isnull=False) | Q(owner__role=Role.VIEWER)
    for pk in Case.objects.open().filter(unable).values_list("pk", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            locked = Case.objects.select_for_update(of=("self",), no_key=True)
            case = locked.select_related("owner").get(pk=pk)
            owner = case.owner
            if case.is_open and owner is not None and not owner.may(Role.CASE_WORKER):
                case.owner, case.state = None, CaseState.NEW
                case.revision += 1
                case.save(update_fields=["owner", "state", "revision"])
                _log(case, EntryKind.RELEASED, now=now, owner=owner.pk)


def _score(answer: Answer) -> int:
    assert answer.score is not None
    return answer.score


def _log(case: Case, kind: EntryKind, *, now: datetime, **detail: Any) -> None:
    CaseEntry.objects.create(organization_id=case.organization_id, case=case, kind=kind, at=now, detail=detail)

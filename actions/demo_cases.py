"""The demo's unhappy customers → a case each: most closed with outcome and cause, the newest waiting."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from actions import rules
from actions.models import Case, CaseEntry, CaseState, Cause, EntryKind, Outcome
from actions.triage import UNFINISHED_WAITS
from feedback.models import Answer, Response
from organizations.models import Member, Organization, Role
from surveys.scales import Band, band_of

# What was said later than this waits for the triage that runs.
LEFT_TO_TRIAGE = timedelta(hours=6)
# How many in a hundred are closed by the age of their case in days, and how many of the rest are at work.
CLOSED_BY_AGE, AT_WORK = ((3, 8), (7, 30), (14, 60), (45, 92)), 65
WAITS_FOR_HER = 0.25
CAUSES = {
    "ordering": Cause.CHECKOUT, "late": Cause.DELIVERY, "damaged": Cause.DELIVERY, "help": Cause.SERVICE,
    "not_as_described": Cause.INFORMATION, "price": Cause.PRICE, "wrong_or_missing": Cause.PRODUCT,
    "waiting": Cause.SERVICE,
}  # fmt: skip
OUTCOMES = {
    Outcome.PUT_RIGHT: 38, Outcome.COMPENSATED: 22, Outcome.EXPLAINED: 26, Outcome.NOT_REACHED: 8,
    Outcome.NO_REPLY_WANTED: 4, Outcome.NOT_JUSTIFIED: 2,
}  # fmt: skip
NOTES = (
    "Called; she was glad that somebody asked.",
    "A replacement leaves today.",
    "Voucher of five euros sent.",
    "Asked the warehouse for the packing list.",
    "Left a word on the answering machine, will try again tomorrow.",
    "Payment provider confirms: two attempts, nothing was charged.",
)


@dataclass(frozen=True)
class Low:
    """A response with its first low score."""

    response: Response
    question_id: int
    score: int
    opened_at: datetime
    cause: Cause


def open_all(shop: Organization, people: Mapping[Role, Member], chance: random.Random, *, now: datetime) -> None:
    """One for each response with a low score, as triage opens them; then what became of each."""
    chosen, cases, logs = rules.of(shop), [], []
    for low in _low(shop, now=now):
        due_at = rules.due_at(chosen, low.opened_at)
        case = Case(
            organization=shop,
            response=low.response,
            customer_id=low.response.customer_id,
            survey_id=low.response.survey_id,
            touchpoint_id=low.response.touchpoint_id,
            question_id=low.question_id,
            score=low.score,
            band=Band.LOW.value,
            answers_at=low.response.changed_at,
            opened_at=low.opened_at,
            due_at=due_at,
            promised_at=due_at,
        )
        cases.append(case)
        detail = {"question": low.question_id, "score": low.score}
        logs.append([_entry(case, EntryKind.OPENED, None, low.opened_at, detail=detail)])
        logs[-1] += _worked_on(case, low, people, chance, now=now)
    Case.objects.bulk_create(cases, batch_size=2000)
    # Line by line in time, so that their numbers follow it.
    entries = sorted((entry for log in logs for entry in log), key=lambda entry: entry.at)
    CaseEntry.objects.bulk_create(entries, batch_size=2000)


def _low(shop: Organization, *, now: datetime) -> Iterator[Low]:
    counted = Response.objects.filter(organization=shop, changed_at__lte=now - LEFT_TO_TRIAGE)
    counted = counted.exclude(exclusions__lifted_at__isnull=True, exclusions__isnull=False)
    answers: dict[int, list[Answer]] = {}
    rows = Answer.objects.filter(organization=shop).order_by("question__position", "pk")
    for answer in rows:
        answers.setdefault(answer.response_id, []).append(answer)
    for response in counted.order_by("changed_at", "pk"):
        given = answers.get(response.pk, [])
        low = next((answer for answer in given if band_of(answer.kind, answer.score) is Band.LOW), None)
        wait = timedelta(seconds=8) if response.completed_at else UNFINISHED_WAITS
        if low is not None and response.changed_at + wait <= now:
            ticked = [choice for answer in given for choice in answer.choices or ()]
            cause = next((CAUSES[choice] for choice in ticked if choice in CAUSES), Cause.UNKNOWN)
            yield Low(response, low.question_id, low.score or 0, response.changed_at + wait, cause)


def _worked_on(
    case: Case, low: Low, people: Mapping[Role, Member], chance: random.Random, *, now: datetime
) -> Iterator[CaseEntry]:
    """Taken, noted, closed, as far as the time since then has brought it."""
    age = (now - case.opened_at) / timedelta(days=1)
    share = next((share for days, share in CLOSED_BY_AGE if age < days), 100)
    is_closed = chance.randrange(100) < share
    taken_at = case.opened_at + timedelta(hours=1 + chance.expovariate(1 / 9))
    if taken_at >= now or not (is_closed or chance.randrange(100) < AT_WORK):
        return
    owner = people[Role.CASE_WORKER if chance.random() < 0.8 else Role.QUALITY_MANAGER]
    case.owner, case.state, case.revision = owner, CaseState.IN_WORK, 1
    yield _entry(case, EntryKind.ASSIGNED, owner, taken_at, detail={"to": owner.pk, "was": None})
    moved = {"was": CaseState.NEW.value, "to_state": CaseState.IN_WORK.value}
    yield _entry(case, EntryKind.MOVED, owner, taken_at, detail=moved)
    noted_at = taken_at + timedelta(hours=chance.uniform(0.2, 5))
    if noted_at < now and chance.random() < 0.7:
        yield _entry(case, EntryKind.NOTE, owner, noted_at, text=chance.choice(NOTES))
    closed_at = noted_at + timedelta(hours=chance.expovariate(1 / 22))
    if is_closed and closed_at < now:
        yield _close(case, low, owner, chance, at=closed_at)
    elif chance.random() < WAITS_FOR_HER and noted_at < now:
        case.state, case.revision = CaseState.WAITING, 2
        moved = {"was": CaseState.IN_WORK.value, "to_state": CaseState.WAITING.value}
        yield _entry(case, EntryKind.MOVED, owner, noted_at, detail=moved)


def _close(case: Case, low: Low, owner: Member, chance: random.Random, *, at: datetime) -> CaseEntry:
    case.state, case.closed_at, case.cause, case.revision = CaseState.CLOSED, at, low.cause, 2
    case.outcome = chance.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
    detail = {"outcome": case.outcome.value, "cause": case.cause.value}
    return _entry(case, EntryKind.CLOSED, owner, at, detail=detail)


def _entry(
    case: Case,
    kind: EntryKind,
    by: Member | None,
    at: datetime,
    *,
    text: str = "",
    detail: Mapping[str, object] | None = None,
) -> CaseEntry:
    return CaseEntry(
        organization_id=case.organization_id, case=case, kind=kind, by=by, at=at, text=text, detail=dict(detail or {})
    )

"""What members look for among the cases, as a list, as a board and as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actions.models import Case, CaseEntry, CaseQuerySet, CaseState
from feedback import intake
from feedback.models import Customer
from organizations.models import Member, Organization
from organizations.numbers import number
from surveys.scales import Band

OPEN, EVERY = "open", "all"
ME, NOBODY = "me", "nobody"
OVERDUE, SOON = "overdue", "soon"
WITHIN = timedelta(hours=24)
SORTS: dict[str, tuple[str, ...]] = {
    "due": ("due_at", "pk"),
    "newest": ("-opened_at", "-pk"),
    "oldest": ("opened_at", "pk"),
    "closed": ("-closed_at", "-pk"),
}
# What is closed has no due time any more that anybody would look for.
USUAL_SORT = {EVERY: "newest", CaseState.CLOSED.value: "closed"}
LONGEST_WORDS = 120
# What a list or a card shows of a case.
RELATED = ("customer", "owner__user", "survey", "touchpoint", "question", "response")
PER_COLUMN = 30
SHOWN_CLOSED = timedelta(days=14)


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; rubbish in it asks for nothing."""

    words: str = ""
    state: str = OPEN
    owner: str = ""
    due: str = ""
    band: str = ""
    survey: int | None = None
    touchpoint: int | None = None
    sort: str = "due"

    @classmethod
    def of(cls, query: Any) -> "Wanted":
        state, owner, due = query.get("state", ""), query.get("owner", ""), query.get("due", "")
        band, sort = query.get("band", ""), query.get("sort", "")
        return cls(
            words=query.get("q", "").strip()[:LONGEST_WORDS],
            state=state if state in (EVERY, *CaseState.values) else OPEN,
            owner=owner if owner in (ME, NOBODY) or number(owner) is not None else "",
            due=due if due in (OVERDUE, SOON) else "",
            band=band if band in list(Band) else "",
            survey=number(query.get("survey")),
            touchpoint=number(query.get("touchpoint")),
            sort=sort if sort in SORTS else USUAL_SORT.get(state, "due"),
        )

    @property
    def is_narrow(self) -> bool:
        return self != Wanted(sort=self.sort)


def find(member: Member, wanted: Wanted, *, now: datetime) -> CaseQuerySet:
    found = _among(member.organization, member, wanted, now=now)
    if wanted.state == OPEN:
        found = found.open()
    elif wanted.state != EVERY:
        found = found.filter(state=wanted.state)
    return found.order_by(*SORTS[wanted.sort])


@dataclass(frozen=True)
class Column:
    """One state on the board, the most urgent on top; the closed ones of two weeks."""

    state: str
    label: str
    count: int
    cases: list[Case]

    @property
    def more(self) -> int:
        return self.count - len(self.cases)


def board(member: Member, wanted: Wanted, *, now: datetime) -> list[Column]:
    """Five queries, whatever is on it."""
    found = _among(member.organization, member, wanted, now=now)
    shown = found.filter(~Q(state=CaseState.CLOSED) | Q(closed_at__gte=now - SHOWN_CLOSED))
    counts = dict(shown.order_by().values_list("state").annotate(n=Count("pk")))
    columns = []
    for state in CaseState:
        order = ("-closed_at", "-pk") if state == CaseState.CLOSED else ("due_at", "pk")
        cases = shown.filter(state=state).select_related(*RELATED).order_by(*order)[:PER_COLUMN]
        columns.append(Column(state.value, str(state.label), counts.get(state.value, 0), list(cases)))
    return columns


HEAD: tuple[str | Promise, ...] = (
    _("Case"),
    _("State"),
    _("Opened"),
    _("Due"),
    _("Closed"),
    pgettext_lazy("of a case", "Owner"),
    _("Customer"),
    _("Customer number"),
    _("Survey"),
    _("Touchpoint"),
    _("Question"),
    _("Score"),
    _("Outcome"),
    _("Cause"),
    _("Cause in words"),
    _("First reply"),
    _("Times reopened"),
)


def rows(found: QuerySet[Case]) -> Iterator[list[Any]]:
    """The same rows as the list, for a file."""
    for case in found.select_related(*RELATED).iterator(chunk_size=2000):
        customer = case.customer
        yield [
            case.pk,
            case.get_state_display(),
            case.opened_at,
            case.due_at,
            case.closed_at,
            str(case.owner) if case.owner else "",
            customer.name if customer else "",
            customer.reference if customer else "",
            case.survey.name,
            case.touchpoint.name if case.touchpoint else "",
            case.question.title,
            None if case.is_veiled else case.score,
            case.get_outcome_display(),
            case.get_cause_display(),
            case.cause_text,
            case.first_reply_at,
            case.times_reopened,
        ]


def _among(organization: Organization, member: Member, wanted: Wanted, *, now: datetime) -> CaseQuerySet:
    found = Case.objects.filter(organization=organization)
    if wanted.owner == NOBODY:
        found = found.filter(owner=None)
    elif wanted.owner:
        found = found.filter(owner=member.pk if wanted.owner == ME else int(wanted.owner))
    if wanted.due:
        limit = now if wanted.due == OVERDUE else now + WITHIN
        found = found.open().filter(due_at__lt=limit)
    if wanted.band:
        # What is not shown is not found either.
        found = found.filter(band=wanted.band, response__anonymous=False)
    if wanted.survey is not None:
        found = found.filter(survey=wanted.survey)
    if wanted.touchpoint is not None:
        found = found.filter(touchpoint=wanted.touchpoint)
    return found.filter(_says(organization, wanted.words)) if wanted.words else found


def _says(organization: Organization, words: str) -> Q:
    """Found once for the whole organization, and not anew for each case."""
    noted = CaseEntry.objects.filter(organization=organization, text__icontains=words)
    named = Customer.objects.filter(organization=organization).filter(
        Q(sort_name__contains=intake.sort_name(words)) | Q(email__icontains=words) | Q(reference__icontains=words)
    )
    return Q(customer__in=named) | Q(pk__in=noted.values("case")) | Q(pk=number(words.lstrip("#")))

"""What members look for among the responses: by words, question, score, choice, segment, period and state.

Anonymous responses are never in the list: of those, comments alone may be shown, and only among enough others.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import DateTimeField, Exists, Func, OuterRef, Q, QuerySet, Subquery

from feedback import intake, wanted, words
from feedback.models import Answer, Exclusion, Folded, Response
from feedback.wanted import Wanted
from organizations.models import Organization
from surveys.models import Basis, Question
from surveys.scales import SCALES, Band

# Further on one narrows the search; counting and sorting a million would make everybody wait.
LISTED_AT_MOST = 10_000

SORTS = {"newest": ("-pk",), "oldest": ("pk",), "lowest": ("lead_score", "-pk"), "highest": ("-lead_score", "-pk")}


def find(organization: Organization, asked: Wanted, *, today: date) -> QuerySet[Response, Any]:
    """Those that match, as they stand in the table."""
    found: QuerySet[Response, Any] = organization.responses.filter(anonymous=False)
    plain: dict[str, Any] = {
        "survey": asked.survey,
        "touchpoint": asked.touchpoint,
        "version": asked.version,
        "language": asked.language or None,
        "channel": asked.channel or None,
        "answered_on__gte": asked.first_day(today),
        "answered_on__lte": asked.end,
    }
    found = found.filter(**{name: value for name, value in plain.items() if value is not None})
    for condition in CONDITIONS:
        if (held := condition(organization, asked)) is not None:
            found = found.filter(held)
    return found


def _attribute(_organization: Organization, asked: Wanted) -> Q | None:
    return Q(attributes__contains={asked.attribute: asked.value}) if asked.attribute else None


def _state(_organization: Organization, asked: Wanted) -> Q | None:
    return Q(completed_at__isnull=asked.state == wanted.UNFINISHED) if asked.state else None


def _counted(organization: Organization, asked: Wanted) -> Q | None:
    if asked.counted == wanted.COUNTED:
        return Q(~_left_out()) & _is_the_latest(organization, asked)
    return Q(_left_out()) if asked.counted == wanted.LEFT_OUT else None


def _left_out() -> Exists:
    return Exists(Exclusion.objects.filter(response=OuterRef("pk"), lifted_at=None))


def _is_the_latest(organization: Organization, asked: Wanted) -> Q:
    """Of a question about the whole relationship a customer's latest answer in each quarter counts alone."""
    about_it = Question.objects.filter(organization=organization, survey__basis=Basis.RELATIONAL)
    if asked.question is None or not (question := about_it.filter(pk=asked.question).first()):
        return Q()
    later = Q(answered_on__gt=OuterRef("answered_on")) | Q(answered_on=OuterRef("answered_on"), pk__gt=OuterRef("pk"))
    hers = Response.objects.annotate(quarter=_Quarter("answered_on")).filter(
        ~_left_out(),
        later,
        survey=OuterRef("survey"),
        customer=OuterRef("customer"),
        answers__question=question,
        quarter=_Quarter(OuterRef("answered_on")),
    )
    return ~Q(Exists(hers))


class _Quarter(Func):
    """The first moment of the quarter of a day."""

    template = "date_trunc('quarter', %(expressions)s::timestamp)"
    output_field = DateTimeField()


def _answered(organization: Organization, asked: Wanted) -> Q | None:
    """About the question that is named; a question of somebody else's finds nothing."""
    if asked.question is None:
        return None if asked.band is None else _lead_in(asked.band)
    question = Question.objects.filter(organization=organization, pk=asked.question).first()
    if question is None:
        return Q(pk__in=[])
    given = Answer.objects.filter(question=question, response=OuterRef("pk"))
    if asked.band is not None:
        scale = SCALES.get(question.kind)
        given = given.filter(score__in=list(scale.scores_of(asked.band)) if scale else [])
    if asked.score is not None:
        given = given.filter(score=asked.score)
    if asked.choice:
        given = given.filter(choices__contains=[asked.choice])
    return Q(Exists(given))


def _lead_in(band: Band) -> Q:
    """The band of the leading score, the first on a scale that was answered."""
    lead = _lead(Answer.objects.filter(response=OuterRef(OuterRef("pk"))))
    within = Q(pk__in=[])
    for name, scale in SCALES.items():
        within |= Q(kind=name, score__in=list(scale.scores_of(band)))
    return Q(Exists(Answer.objects.filter(within, response=OuterRef("pk"), pk=Subquery(lead.values("pk")[:1]))))


def _lead(answers: QuerySet[Answer]) -> QuerySet[Answer]:
    return answers.filter(score__isnull=False).order_by("question__position", "pk")


def _says(organization: Organization, asked: Wanted) -> Q | None:
    """In a comment or an "other", or who she is: two sets that indexes find, and not a look at every response."""
    sought = words.of(asked.words)
    if not sought:
        return None
    name = intake.sort_name(asked.words)
    hers = organization.customers.filter(
        Q(sort_name__contains=name) | Q(email__icontains=asked.words) | Q(reference__icontains=asked.words)
    )
    by_her = organization.responses.filter(customer__in=hers.values("pk")).values("pk")
    return Q(pk__in=saying(organization.pk, sought).values("response").union(by_her))


def saying(organization: int, sought: list[str]) -> QuerySet[Answer, Any]:
    """Answers whose text has all these words, folded as `words.of` gives them."""
    found: QuerySet[Answer, Any] = Answer.objects.filter(organization=organization, text__isnull=False)
    found = found.annotate(folded=Folded("text"))
    for word in sought:
        found = found.filter(folded__contains=word)
    return found


CONDITIONS: list[Callable[[Organization, Wanted], Q | None]] = [_answered, _attribute, _state, _counted, _says]


def listed(organization: Organization, asked: Wanted, *, today: date) -> QuerySet[Response, Any]:
    """As a page shows them: in order, with the leading score, and whether the figures leave it out."""
    found = find(organization, asked, today=today)
    if SORTS[asked.sort][0].endswith("lead_score"):
        newest = found.order_by("-pk").values("pk")[:LISTED_AT_MOST]
        found = organization.responses.filter(pk__in=newest)
    lead = _lead(Answer.objects.filter(response=OuterRef("pk")))
    found = found.annotate(
        lead_score=Subquery(lead.values("score")[:1]),
        lead_kind=Subquery(lead.values("kind")[:1]),
        is_excluded=Exists(Exclusion.objects.filter(response=OuterRef("pk"), lifted_at=None)),
    )
    return found.order_by(*SORTS[asked.sort])


def count(found: QuerySet[Response, Any], *, most: int = LISTED_AT_MOST) -> int:
    """How many match; one more than `most` stands for all beyond."""
    return found.order_by().values("pk")[: most + 1].count()

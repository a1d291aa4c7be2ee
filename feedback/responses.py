"""What members look for among the responses: by words, survey, touchpoint, period and band."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from feedback import intake
from feedback.models import Answer, Exclusion, Response
from organizations.models import Organization
from surveys.scales import SCALES, Band

PERIODS = (7, 30, 90, 365)
SORTS = {"newest": ("-pk",), "oldest": ("pk",), "lowest": ("lead_score", "-pk"), "highest": ("-lead_score", "-pk")}
LONGEST_WORDS = 120


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; rubbish in it asks for nothing."""

    words: str = ""
    survey: int | None = None
    touchpoint: int | None = None
    days: int | None = None
    band: Band | None = None
    sort: str = "newest"

    @classmethod
    def of(cls, query: Any) -> "Wanted":
        days, band, sort = _number(query.get("days")), query.get("band"), query.get("sort")
        return cls(
            words=query.get("q", "").strip()[:LONGEST_WORDS],
            survey=_number(query.get("survey")),
            touchpoint=_number(query.get("touchpoint")),
            days=days if days in PERIODS else None,
            band=Band(band) if band in list(Band) else None,
            sort=sort if sort in SORTS else "newest",
        )

    @property
    def is_narrow(self) -> bool:
        return self != Wanted(sort=self.sort)


def find(organization: Organization, wanted: Wanted, *, today: date) -> QuerySet[Response, Any]:
    """With the leading score, the first on a scale that was answered, and whether the figures leave it out."""
    lead = Answer.objects.filter(response=OuterRef("pk"), score__isnull=False).order_by("question__position", "pk")
    found = organization.responses.annotate(
        lead_score=Subquery(lead.values("score")[:1]),
        lead_kind=Subquery(lead.values("kind")[:1]),
        is_excluded=Exists(Exclusion.objects.filter(response=OuterRef("pk"), lifted_at__isnull=True)),
    )
    if wanted.survey is not None:
        found = found.filter(survey=wanted.survey)
    if wanted.touchpoint is not None:
        found = found.filter(touchpoint=wanted.touchpoint)
    if wanted.days is not None:
        found = found.filter(answered_on__gt=today - timedelta(days=wanted.days))
    if wanted.band is not None:
        found = found.filter(_in_band(wanted.band))
    if wanted.words:
        found = found.filter(_says(wanted.words))
    return found.order_by(*SORTS[wanted.sort])


def _in_band(band: Band) -> Q:
    asked = Q(pk__in=[])
    for name, scale in SCALES.items():
        scores = scale.scores_of(band)
        asked |= Q(lead_kind=name, lead_score__gte=scores.start, lead_score__lt=scores.stop)
    return asked


def _says(words: str) -> Q:
    said = Exists(Answer.objects.filter(response=OuterRef("pk"), text__icontains=words))
    return (
        Q(said)
        | Q(customer__sort_name__contains=intake.sort_name(words))
        | Q(customer__email__icontains=words)
        | Q(customer__reference__icontains=words)
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None

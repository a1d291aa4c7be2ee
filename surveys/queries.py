"""What lists of surveys and touchpoints show, in one query each."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, IntegerField, OrderBy, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from organizations.models import Organization
from surveys.models import Question, Survey, SurveyVersion, Touchpoint, TouchpointState

SURVEY_SORTS: Mapping[str, Sequence[str | OrderBy | Lower]] = {
    "name": (Lower("name"), "pk"),
    "-name": (Lower("name").desc(), "-pk"),
    "published": ("live_since", "pk"),
    "-published": ("-live_since", "-pk"),
    "created": ("created_at", "pk"),
    "-created": ("-created_at", "-pk"),
}
SHOWN = ("current", "archived", "all")


def surveys(
    organization: Organization, *, search: str = "", shown: str = "current", sort: str = "name"
) -> QuerySet[Survey]:
    """With `live`, `live_since`, `live_questions`, `has_draft` and `touchpoint_count`."""
    found: QuerySet[Survey, Any] = organization.surveys.all()
    if shown != "all":
        found = found.filter(archived_at__isnull=shown != "archived")
    if search:
        found = found.filter(name__icontains=search)
    versions = SurveyVersion.objects.filter(survey=OuterRef("pk"))
    live = versions.published().order_by("-number")
    questions = Question.objects.filter(last_version=OuterRef("live_id"), parent=None).order_by().values("last_version")
    touchpoints = Touchpoint.objects.filter(survey=OuterRef("pk")).order_by().values("survey")
    found = found.annotate(
        live_id=Subquery(live.values("pk")[:1]),
        live=Subquery(live.values("number")[:1]),
        live_since=Subquery(live.values("published_at")[:1]),
        live_questions=Subquery(questions.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
        has_draft=Exists(versions.drafts()),
        touchpoint_count=Coalesce(Subquery(touchpoints.annotate(n=Count("pk")).values("n")), 0),
    )
    return found.order_by(*SURVEY_SORTS.get(sort, SURVEY_SORTS["name"]))


TOUCHPOINT_SORTS: Mapping[str, Sequence[str | OrderBy | Lower]] = {
    "name": (Lower("name"), "pk"),
    "-name": (Lower("name").desc(), "-pk"),
    "newest": ("-created_at", "-pk"),
    "survey": (Lower("survey__name"), Lower("name"), "pk"),
}


def touchpoints(
    organization: Organization, *, search: str = "", state: str = "", sort: str = "name"
) -> QuerySet[Touchpoint]:
    found = organization.touchpoints.select_related("survey")
    if search:
        found = found.filter(name__icontains=search) | found.filter(survey__name__icontains=search)
    if state in TouchpointState.values:
        found = found.filter(state=state)
    return found.order_by(*TOUCHPOINT_SORTS.get(sort, TOUCHPOINT_SORTS["name"]))

"""A segment → the condition on a response by which its raw answers are found."""

from typing import Any

from django.db.models import F, Func, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Left

from dashboards.counting import LONGEST_VALUE, OTHER
from dashboards.models import SegmentValue
from dashboards.segment import CHANNEL, FIXED, LANGUAGE, TOUCHPOINT, VERSION, Segment

COLUMNS = {TOUCHPOINT: "touchpoint_id", VERSION: "version_id", LANGUAGE: "language", CHANNEL: "channel"}
CARRIED = f"left(r.attributes ->> %(attribute)s, {LONGEST_VALUE})"
UNLISTED = """
    {said} <> '' AND NOT EXISTS (
        SELECT FROM dashboards_segmentvalue listed
        WHERE listed.survey_id = r.survey_id AND listed.dimension = %(dimension)s AND listed.value = {said})
"""


def condition(segment: Segment | None) -> tuple[str, dict[str, str]]:
    """On the alias r, and the parameters it takes; all responses where there is no segment."""
    if segment is None:
        return "true", {}
    said = f"r.{COLUMNS[segment.dimension]}::text" if segment.dimension in FIXED else CARRIED
    params = {"dimension": segment.dimension, "value": segment.value, "attribute": segment.dimension[2:]}
    return (UNLISTED.format(said=said) if segment.value == OTHER else f"{said} = %(value)s"), params


def among(found: QuerySet[Any, Any], segment: Segment | None, *, path: str) -> QuerySet[Any, Any]:
    """Rows whose response, at the end of this path, is in the segment."""
    if segment is None:
        return found
    carried = Func(F(f"{path}attributes"), Value(segment.dimension[2:]), function="jsonb_extract_path_text")
    said = Cast(f"{path}{COLUMNS[segment.dimension]}", TextField()) if segment.dimension in FIXED else carried
    within: QuerySet[Any, Any] = found.annotate(said_by_segment=Left(said, LONGEST_VALUE, output_field=TextField()))
    if segment.value != OTHER:
        return within.filter(said_by_segment=segment.value)
    listed = SegmentValue.objects.filter(survey=OuterRef(f"{path}survey"), dimension=segment.dimension)
    return within.exclude(said_by_segment="").exclude(said_by_segment__in=listed.values("value"))

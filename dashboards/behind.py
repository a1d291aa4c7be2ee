"""A number on the dashboard → the address of the list of answers behind it."""

from dataclasses import replace
from datetime import date

from dashboards.chosen import Chosen
from feedback import wanted
from feedback.wanted import Wanted
from surveys.models import Question
from surveys.scales import Band

# A value that many rare ones are counted under together has no list of its own.
OTHER = "other"


def answers(chosen: Chosen) -> Wanted:
    """All that the figures of this choice count."""
    touchpoint, span = chosen.touchpoint, chosen.period.span
    return Wanted(
        survey=chosen.survey.pk,
        touchpoint=touchpoint.pk if touchpoint else None,
        start=span.start,
        end=span.end,
        counted=wanted.COUNTED,
    )


def question(chosen: Chosen, asked: Question) -> str:
    return replace(answers(chosen), question=asked.pk).query


def band(chosen: Chosen, asked: Question, name: Band) -> str:
    return replace(answers(chosen), question=asked.pk, band=name).query


def score(chosen: Chosen, asked: Question, given: int) -> str:
    return replace(answers(chosen), question=asked.pk, score=given).query


def choice(chosen: Chosen, asked: Question, key: str) -> str:
    return replace(answers(chosen), question=asked.pk, choice=key).query


def days(chosen: Chosen, asked: Question, start: date, end: date) -> str:
    """Of a week or a month, as far as it lies within the span."""
    span = chosen.period.span
    first = start if span.start is None else max(start, span.start)
    return replace(answers(chosen), question=asked.pk, start=first, end=min(end, span.end)).query


def segment(chosen: Chosen, asked: Question, dimension: str, value: str) -> str:
    """'' where a list cannot tell the segment apart."""
    found = within(answers(chosen), dimension, value)
    return "" if found is None else replace(found, question=asked.pk).query


def within(all_of: Wanted, dimension: str, value: str) -> Wanted | None:
    if value == OTHER or not value:
        return None
    if dimension.startswith("a:"):
        return replace(all_of, attribute=dimension.removeprefix("a:"), value=value)
    if dimension in ("touchpoint", "version"):
        number = int(value)
        return replace(all_of, touchpoint=number) if dimension == "touchpoint" else replace(all_of, version=number)
    if dimension == "language":
        return replace(all_of, language=value)
    return replace(all_of, channel=value) if dimension == "channel" else None

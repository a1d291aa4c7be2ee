"""A number on the dashboard → the address of the list of answers behind it."""

from dataclasses import replace
from datetime import date
from typing import Any

from dashboards.chosen import Chosen
from dashboards.counting import OTHER
from dashboards.periods import Span
from dashboards.segment import ATTRIBUTE, CHANNEL, LANGUAGE, TOUCHPOINT, VERSION
from feedback import wanted
from feedback.wanted import Wanted
from surveys.models import Question


def answers(chosen: Chosen) -> Wanted | None:
    """All that the figures of this choice count; None where a list cannot tell its segment apart."""
    span = chosen.period.span
    everything = Wanted(survey=chosen.survey.pk, start=span.start, end=span.end, counted=wanted.COUNTED)
    segment = chosen.segment
    return everything if segment is None else within(everything, segment.dimension, segment.value)


def question(chosen: Chosen, asked: Question) -> str:
    return _address(answers(chosen), question=asked.pk)


def score(chosen: Chosen, asked: Question, given: int) -> str:
    return _address(answers(chosen), question=asked.pk, score=given)


def choice(chosen: Chosen, asked: Question, key: str) -> str:
    return _address(answers(chosen), question=asked.pk, choice=key)


def days(chosen: Chosen, asked: Question, start: date, end: date) -> str:
    """Of a week or a month, as far as it lies within the span."""
    span = chosen.period.span
    first = start if span.start is None else max(start, span.start)
    return _address(answers(chosen), question=asked.pk, start=first, end=min(end, span.end))


def segment(chosen: Chosen, asked: Question, dimension: str, value: str, *, span: Span | None = None) -> str:
    """Of all answers in the span, whatever segment is chosen."""
    within_days = span or chosen.period.span
    everything = Wanted(survey=chosen.survey.pk, start=within_days.start, end=within_days.end, counted=wanted.COUNTED)
    return _address(within(everything, dimension, value), question=asked.pk)


def within(all_of: Wanted, dimension: str, value: str) -> Wanted | None:
    """None where it has no list of its own."""
    if value == OTHER or not value:
        return None
    if dimension.startswith(ATTRIBUTE):
        return replace(all_of, attribute=dimension.removeprefix(ATTRIBUTE), value=value)
    if dimension in (TOUCHPOINT, VERSION):
        number = int(value)
        return replace(all_of, touchpoint=number) if dimension == TOUCHPOINT else replace(all_of, version=number)
    if dimension == LANGUAGE:
        return replace(all_of, language=value)
    return replace(all_of, channel=value) if dimension == CHANNEL else None


def _address(found: Wanted | None, **more: Any) -> str:
    """'' where there is no such list."""
    return "" if found is None else replace(found, **more).query

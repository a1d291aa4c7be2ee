"""Responses → a file: who answered, when, what she is counted by, and a column or more for each question."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Func, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback.answer_blocks import Lines, Names, Place, Rows
from feedback.cells import Cell
from feedback.models import Response
from surveys import documents, kinds
from surveys.document import Choice, ChoiceDetails
from surveys.document import Question as Asked
from surveys.models import Survey, SurveyVersion
from surveys.questionnaire import Questionnaire

# A lasting name for programs, a heading for people.
FIXED: Sequence[tuple[str, str | Promise]] = (
    ("response", _("Response")),
    ("survey", _("Survey")),
    ("version", _("Version")),
    ("touchpoint", _("Touchpoint")),
    ("channel", _("Channel")),
    ("language", _("Language")),
    ("answered_on", _("Answered on")),
    ("experienced_on", _("Experience on")),
    ("began_at", _("Began at")),
    ("completed_at", _("Completed at")),
    ("changed_at", _("Changed at")),
    ("customer", _("Customer number")),
    ("name", _("Name")),
    ("email", _("E-mail")),
    ("left_out", _("Left out of the figures")),
    ("left_out_why", _("Reason for leaving out")),
)


@dataclass(frozen=True)
class File:
    """The first row, and the others as they are read: as cells for a sheet, or as lines of CSV."""

    head: list[str]
    rows: Iterator[list[Cell]]
    lines: Iterator[str]


def of(found: QuerySet[Response, Any], *, language: str, as_keys: bool) -> File:
    """`found` in its order; wording in this language where there is one. `as_keys` heads columns for programs."""
    surveys = list(Survey.objects.filter(pk__in=set(found.order_by().values_list("survey", flat=True).distinct())))
    names = _attributes(found)
    head = [name if as_keys else str(title) for name, title in FIXED]
    head += [f"attribute.{name}" if as_keys else name for name in names]
    places: dict[int, Place] = {}
    for survey in sorted(surveys, key=lambda survey: survey.pk):
        before = "" if len(surveys) == 1 else f"{survey.pk}." if as_keys else f"{survey.name}: "
        for question, asked, base in _questions(survey):
            kind = kinds.of(asked)
            columns = kind.columns(asked, language, base)
            places[question] = Place(len(places), len(columns), asked, kind, base)
            head += [before + (column.name if as_keys else column.heading) for column in columns]
    what = names, places, language, _names(surveys)
    return File(head, Rows(*what).read(found), Lines(*what).read(found))


def _attributes(found: QuerySet[Response, Any]) -> list[str]:
    named = found.order_by().annotate(attribute=Func(F("attributes"), function="jsonb_object_keys"))
    return sorted(named.values_list("attribute", flat=True).distinct())


def _questions(survey: Survey) -> Iterator[tuple[int, Asked, str]]:
    """In their newest wording, with every choice there ever was: an old answer may have taken one that is gone."""
    versions = documents.published(survey.pk)
    for pk, key, last in survey.questions.order_by("position", "pk").values_list("pk", "key", "last_version"):
        newest = documents.of_published(last)
        yield pk, _with_all_choices(newest.question(key), versions), newest.base_language


def _with_all_choices(asked: Asked, versions: Sequence[Questionnaire]) -> Asked:
    if not isinstance(asked.details, ChoiceDetails):
        return asked
    choices: dict[str, Choice] = {choice.key: choice for choice in asked.choices}
    for version in reversed(versions):
        if version.has(asked.key):
            choices = {choice.key: choice for choice in version.question(asked.key).choices} | choices
    gone = [choice for key, choice in choices.items() if key not in {kept.key for kept in asked.choices}]
    return replace(asked, details=replace(asked.details, choices=(*asked.choices, *gone)))


def _names(surveys: Sequence[Survey]) -> Names:
    versions = SurveyVersion.objects.filter(survey__in=surveys).values_list("pk", "number")
    touchpoints = dict(surveys[0].organization.touchpoints.values_list("pk", "name")) if surveys else {}
    return Names({survey.pk: survey.name for survey in surveys}, dict(versions), touchpoints)

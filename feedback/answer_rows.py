"""Responses → rows of a file: who answered, when, what she is counted by, and a column or more for each question.

The list of who is in it is made once; what they said is read a few thousand at a time, so whatever is erased in the
meantime is not in the file any more, and memory does not grow with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import F, Func, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback.cells import Cell
from feedback.models import Response
from surveys import documents, kinds
from surveys.answers import AnswerValue
from surveys.document import Choice, ChoiceDetails
from surveys.document import Question as Asked
from surveys.kinds.kind import Kind
from surveys.models import Survey, SurveyVersion
from surveys.questionnaire import Questionnaire

AT_ONCE = 2_000

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
    """The first row, and the others as they come."""

    head: list[str]
    rows: Iterator[list[Cell]]


@dataclass(frozen=True)
class Place:
    """Where the cells of a question stand in a row."""

    start: int
    asked: Asked
    kind: Kind
    base: str


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
            places[question] = Place(len(head), asked, kind, base)
            columns = kind.columns(asked, language, base)
            head += [before + (column.name if as_keys else column.heading) for column in columns]
    return File(head, _rows(found, _Reader(names, places, len(head), language, _names(surveys))))


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


@dataclass(frozen=True)
class _Names:
    surveys: Mapping[int, str]
    versions: Mapping[int, int]
    touchpoints: Mapping[int, str]


def _names(surveys: Sequence[Survey]) -> _Names:
    versions = SurveyVersion.objects.filter(survey__in=surveys).values_list("pk", "number")
    touchpoints = dict(surveys[0].organization.touchpoints.values_list("pk", "name")) if surveys else {}
    return _Names({survey.pk: survey.name for survey in surveys}, dict(versions), touchpoints)


def _rows(found: QuerySet[Response, Any], reader: "_Reader") -> Iterator[list[Cell]]:
    ids = found.values_list("pk", flat=True).iterator(chunk_size=AT_ONCE)
    while some := list(islice(ids, AT_ONCE)):
        yield from reader.read(some)


# Neither a number nor a day.
_NOTHING = (None, None)


class _Reader:
    """What all rows of one file have in common."""

    def __init__(
        self, attributes: Sequence[str], places: Mapping[int, Place], width: int, language: str, names: _Names
    ) -> None:
        self.attributes, self.places, self.language, self.names = attributes, places, language, names
        self.zones = [timezone.get_current_timezone_name()] * 3
        self.nothing: list[Cell] = [None] * (width - len(FIXED) - len(attributes))
        # The same score or choice makes the same cells in every row.
        self.known: dict[tuple[int, Any, Any], Sequence[Cell]] = {}

    def read(self, ids: Sequence[int]) -> Iterator[list[Cell]]:
        with connection.cursor() as cursor:
            cursor.execute(_RESPONSES, [*self.zones, list(self.attributes), list(ids)])
            rows = {row[0]: self._row(row) for row in cursor.fetchall()}
            cursor.execute(_ANSWERS, [list(ids)])
            for response, question, *said in cursor.fetchall():
                place, row = self.places.get(question), rows.get(response)
                if place is not None and row is not None:
                    cells = self._cells(question, place, *said)
                    row[place.start : place.start + len(cells)] = cells
        return (rows[pk] for pk in ids if pk in rows)

    def _row(self, row: Sequence[Any]) -> list[Cell]:
        pk, survey, version, touchpoint, *plain, why, attributes = row
        names = self.names
        return [
            pk,
            names.surveys.get(survey),
            names.versions.get(version),
            names.touchpoints.get(touchpoint),
            *plain,
            0 if why is None else 1,
            why,
            *attributes,
            *self.nothing,
        ]

    def _cells(
        self, question: int, place: Place, score: int | None, choices: list[str] | None, text: str | None, *more: Any
    ) -> Sequence[Cell]:
        key = question, score, None if choices is None else tuple(choices)
        if text is None and more == _NOTHING and key in self.known:
            return self.known[key]
        number, on = more
        cells = self._told(place, AnswerValue(score, tuple(choices or ()), text or "", number, on))
        if text is None and more == _NOTHING:
            self.known[key] = cells
        return cells

    def _told(self, place: Place, value: AnswerValue) -> Sequence[Cell]:
        return place.kind.cells(place.asked, value, self.language, place.base)


# Written out: a file of 100,000 rows is to take two seconds, and the ORM alone would take one of them. The database
# turns moments into the organization's time ten times as fast, too. In the order of FIXED.
_RESPONSES = """
    SELECT r.id, r.survey_id, r.version_id, r.touchpoint_id, r.channel, r.language, r.answered_on, r.experienced_on,
           date_trunc('second', r.created_at AT TIME ZONE %s), date_trunc('second', r.completed_at AT TIME ZONE %s),
           date_trunc('second', r.changed_at AT TIME ZONE %s), c.reference, c.name, c.email, e.why,
           ARRAY(SELECT r.attributes ->> name FROM unnest(%s::text[]) WITH ORDINALITY AS a (name, place) ORDER BY place)
    FROM feedback_response r
    LEFT JOIN feedback_customer c ON c.id = r.customer_id
    LEFT JOIN feedback_exclusion e ON e.response_id = r.id AND e.lifted_at IS NULL
    WHERE r.id = ANY(%s)
"""
_ANSWERS = """
    SELECT response_id, question_id, score, choices, text, number, "on" FROM feedback_answer WHERE response_id = ANY(%s)
"""

"""Daily counts as they are stored: in order of days, in all or in one segment, or only how many answered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from dashboards.models import DailyCount, SegmentValue
from dashboards.segment import Segment

EVERYTHING = ""
Days = list[tuple[date, int]]
Run = tuple[date, date]
# Days travel as numbers: a thousand of them are read twenty times as fast.
BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class DayCount:
    """The histogram of one question on one day."""

    day: date
    counts: tuple[int, ...]
    answered: int


def days(survey: int, *, segment: Segment | None, until: date) -> dict[int, list[DayCount]]:
    """By question, from the first answer on."""
    # The index of these rows begins with the question: without it, those of all surveys would be looked through.
    rows = DailyCount.objects.filter(survey=survey, question__survey=survey, day__lte=until, **_row(segment))
    found: dict[int, list[DayCount]] = defaultdict(list)
    for question, day, counts, answered in rows.order_by("day").values_list("question", "day", "counts", "answered"):
        found[question].append(DayCount(day, tuple(counts), answered))
    return dict(found)


def by_value(survey: int, *, dimension: str, until: date, question: int | None = None) -> dict[int, dict[str, Days]]:
    """By question and value of a dimension: the days on which anybody answered, and how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT question_id, value, array_agg(day - %(beginning)s), array_agg(answered)
            FROM dashboards_dailycount
            WHERE survey_id = %(survey)s AND dimension = %(dimension)s AND day <= %(until)s
              AND (%(question)s::bigint IS NULL OR question_id = %(question)s::bigint)
            GROUP BY question_id, value
            """,
            {"survey": survey, "dimension": dimension, "until": until, "question": question, "beginning": BEGINNING},
        )
        rows = cursor.fetchall()
    found: dict[int, dict[str, Days]] = defaultdict(dict)
    beginning = BEGINNING.toordinal()
    # Put in order here: they nearly are, and the database would compare ten thousand texts.
    for pk, value, since, answered in sorted(rows):
        given = sorted(zip(since, answered, strict=True))
        found[pk][value] = [(date.fromordinal(beginning + day), n) for day, n in given]
    return dict(found)


def sums(question: int, *, dimension: str, places: int, runs: Mapping[str, Sequence[Run]]) -> dict[str, list[int]]:
    """By value, the histogram of its runs of days together; added up in the database."""
    wanted = [(value, *run) for value, of in runs.items() for run in of]
    if not wanted:
        return {}
    added = ", ".join(f"sum(d.counts[{place}])" for place in range(1, places + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT w.value, ARRAY[{added}]::int[]
            FROM unnest(%s, %s::date[], %s::date[]) AS w (value, first, last)
            JOIN dashboards_dailycount d
                ON d.question_id = %s AND d.dimension = %s AND d.value = w.value AND d.day BETWEEN w.first AND w.last
            GROUP BY w.value
            """,  # noqa: S608 - numbers of places
            [*map(list, zip(*wanted, strict=True)), question, dimension],
        )
        return dict(cursor.fetchall())


def dimensions(survey: int) -> dict[str, list[str]]:
    """By dimension, the values that are counted by themselves."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = SegmentValue.objects.filter(survey=survey).order_by("dimension", "value")
    for dimension, value in rows.values_list("dimension", "value"):
        found[dimension].append(value)
    return dict(found)


def is_known(organization: int | None, segment: Segment) -> bool:
    """Whether any survey of the organization has such answers."""
    return SegmentValue.objects.filter(
        organization=organization, dimension=segment.dimension, value=segment.value
    ).exists()


def stamp(survey: int, *, segment: Segment | None, until: date) -> str:
    """Changes whenever a count up to this day does."""
    row = _row(segment)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT md5(coalesce(string_agg(question_id || ' ' || day || ' ' || counts::text, ',' ORDER BY id), ''))
            FROM dashboards_dailycount
            WHERE question_id IN (SELECT id FROM surveys_question WHERE survey_id = %s)
              AND dimension = %s AND value = %s AND day <= %s
            """,
            [survey, row["dimension"], row["value"], until],
        )
        found = cursor.fetchone()
    return "" if found is None else str(found[0])


def _row(segment: Segment | None) -> dict[str, str]:
    if segment is None:
        return {"dimension": EVERYTHING, "value": ""}
    return {"dimension": segment.dimension, "value": segment.value}

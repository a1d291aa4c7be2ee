"""The SQL of the roll-up: raw answers → expected rows in a temporary table → rows that differ are written.

One statement counts, whatever the scope, so that a day, a rebuild and a verification cannot disagree.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from surveys.models import Question

# So many values of a dimension have rows of their own; the rest is counted together under this name.
VALUES_AT_MOST = 50
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Scope:
    """Some days of a survey, or all of them.

    By quarter each customer counts once, by her latest answer, on the first day of the quarter: the days given are all
    those of some quarters.
    """

    survey: int
    days: Sequence[date] | None = None
    by_quarter: bool = False

    @property
    def params(self) -> dict[str, Any]:
        days = None if self.days is None else list(self.days)
        return {"survey": self.survey, "days": days, "other": OTHER, "most": VALUES_AT_MOST}

    def where(self, survey: str, day: str) -> str:
        return f"{survey} = %(survey)s" + ("" if self.days is None else f" AND {day} = ANY(%(days)s::date[])")

    def stands_on(self, day: str) -> str:
        """The day on which answers of a day are counted."""
        return quarter_of(day) if self.by_quarter else day


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is stored otherwise than the raw answers say; None where there is or ought to be no row."""

    question: int
    day: date
    dimension: str
    value: str
    stored: tuple[list[int], int] | None
    expected: tuple[list[int], int] | None


@dataclass(frozen=True, slots=True)
class Extent:
    """The questions of a survey that are counted, its scales' ends and the length of its longest list of choices."""

    scored: list[int]
    chosen: list[int]
    lowest: int
    highest: int
    choices: int


def _extent(survey: int) -> Extent:
    rows = Question.objects.filter(survey=survey).values_list("pk", "lowest", "highest", "choice_keys")
    scales = {pk: (lowest, highest) for pk, lowest, highest, _ in rows if lowest is not None and highest is not None}
    choices = {pk: len(keys) for pk, _, _, keys in rows if keys}
    return Extent(
        sorted(scales),
        sorted(choices),
        min((lowest for lowest, _ in scales.values()), default=0),
        max((highest for _, highest in scales.values()), default=-1),
        max(choices.values(), default=0),
    )


# What a response carries makes its segments, and each reporting attribute one more under "a:<name>".
SEGMENTS = ("touchpoint_id", "version_id", "language", "channel")
# A longer name finds no room.
LONGEST_NAME, LONGEST_VALUE = 58, 120
NOT_EXCLUDED = """
    NOT EXISTS (SELECT FROM feedback_exclusion e WHERE e.response_id = r.id AND e.lifted_at IS NULL)
"""


def quarter_of(day: str) -> str:
    """Its first day."""
    # Without a time zone, which a plain date would be given first.
    return f"date_trunc('quarter', {day}::timestamp)::date"


# Of each customer's answers to a question x in a quarter the latest, of those of one day the one that came in last;
# responses r without a customer count each.
_HERS = f"x.question_id, {quarter_of('r.answered_on')}, coalesce(r.customer_id, -r.id)"
LATEST, IN_ORDER = f"DISTINCT ON ({_HERS})", f"ORDER BY {_HERS}, r.answered_on DESC, r.id DESC"


def _select(scope: Scope, places: Sequence[str], said: str, questions: Sequence[int]) -> str:
    """Alike answers of a day are counted together in one pass; only their counts are repeated for each segment.

    Once by what every response carries and once by its attributes: few would be alike in all of it.
    """
    # The ids by themselves: PostgreSQL estimates them well, and finds the few answers of a rare question by its index.
    ids = ", ".join(map(str, questions))
    segments = ", ".join(SEGMENTS)
    latest, in_order = (LATEST, IN_ORDER) if scope.by_quarter else ("", "")
    sums = ", ".join(f"coalesce(sum(n) FILTER (WHERE {place}), 0)" for place in places)
    names = " ".join(f"WHEN grouping({column}) = 0 THEN '{column.removesuffix('_id')}'" for column in SEGMENTS)
    return f"""
        WITH alike AS MATERIALIZED (
            SELECT question_id, day, said, {segments}, attributes, grouping(attributes) = 0 AS by_attributes,
                   count(*) AS n
            FROM (
                -- What is left out is so before the latest is looked for: the answer before it counts then.
                SELECT {latest} x.question_id, {scope.stands_on("r.answered_on")} AS day, {said} AS said,
                       {", ".join(f"r.{c}" for c in SEGMENTS)}, r.attributes
                FROM feedback_response r JOIN feedback_answer x ON x.response_id = r.id
                WHERE {scope.where("r.survey_id", "r.answered_on")} AND x.question_id IN ({ids})
                  AND {said} IS NOT NULL AND {NOT_EXCLUDED}
                {in_order}
            ) AS answer
            GROUP BY question_id, day, said, GROUPING SETS (({segments}), (attributes))
        ), attribute AS (
            -- Taken apart once for all who carry the same ones.
            SELECT attributes, 'a:' || a.key AS dimension, left(a.value, {LONGEST_VALUE}) AS value
            FROM (SELECT DISTINCT attributes FROM alike WHERE by_attributes) AS carried,
                 jsonb_each_text(attributes) AS a
            WHERE length(a.key) <= {LONGEST_NAME}
        )
        SELECT * FROM (
            SELECT question_id, day, CASE {names} ELSE '' END AS dimension,
                   coalesce({", ".join(f"{c}::text" for c in SEGMENTS)}, '') AS value,
                   ARRAY[{sums}]::int[] AS counts, sum(n)::int AS answered
            FROM alike JOIN surveys_question q ON q.id = question_id
            WHERE NOT by_attributes
            GROUP BY question_id, day, GROUPING SETS ((), {", ".join(f"({c})" for c in SEGMENTS)})
            UNION ALL
            SELECT question_id, day, dimension, value, ARRAY[{sums}]::int[], sum(n)::int
            FROM alike JOIN attribute USING (attributes) JOIN surveys_question q ON q.id = question_id
            WHERE by_attributes
            GROUP BY question_id, day, dimension, value
        ) AS segment
        WHERE value <> '' OR dimension = ''
    """  # noqa: S608 - made of constants and numbers of places


def _scored(scope: Scope, extent: Extent) -> str:
    """One filter a score of any scale here, cut to the question's own: constants are twice as fast as columns."""
    lowest = extent.lowest
    places = [f"said = {score}" for score in range(lowest, extent.highest + 1)]
    return f"""
        SELECT question_id, day, dimension, value,
               counts[q.lowest - {lowest} + 1 : q.highest - {lowest} + 1] AS counts, answered
        FROM ({_select(scope, places, "x.score", extent.scored)}) AS scored
        JOIN surveys_question q ON q.id = question_id
    """  # noqa: S608


def _chosen(scope: Scope, extent: Extent) -> str:
    """Up to the last choice that anybody took: choices added by a later version must not change older days."""
    places = [f"q.choice_keys[{place}] = ANY(said)" for place in range(1, extent.choices + 1)]
    return f"""
        SELECT question_id, day, dimension, value, counts[1:coalesce((
                   SELECT max(place) FROM unnest(counts) WITH ORDINALITY AS c (n, place) WHERE n > 0), 0)], answered
        FROM ({_select(scope, places, "x.choices", extent.chosen)}) AS chosen
    """  # noqa: S608


@contextmanager
def counted(scope: Scope) -> Iterator[None]:
    """The raw answers in scope, counted into the temporary table `counted`, every segment value by itself."""
    extent = _extent(scope.survey)
    selects = [_scored(scope, extent)] if extent.scored else []
    selects += [_chosen(scope, extent)] if extent.chosen else []
    _run(f"CREATE TEMPORARY TABLE counted AS {' UNION ALL '.join(selects) or NOTHING}", scope)
    yield
    _run("DROP TABLE counted", scope)


NOTHING = "SELECT question_id, day, dimension, value, counts, answered FROM dashboards_dailycount WHERE false"

UNLISTED = """
    c.dimension <> '' AND c.value <> %(other)s AND NOT EXISTS (
        SELECT FROM dashboards_segmentvalue l
        WHERE l.survey_id = %(survey)s AND l.dimension = c.dimension AND l.value = c.value)
"""


def has_new_values(scope: Scope) -> bool:
    """Whether a value was seen for the first time while its dimension has room for it."""
    return bool(_rows(f"SELECT 1 FROM counted c WHERE {UNLISTED} AND {ROOM} > 0 LIMIT 1", scope))  # noqa: S608


ROOM = """
    (%(most)s - (SELECT count(*) FROM dashboards_segmentvalue l
                 WHERE l.survey_id = %(survey)s AND l.dimension = c.dimension))
"""


def list_new_values(scope: Scope) -> None:
    """Give first-seen values rows of their own, the most frequent first, as long as there is room."""
    _run(
        f"""
        INSERT INTO dashboards_segmentvalue (organization_id, survey_id, dimension, value)
        SELECT s.organization_id, s.id, c.dimension, c.value
        FROM surveys_survey s, (
            SELECT c.dimension, c.value,
                   row_number() OVER (PARTITION BY c.dimension ORDER BY sum(c.answered) DESC, c.value) AS place
            FROM counted c WHERE {UNLISTED} GROUP BY c.dimension, c.value
        ) AS c
        WHERE s.id = %(survey)s AND c.place <= {ROOM}
        """,  # noqa: S608
        scope,
    )


def list_anew(scope: Scope) -> None:
    """The most frequent values alone have rows of their own."""
    _run("DELETE FROM dashboards_segmentvalue WHERE survey_id = %(survey)s", scope)
    list_new_values(scope)


def fold(scope: Scope) -> None:
    """Count the values without rows of their own together as "other"."""
    if not _rows(f"SELECT 1 FROM counted c WHERE {UNLISTED} LIMIT 1", scope):  # noqa: S608
        return
    longest = _rows("SELECT max(cardinality(counts)) FROM counted", scope)[0][0]
    places = ", ".join(f"coalesce(sum(counts[{i}]), 0)" for i in range(1, longest + 1))
    _run(
        f"""
        WITH unlisted AS (
            DELETE FROM counted c WHERE c.value = %(other)s AND c.dimension <> '' OR {UNLISTED} RETURNING c.*
        )
        INSERT INTO counted
        SELECT question_id, day, dimension, %(other)s,
               (ARRAY[{places}]::int[])[1:max(cardinality(counts))], sum(answered)
        FROM unlisted GROUP BY question_id, day, dimension
        """,  # noqa: S608
        scope,
    )


SAME_CELL = "c.question_id = d.question_id AND c.day = d.day AND c.dimension = d.dimension AND c.value = d.value"


def write(scope: Scope) -> int:
    """Write the rows that differ and delete those that vanished; gives how many rows are right now."""
    # Delete what vanished too: a plain upsert would leave scores whose answers were erased.
    _run(
        f"""
        DELETE FROM dashboards_dailycount d
        WHERE {scope.where("d.survey_id", "d.day")} AND NOT EXISTS (SELECT FROM counted c WHERE {SAME_CELL})
        """,  # noqa: S608
        scope,
    )
    # EXCEPT compares two sets by their hashes, whatever is known of the table. NOT EXISTS was planned as a loop where
    # the table was empty at first, and then went over the rows that it had just written itself, for each of them.
    _run(
        f"""
        INSERT INTO dashboards_dailycount
            (organization_id, survey_id, question_id, day, dimension, value, counts, answered)
        SELECT s.organization_id, s.id, c.*
        FROM surveys_survey s, (
            SELECT question_id, day, dimension, value, counts, answered FROM counted
            EXCEPT
            SELECT question_id, day, dimension, value, counts, answered FROM dashboards_dailycount d
            WHERE {scope.where("d.survey_id", "d.day")}
        ) AS c
        WHERE s.id = %(survey)s
        ON CONFLICT (question_id, dimension, value, day)
            DO UPDATE SET counts = excluded.counts, answered = excluded.answered
        """,  # noqa: S608
        scope,
    )
    return int(_rows("SELECT count(*) FROM counted", scope)[0][0])


def differences(scope: Scope) -> list[Difference]:
    """Stored rows that are not as expected, of days (or quarters) that do not wait in the journal."""
    rows = _rows(
        f"""
        SELECT j.* FROM (
            SELECT question_id, day, dimension, value, d.counts, d.answered,
                   c.counts AS right_counts, c.answered AS right_answered
            FROM counted c
            FULL JOIN (SELECT * FROM dashboards_dailycount WHERE survey_id = %(survey)s) AS d
                USING (question_id, day, dimension, value)
            WHERE (c.counts, c.answered) IS DISTINCT FROM (d.counts, d.answered)
        ) AS j
        WHERE NOT EXISTS (
            SELECT FROM feedback_changedday w
            WHERE w.survey_id = %(survey)s AND {scope.stands_on("w.day")} = {scope.stands_on("j.day")})
        ORDER BY j.question_id, j.day, j.dimension, j.value
        """,  # noqa: S608
        scope,
    )
    return [
        Difference(question, day, dimension, value, _cell(counts, answered), _cell(right, right_answered))
        for question, day, dimension, value, counts, answered, right, right_answered in rows
    ]


def _cell(counts: list[int] | None, answered: int | None) -> tuple[list[int], int] | None:
    return None if counts is None or answered is None else (counts, answered)


def _run(statement: str, scope: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, scope.params)


def _rows(statement: str, scope: Scope) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, scope.params)
        return list(cursor.fetchall())

"""Days whose counts have changed, written in the transaction that changed them."""

from django.db import connection

from feedback.models import Response

_MARK = "INSERT INTO feedback_changedday (organization_id, survey_id, day) VALUES (%s, %s, %s)"


def mark(response: Response) -> None:
    """Call beside each write that can change a count: answer, edit, exclusion, erasure.

    And where an answer becomes somebody else's: some surveys count each customer once a quarter.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [response.organization_id, response.survey_id, response.answered_on])

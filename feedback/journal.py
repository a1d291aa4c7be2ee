"""Days whose counts have changed, written in the transaction that changed them."""

from feedback.models import ChangedDay, Response


def mark(response: Response) -> None:
    """Call beside each write that can change a count: answer, edit, exclusion, erasure."""
    ChangedDay.objects.create(
        organization_id=response.organization_id, survey_id=response.survey_id, day=response.answered_on
    )

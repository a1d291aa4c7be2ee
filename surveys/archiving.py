"""Survey → archive and back: it asks nobody any more, and nothing of it is lost."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from organizations import audit
from organizations.models import Member
from surveys import drafting
from surveys.models import Survey


class StillAsking(Exception):
    """A running touchpoint sends this survey."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        sentence = _("This survey is still being sent by: %(names)s. Pause that first, then archive the survey.")
        super().__init__(sentence % {"names": ", ".join(names)})


@transaction.atomic
def archive(survey: Survey, *, by: Member, now: datetime) -> Survey:
    """Put it out of sight. Answers and figures stay; links that were sent close, but whoever has begun may finish."""
    survey = drafting.lock(survey)
    names = list(survey.touchpoints.running().order_by("name").values_list("name", flat=True))
    if names:
        raise StillAsking(names)
    if survey.archived_at is None:
        _set(survey, archived_at=now, what="survey.archived", by=by, now=now)
    return survey


@transaction.atomic
def bring_back(survey: Survey, *, by: Member, now: datetime) -> Survey:
    survey = drafting.lock(survey)
    if survey.archived_at is not None:
        _set(survey, archived_at=None, what="survey.brought_back", by=by, now=now)
    return survey


def _set(survey: Survey, *, archived_at: datetime | None, what: str, by: Member, now: datetime) -> None:
    survey.archived_at = archived_at
    survey.save(update_fields=["archived_at"])
    audit.record(survey.organization, by=by, what=what, about=survey, now=now, detail={"name": survey.name})

"""Changes to a draft can be taken back for a while; then the steps go, and the draft stays."""

from datetime import timedelta

import pytest

from organizations.models import Member
from surveys import revising, tidying
from surveys.models import DraftStep, Survey
from surveys.revising import Seen
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_steps_of_a_draft_go_after_a_season_and_the_draft_stays(survey: Survey, quentin: Member) -> None:
    for days, wording in ((100, "Would you buy here again?"), (1, "Would you come back?")):
        newest = survey.versions.latest("number")
        data = revising.held(newest)
        data["pages"][0]["questions"][0]["text"]["en"] = wording
        seen = Seen(newest.pk, newest.revision)
        revising.keep(survey, data, seen=seen, what="typed", by=quentin, now=NOW - timedelta(days=days))
    draft = survey.versions.drafts().get()
    assert DraftStep.objects.count() == 2

    tidying.sweep(now=NOW)

    assert DraftStep.objects.count() == 1
    before = revising.undo(survey, seen=Seen(draft.pk, draft.revision), by=quentin, now=NOW)
    assert revising.held(before)["pages"][0]["questions"][0]["text"]["en"] == "Would you buy here again?"

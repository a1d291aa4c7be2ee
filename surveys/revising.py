"""What the editor holds → the draft: kept at each step, sound or not, and the last steps taken back."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from organizations import audit
from organizations.models import Member
from surveys import documents, drafting, editing, questionnaire
from surveys.editing import Data
from surveys.faults import Fault
from surveys.models import DraftStep, Survey, SurveyVersion
from surveys.questionnaire import Questionnaire

STEPS_KEPT = 50
PAUSE = timedelta(minutes=2)  # typing on in one place within it is one step
SITTING = timedelta(minutes=15)  # the record tells once of all that one person changed in a row


@dataclass(frozen=True)
class Seen:
    """What was on the screen of whoever changes it now."""

    version: int
    revision: int


def held(version: SurveyVersion) -> Data:
    """The document as the editor left it."""
    if version.unfinished:
        data: Data = json.loads(version.unfinished)
        return data
    return questionnaire.to_data(documents.of(version))


def presented(version: SurveyVersion) -> Questionnaire:
    """As the editor left it, with dots where a wording is still to come."""
    unfinished = editing.presentable(held(version)) if version.unfinished else None
    return unfinished or documents.of(version)


def faults_of(version: SurveyVersion) -> tuple[Fault, ...]:
    """What is still to be mended in it."""
    return editing.faults_of(held(version)) if version.unfinished else ()


@transaction.atomic
def keep(
    survey: Survey, data: Data, *, seen: Seen, what: str, by: Member, now: datetime, place: str = ""
) -> SurveyVersion:
    """Store what was edited; after a published version that begins the next draft."""
    survey = drafting.lock(survey)
    newest = _as_seen(survey, seen)
    document, digest, unfinished = _written(data, instead=newest)
    if (document, unfinished) == (newest.document, newest.unfinished):
        return newest
    draft = drafting.continue_(survey, by=by, now=now)
    _record(draft, by=by, now=now)
    _step(draft, what=what, place=place, by=by, now=now)
    return _set(draft, document, digest, unfinished, now=now)


def undo(survey: Survey, *, seen: Seen, by: Member, now: datetime) -> SurveyVersion:
    """The state before the last step that is not undone; nothing where there is none."""
    return _exchange(survey, seen, lambda steps: steps.filter(is_undone=False).last(), by=by, now=now)


def redo(survey: Survey, *, seen: Seen, by: Member, now: datetime) -> SurveyVersion:
    """The state after the first step that was undone."""
    return _exchange(survey, seen, lambda steps: steps.filter(is_undone=True).first(), by=by, now=now)


def to_undo(version: SurveyVersion) -> DraftStep | None:
    return version.steps.filter(is_undone=False).order_by("number").last()


def to_redo(version: SurveyVersion) -> DraftStep | None:
    return version.steps.filter(is_undone=True).order_by("number").first()


@transaction.atomic
def _exchange(
    survey: Survey, seen: Seen, choose: Callable[[QuerySet[DraftStep]], DraftStep | None], *, by: Member, now: datetime
) -> SurveyVersion:
    """The step's state becomes the draft's, and the draft's is what the step leads back to."""
    survey = drafting.lock(survey)
    draft = _as_seen(survey, seen)
    if survey.archived_at is not None:
        raise drafting.IsArchived
    step = choose(draft.steps.order_by("number"))
    if step is None:
        return draft
    document, digest, unfinished = _written(json.loads(step.state), instead=draft)
    _record(draft, by=by, now=now)
    step.state, step.is_undone = draft.unfinished or draft.document, not step.is_undone
    step.save(update_fields=["state", "is_undone"])
    return _set(draft, document, digest, unfinished, now=now)


def _as_seen(survey: Survey, seen: Seen) -> SurveyVersion:
    newest = survey.versions.latest("number")
    # A draft that was published just as it was seen is no conflict: what was typed begins the next one.
    if (newest.pk, newest.revision) != (seen.version, seen.revision):
        raise drafting.Stale(newest)
    return newest


def _written(data: Data, *, instead: SurveyVersion) -> tuple[str, str, str]:
    """Document, digest and nothing unfinished; of what is not sound, the last sound document and all of it."""
    finished = editing.finished(data)
    try:
        return *drafting.written(questionnaire.parse(finished)), ""
    except questionnaire.FaultyQuestionnaire:
        unfinished = json.dumps(finished, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if len(unfinished.encode()) > documents.LARGEST:
        raise drafting.TooLarge(len(unfinished.encode()))
    return instead.document, instead.digest, unfinished


def _step(draft: SurveyVersion, *, what: str, place: str, by: Member, now: datetime) -> None:
    draft.steps.filter(is_undone=True).delete()
    last = draft.steps.order_by("number").last()
    is_typing = place and last is not None and (last.what, last.place, last.by_id) == (what, place, by.pk)
    if last is not None and is_typing and now - last.made_at < PAUSE:
        DraftStep.objects.filter(pk=last.pk).update(made_at=now)
        return
    number = last.number + 1 if last is not None else 1
    draft.steps.create(
        organization_id=draft.organization_id,
        number=number,
        what=what,
        place=place,
        state=draft.unfinished or draft.document,
        by=by,
        made_at=now,
    )
    draft.steps.filter(number__lte=number - STEPS_KEPT).delete()


def _record(draft: SurveyVersion, *, by: Member, now: datetime) -> None:
    """Asked before the step is stored: were it told of each pause in typing, the record would tell of nothing else."""
    last = draft.steps.order_by("number").last()
    if last is not None and last.by_id == by.pk and now - last.made_at < SITTING:
        return
    detail = {"name": draft.survey.name, "version": draft.number, "revision": draft.revision + 1}
    audit.record(
        draft.survey.organization, by=by, what="survey.draft_saved", about=draft.survey, now=now, detail=detail
    )


def _set(draft: SurveyVersion, document: str, digest: str, unfinished: str, *, now: datetime) -> SurveyVersion:
    SurveyVersion.objects.filter(pk=draft.pk).update(
        document=document, digest=digest, unfinished=unfinished, changed_at=now, revision=F("revision") + 1
    )
    draft.refresh_from_db()
    return draft

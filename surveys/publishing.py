"""Draft → published version: checked against all that was asked before, frozen for ever, its questions given rows."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from organizations import audit
from organizations.models import Member
from surveys import changes, documents, drafting, kinds, piping, questionnaire, revising, settling
from surveys.faults import Fault, Problem, gettext_noop
from surveys.models import Question, Survey, SurveyVersion
from surveys.questionnaire import Questionnaire

ALREADY_PUBLISHED = Problem(
    "already_published", gettext_noop("This version is already published. Begin a new draft to change the wording.")
)
UNCHANGED = Problem(
    "unchanged",
    gettext_noop("This draft says the same as version %(number)s, so there is nothing to publish. Change it first."),
)
ARCHIVED = Problem("archived", gettext_noop("This survey is archived. Bring it back before you publish it."))

LONGEST_TITLE = 500


class NotPublishable(Exception):
    """Publishing it would break what was published before; `faults` say where and how to mend it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(documents.all_said(self.faults))


@transaction.atomic
def publish(draft: SurveyVersion, *, by: Member, now: datetime, revision: int | None = None) -> SurveyVersion:
    """Freeze the draft: customers see it from now on. `revision` is the one that was looked at before saying yes."""
    survey = drafting.lock(draft.survey)
    current = survey.versions.filter(pk=draft.pk).first()
    if current is None or (current.published_at is None and revision not in (None, current.revision)):
        raise drafting.Stale(survey.versions.latest("number"))
    wording = _checked(survey, current)
    current.document, current.digest = drafting.written(wording)
    current.published_at, current.published_by = now, by
    current.save(update_fields=["document", "digest", "published_at", "published_by"])
    current.steps.all().delete()
    _give_rows(survey, current, wording)
    detail = {"name": survey.name, "version": current.number, "digest": current.digest}
    audit.record(survey.organization, by=by, what="survey.published", about=survey, now=now, detail=detail)
    return current


def faults_of(draft: SurveyVersion) -> tuple[Fault, ...]:
    """Why the draft could not be published as it stands; empty when it could."""
    try:
        _checked(draft.survey, draft)
    except NotPublishable as refusal:
        return refusal.faults
    return ()


def _checked(survey: Survey, draft: SurveyVersion) -> Questionnaire:
    if draft.published_at is not None:
        raise NotPublishable([ALREADY_PUBLISHED.at("")])
    if survey.archived_at is not None:
        raise NotPublishable([ARCHIVED.at("")])
    if draft.unfinished:
        raise NotPublishable(revising.faults_of(draft))
    try:
        wording = _settled(survey, draft)
    except questionnaire.FaultyQuestionnaire as faulty:
        raise NotPublishable(faulty.faults) from None
    earlier = documents.published(survey.pk)
    if earlier and questionnaire.digest(earlier[-1]) == questionnaire.digest(wording):
        raise NotPublishable([UNCHANGED.at("", number=draft.number - 1)])
    unsafe = changes.unsafe_changes(earlier, wording)
    if unsafe:
        raise NotPublishable(unsafe)
    return wording


def _settled(survey: Survey, draft: SurveyVersion) -> Questionnaire:
    """With lasting keys for what is new."""
    taken = {row.key: row.choice_keys for row in survey.questions.filter(parent=None)}
    return questionnaire.parse(settling.settled(questionnaire.to_data(documents.of(draft)), taken))


def _give_rows(survey: Survey, version: SurveyVersion, wording: Questionnaire) -> None:
    known = {row.key: row for row in survey.questions.filter(parent=None)}
    for position, asked in enumerate(wording.questions):
        row = known.get(asked.key) or Question(
            organization=survey.organization, survey=survey, key=asked.key, first_version=version
        )
        row.kind = asked.kind
        row.figure = kinds.of(asked).figure or ""
        row.lowest, row.highest = (asked.scale.lowest, asked.scale.highest) if asked.scale else (None, None)
        new = [choice.key for choice in asked.choices if choice.key not in row.choice_keys]
        row.choice_keys = [*row.choice_keys, *new]
        row.title = piping.plain(str(asked.text.in_language(wording.base_language, wording.base_language)))[
            :LONGEST_TITLE
        ]
        row.position = position
        row.last_version = version
        row.save()

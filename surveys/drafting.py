"""Survey → draft: a name and a questionnaire become a survey, and its wording is changed until it is published."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from organizations import audit
from organizations.models import Member, Organization
from surveys import documents, questionnaire
from surveys.models import Basis, Survey, SurveyVersion
from surveys.questionnaire import Questionnaire


class Stale(Exception):
    """Somebody else saved, published or threw away the draft since this page was opened; `current` is the newest."""

    def __init__(self, current: SurveyVersion) -> None:
        self.current = current
        super().__init__(_("Somebody else changed this survey while you were editing. Nothing of yours is stored yet."))


class TooLarge(Exception):
    """The document is longer than a questionnaire may be."""

    def __init__(self, size: int) -> None:
        sentence = _("This questionnaire is %(size)s kB long; at most %(most)s kB are possible. Shorten it.")
        super().__init__(sentence % {"size": -(-size // 1024), "most": documents.LARGEST // 1024})


class NothingToGoBackTo(Exception):
    """The draft is all there is: without it the survey would ask nothing."""

    def __init__(self) -> None:
        super().__init__(_("This survey was never published, so its draft cannot be thrown away. Archive the survey."))


class IsArchived(Exception):
    """An archived survey takes no new wording."""

    def __init__(self) -> None:
        super().__init__(_("This survey is archived. Bring it back before you change it."))


@transaction.atomic
def create(
    organization: Organization, *, name: str, basis: str, questionnaire: Questionnaire, by: Member, now: datetime
) -> Survey:
    """A survey whose first draft asks `questionnaire`."""
    survey = Survey.objects.create(organization=organization, name=name, basis=Basis(basis), created_at=now)
    _add_draft(survey, questionnaire, number=1, now=now)
    audit.record(organization, by=by, what="survey.created", about=survey, now=now, detail={"name": name})
    return survey


@transaction.atomic
def copy(survey: Survey, *, name: str, by: Member, now: datetime) -> Survey:
    """Another survey that begins with the newest wording of this one; its answers are counted apart."""
    newest = survey.versions.latest("number")
    twin = create(
        survey.organization, name=name, basis=survey.basis, questionnaire=documents.of(newest), by=by, now=now
    )
    detail = {"name": survey.name, "to": twin.pk, "version": newest.number}
    audit.record(survey.organization, by=by, what="survey.copied", about=survey, now=now, detail=detail)
    return twin


@transaction.atomic
def rename(survey: Survey, *, name: str, by: Member, now: datetime) -> Survey:
    """Members see the new name; customers never see either."""
    survey = lock(survey)
    if survey.name != name:
        detail = {"from": survey.name, "to": name}
        survey.name = name
        survey.save(update_fields=["name"])
        audit.record(survey.organization, by=by, what="survey.renamed", about=survey, now=now, detail=detail)
    return survey


@transaction.atomic
def continue_(survey: Survey, *, by: Member, now: datetime) -> SurveyVersion:
    """The survey's draft; where there is none, a new one that says what the published version says."""
    survey = lock(survey)
    if survey.archived_at is not None:
        raise IsArchived
    draft = survey.versions.drafts().first()
    if draft is not None:
        return draft
    published = survey.versions.latest("number")
    draft = _add_draft(survey, documents.of(published), number=published.number + 1, now=now)
    detail = {"name": survey.name, "version": draft.number}
    audit.record(survey.organization, by=by, what="survey.draft_begun", about=survey, now=now, detail=detail)
    return draft


@transaction.atomic
def save(
    draft: SurveyVersion, questionnaire: Questionnaire, *, revision: int, by: Member, now: datetime
) -> SurveyVersion:
    """Store what the draft now says; `revision` is the one the editor began with, so nobody is overwritten unseen."""
    survey = lock(draft.survey)
    if survey.archived_at is not None:
        raise IsArchived
    document, digest = written(questionnaire)
    current = survey.versions.latest("number")
    if current.pk != draft.pk or current.published_at is not None or current.revision != revision:
        raise Stale(current)
    if current.document == document and not current.unfinished:
        return current
    SurveyVersion.objects.filter(pk=draft.pk).update(
        document=document, digest=digest, unfinished="", changed_at=now, revision=F("revision") + 1
    )
    current.refresh_from_db()
    detail = {"name": survey.name, "version": current.number, "revision": current.revision}
    audit.record(survey.organization, by=by, what="survey.draft_saved", about=survey, now=now, detail=detail)
    return current


@transaction.atomic
def discard(draft: SurveyVersion, *, by: Member, now: datetime) -> None:
    """Throw the draft away; the published version stays what customers see."""
    survey = lock(draft.survey)
    current = survey.versions.latest("number")
    if current.pk != draft.pk or current.published_at is not None:
        raise Stale(current)
    if not survey.versions.published().exists():
        raise NothingToGoBackTo
    detail = {"name": survey.name, "version": current.number, "revision": current.revision}
    current.delete()
    audit.record(survey.organization, by=by, what="survey.draft_discarded", about=survey, now=now, detail=detail)


def lock(survey: Survey) -> Survey:
    """Whoever changes a survey or its versions waits here for the one before; answers coming in do not."""
    return Survey.objects.select_for_update(of=("self",), no_key=True).select_related("organization").get(pk=survey.pk)


def written(wording: Questionnaire) -> tuple[str, str]:
    """The bytes that people will see, and their digest."""
    document = questionnaire.to_json(wording)
    size = len(document.encode())
    if size > documents.LARGEST:
        raise TooLarge(size)
    return document, questionnaire.digest(wording)


def _add_draft(survey: Survey, wording: Questionnaire, *, number: int, now: datetime) -> SurveyVersion:
    document, digest = written(wording)
    return SurveyVersion.objects.create(
        organization=survey.organization,
        survey=survey,
        number=number,
        document=document,
        digest=digest,
        created_at=now,
        changed_at=now,
    )

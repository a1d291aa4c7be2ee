"""SurveyVersion → Questionnaire: what the stored bytes say, and the faults in the reader's language."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from surveys import questionnaire
from surveys.faults import Fault
from surveys.models import SurveyVersion
from surveys.questionnaire import Questionnaire

# Larger documents are refused on every way in; the longest questionnaires seen are a fifth of it.
LARGEST = 256 * 1024
_KEPT_AT_MOST = 512

_published: dict[int, Questionnaire] = {}


def of(version: SurveyVersion) -> Questionnaire:
    """The questionnaire of a version. A published one never changes, so it is read once in a process."""
    if version.published_at is None:
        return questionnaire.read(version.document)
    return _published.get(version.pk) or _keep(version.pk, version.document)


def of_published(version_id: int) -> Questionnaire:
    """The same for whoever has the id alone: no query once it has been read."""
    kept = _published.get(version_id)
    if kept is not None:
        return kept
    published = SurveyVersion.objects.published().only("document").get(pk=version_id)
    return _keep(version_id, published.document)


def published(survey_id: int) -> list[Questionnaire]:
    """Every published version of a survey, oldest first."""
    return [of(version) for version in SurveyVersion.objects.published().filter(survey=survey_id).order_by("number")]


def said(fault: Fault) -> str:
    """The fault's sentence in the language of whoever reads it."""
    return _(fault.sentence) % fault.params


def all_said(faults: Iterable[Fault]) -> str:
    return " ".join(said(fault) for fault in faults)


def _keep(version_id: int, document: str) -> Questionnaire:
    if len(_published) >= _KEPT_AT_MOST:
        _published.pop(next(iter(_published)), None)
    _published[version_id] = questionnaire.read(document)
    return _published[version_id]

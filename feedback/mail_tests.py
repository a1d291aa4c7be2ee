"""The mail before anybody gets it: shown with a made-up customer, and sent to whoever wants to see it in her inbox."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from feedback import composing, wordings
from feedback.composing import Sample, Somebody
from feedback.models import Purpose
from feedback.wordings import Words
from organizations import audit, links, post
from organizations.models import Member, Notice
from surveys import documents, languages
from surveys.answers import Attributes
from surveys.models import Survey, SurveyVersion, Touchpoint

KIND = "test_mail"
MOST_AN_HOUR = 20
_BOUGHT = timedelta(days=5)
_PRODUCT = {"product": "Reading lamp", "reference": "A-1024", "store": "Berlin"}
MARIA = Somebody("Maria", "Reading lamp", Attributes({"name": "Maria Berger", "first_name": "Maria"}, _PRODUCT))
# A purchase of which the shop told us neither who nor what.
NOBODY = Somebody()


class TooManyTests(Exception):
    """A test mail is for one's own eyes, not for filling an inbox."""

    def __init__(self) -> None:
        super().__init__(
            _("You have had %(most)d test mails within an hour. Look at the preview, or try again later.")
            % {"most": MOST_AN_HOUR}
        )


def shown(
    survey: Survey,
    *,
    language: str,
    purpose: Purpose = Purpose.INVITATION,
    words: Words = wordings.OURS,
    who: Somebody = MARIA,
    notice: str = "",
    now: datetime,
) -> Sample:
    """The mail about the newest version of the survey; its links lead to the preview of the page."""
    version = newest(survey)
    questionnaire = documents.of(version)
    spoken = languages.choose(language, questionnaire.languages, questionnaire.base_language)
    preview = reverse("surveys:preview", args=[survey.organization.slug, survey.pk])
    page = links.absolute(f"{preview}?{urlencode({'version': version.number, 'language': spoken})}")
    day = (now - _BOUGHT).astimezone(survey.organization.zone)
    return composing.sample(
        survey.organization,
        questionnaire,
        language=spoken,
        page=page,
        day=day,
        who=who,
        purpose=purpose,
        words=words,
        notice=notice,
    )


@transaction.atomic
def send(
    survey: Survey,
    *,
    language: str,
    by: Member,
    now: datetime,
    touchpoint: Touchpoint | None = None,
    purpose: Purpose = Purpose.INVITATION,
) -> Notice:
    """To `by` herself, as a customer of her name would get it; with a touchpoint in its own words."""
    earlier = Notice.objects.filter(to=by.user.email, kind=KIND, created_at__gt=now - timedelta(hours=1))
    if earlier.count() >= MOST_AN_HOUR:
        raise TooManyTests
    words = wordings.current(touchpoint, purpose).get(language, wordings.OURS) if touchpoint else wordings.OURS
    name = by.user.name or MARIA.name
    who = Somebody(name, MARIA.product, Attributes({"name": name, "first_name": name}, _PRODUCT))
    notice = _("A test to you alone. The links lead to the preview, and nothing you answer there is stored.")
    mail = shown(survey, language=language, purpose=purpose, words=words, who=who, notice=notice, now=now)
    subject = _("Test: %(subject)s") % {"subject": mail.subject}
    detail = {"name": survey.name, "language": language}
    audit.record(survey.organization, by=by, what="survey.tested_by_mail", about=survey, now=now, detail=detail)
    return post.notify(
        to=by.user.email,
        kind=KIND,
        subject=subject[:255],
        text=mail.text,
        html=mail.html,
        organization=survey.organization,
        now=now,
    )


def newest(survey: Survey) -> SurveyVersion:
    """The draft where there is one: a test is for what is about to be published."""
    return survey.versions.latest("number")

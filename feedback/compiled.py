"""A mail that asks, compiled once for an organization, wording and language: what is left is a customer's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import css_inline
from django.template.loader import render_to_string
from django.utils import formats, translation
from django.utils.translation import gettext as _

from feedback import blanks, envelope, known, mail_frame, openings, placeholders, wordings
from feedback.blanks import Blanks
from feedback.envelope import CannotCompose
from feedback.mail_frame import Sender
from feedback.models import Purpose
from feedback.openings import Opening
from feedback.wordings import Words
from surveys import documents, languages, piping
from surveys.answers import Attributes
from surveys.document import Questionnaire
from surveys.models import SurveyVersion

LONGEST_PRODUCT = 80
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)


@dataclass(frozen=True)
class Ask:
    """A mail that asks, compiled for one organization and language: what is left is to fill in a customer's own."""

    language: str
    sender: Sender
    head: tuple[str, ...]
    theirs: Words
    ours: Opening
    why: str
    question: str
    html: Blanks
    text: Blanks
    html_body: envelope.Body
    text_body: envelope.Body

    def words(self, *, name: str, product: str, day: str, attributes: Attributes) -> dict[str, str]:
        product = product if len(product) <= LONGEST_PRODUCT else f"{product[: LONGEST_PRODUCT - 1].rstrip()}…"
        organization = known.line(self.sender.name)
        said = {"organization": organization, "product": product, "day": day}
        ours, theirs = self.ours, self.theirs
        values = {"name": name, "product": product, "date": day, "organization": organization}
        return {
            "subject": known.line(placeholders.fill(theirs.subject, values, attributes))
            or (ours.subject_of_product if product else ours.subject) % said,
            "hello": placeholders.fill(theirs.greeting, values, attributes)
            or (ours.hello_name % {"name": name} if name else ours.hello),
            "paragraph": placeholders.fill(theirs.opening, values, attributes)
            or (ours.paragraph_of_product if product else ours.paragraph) % said,
            "question": piping.fill(self.question, {}, attributes),
            "closing": placeholders.fill(theirs.closing, values, attributes) or ours.closing % said,
            "why": self.why % said,
        }

    def day(self, moment: datetime) -> str:
        return _day(moment.date().toordinal(), self.language)


@lru_cache(maxsize=4096)
def _day(ordinal: int, language: str) -> str:
    with translation.override(language):
        return formats.date_format(datetime.fromordinal(ordinal), "DATE_FORMAT")


@lru_cache(maxsize=512)
def published(version_id: int, wanted: str, sender: Sender, purpose: str, wording_id: int | None) -> Ask:
    """Kept by what never changes: a published version, a row of words. What changes of it is part of the key."""
    try:
        questionnaire = documents.of_published(version_id)
    except SurveyVersion.DoesNotExist:
        raise CannotCompose(_("The survey of this mail was never published.")) from None
    words = wordings.OURS if wording_id is None else wordings.of(wording_id)
    return from_wording(questionnaire, wanted, sender, Purpose(purpose), words)


def from_wording(
    questionnaire: Questionnaire, wanted: str, sender: Sender, purpose: Purpose, words: Words, notice: str = ""
) -> Ask:
    language = languages.choose(wanted, questionnaire.languages, questionnaire.base_language)
    mark = blanks.new_mark()
    names = ("hello", "paragraph", "question", "closing", "why", "page", "unsubscribe")
    with translation.override(language):
        context = {
            **blanks.marks(names, mark),
            **mail_frame.of_sender(sender, language),
            **mail_frame.of_question(questionnaire, language),
            "notice": notice,
        }
        html = Blanks(inlined("emails/customer/invitation.html", context), mark)
        text = Blanks(render_to_string("emails/customer/invitation.txt", context), mark)
        return Ask(
            language=language,
            sender=sender,
            head=(*shared_head(sender, language), *envelope.NO_AUTOMATIC_ANSWERS),
            theirs=words,
            ours=openings.of(purpose),
            why=_("You get this mail because you were a customer of %(organization)s on %(day)s."),
            question=mail_frame.first(questionnaire).text.in_language(language, questionnaire.base_language).text,
            html=html,
            text=text,
            html_body=envelope.Body(html),
            text_body=envelope.Body(text),
        )


def inlined(template: str, context: Mapping[str, object]) -> str:
    """For mail programs that read no style sheet."""
    return _INLINER.inline(render_to_string(template, dict(context)))


def shared_head(sender: Sender, language: str, answers_to: str = "") -> tuple[str, ...]:
    return envelope.shared(
        sender_name=known.line(sender.sender_name),
        sender_address=sender.address,
        answers_to=answers_to,
        language=language,
    )

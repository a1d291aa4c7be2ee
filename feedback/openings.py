"""Our own words in the mails that ask, for whoever has written none: in the language that is spoken now."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from feedback.models import Purpose
from feedback.wordings import Words


@dataclass(frozen=True)
class Opening:
    """How a mail begins, with and without a product to name, and how it ends."""

    subject: str
    subject_of_product: str
    paragraph: str
    paragraph_of_product: str
    hello: str
    hello_name: str
    closing: str


def of(purpose: Purpose) -> Opening:
    begun = _reminder() if purpose == Purpose.REMINDER else _invitation()
    return Opening(*begun, _("Hello,"), _("Hello %(name)s,"), _("Thank you, %(organization)s"))


def as_words(purpose: Purpose, language: str, organization: str) -> Words:
    """What an author would have written to say the same: shown where she has written nothing."""
    with translation.override(language):
        ours = of(purpose)
        said = {"organization": organization, "product": "{product}", "day": "{date}", "name": "{name}"}
        return Words(
            ours.subject_of_product % said,
            ours.hello_name % said,
            ours.paragraph_of_product % said,
            ours.closing % said,
        )


def _invitation() -> tuple[str, str, str, str]:
    return (
        _("How was it with %(organization)s?"),
        _("How are you getting on with %(product)s?"),
        _("How did it go with us on %(day)s? One answer helps us to do better, and it takes less than a minute."),
        _(
            "How did it go with %(product)s (%(day)s)? One answer helps us to do better, and it takes less than "
            "a minute."
        ),
    )


def _reminder() -> tuple[str, str, str, str]:
    return (
        _("May we ask once more how it was with %(organization)s?"),
        _("May we ask once more about %(product)s?"),
        _("Perhaps our question about %(day)s came at a bad time. We would still like to know how it went."),
        _(
            "Perhaps our question about %(product)s (%(day)s) came at a bad time. "
            "We would still like to know how it went."
        ),
    )

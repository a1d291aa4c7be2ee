"""The organization's own words in the mails of a touchpoint: checked, kept, and found again for each mail."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import lru_cache

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from feedback import placeholders, plans
from feedback.models import MailWording, Purpose
from organizations import audit
from organizations.models import Member
from surveys import documents
from surveys.answers import clean
from surveys.models import Touchpoint

PURPOSES = (Purpose.INVITATION, Purpose.REMINDER)
MOST = {"subject": 150, "greeting": 120, "opening": 1000, "closing": 500}
ONE_LINE = ("subject", "greeting")


@dataclass(frozen=True)
class Words:
    """Of one mail in one language; what is empty is said in our own words."""

    subject: str = ""
    greeting: str = ""
    opening: str = ""
    closing: str = ""


OURS = Words()


class BadWording(Exception):
    """Some words cannot be sent; `faults` says of which language and field, and how to mend them."""

    def __init__(self, faults: Mapping[tuple[str, str], str]) -> None:
        super().__init__(_("Some words need another look."))
        self.faults = faults


class ChangedMeanwhile(Exception):
    """Saving would overwrite words that the author has not seen."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed these words in the meantime. Reload the page to see them."))


def current(touchpoint: Touchpoint, purpose: Purpose) -> dict[str, Words]:
    """The words that hold now, by language; a language that nobody wrote in is missing."""
    rows = MailWording.objects.filter(touchpoint=touchpoint, purpose=purpose)
    newest = rows.order_by("language", "-pk").distinct("language")
    return {row.language: _words(row) for row in newest}


def revision(touchpoint: Touchpoint, purpose: Purpose) -> int:
    """Grows with each save, so that two people writing at once cannot overwrite each other unseen."""
    found = MailWording.objects.filter(touchpoint=touchpoint, purpose=purpose).aggregate(newest=Max("pk"))
    return found["newest"] or 0


@transaction.atomic
def save(
    touchpoint: Touchpoint, purpose: Purpose, wanted: Mapping[str, Words], *, seen: int, by: Member, now: datetime
) -> list[str]:
    """Holds for every mail that goes on the wire from now on; gives the languages that were changed."""
    wanted = {language: tidy(words) for language, words in wanted.items()}
    faults = {
        (language, name): sentence for language, words in wanted.items() for name, sentence in check(words).items()
    }
    if faults:
        raise BadWording(faults)
    Touchpoint.objects.select_for_update(no_key=True).get(pk=touchpoint.pk)
    if revision(touchpoint, purpose) != seen:
        raise ChangedMeanwhile
    known = current(touchpoint, purpose)
    changed = sorted(language for language, words in wanted.items() if words != known.get(language, OURS))
    for language in changed:
        MailWording.objects.create(
            organization_id=touchpoint.organization_id,
            touchpoint=touchpoint,
            purpose=purpose,
            language=language,
            by=by,
            created_at=now,
            **asdict(wanted[language]),
        )
    if changed:
        detail = {"name": touchpoint.name, "purpose": purpose.value, "languages": ", ".join(changed)}
        audit.record(by.organization, by=by, what="touchpoint.mail_worded", about=touchpoint, now=now, detail=detail)
    return changed


def check(words: Words) -> dict[str, str]:
    """Each field with what is wrong with it, in a sentence."""
    faults: dict[str, str] = {}
    for name, most in MOST.items():
        text = getattr(words, name)
        found = [documents.said(problem.at(name, **params)) for problem, params in placeholders.faults(text)]
        if len(text) > most:
            found.insert(0, _("At most %(most)d characters.") % {"most": most})
        if found:
            faults[name] = " ".join(found)
    return faults


def tidy(words: Words) -> Words:
    """No control characters; a subject and a greeting are one line, whatever was pasted."""
    texts = {field.name: clean(getattr(words, field.name)) for field in fields(Words)}
    return Words(**texts | {name: " ".join(texts[name].split()) for name in ONE_LINE})


_NEWEST = """
    SELECT DISTINCT ON (touchpoint_id, purpose, language) touchpoint_id, purpose, language, id
    FROM feedback_mailwording WHERE touchpoint_id = ANY(%s)
    ORDER BY touchpoint_id, purpose, language, id DESC
"""


def newest_ids(touchpoint_ids: Collection[int]) -> dict[tuple[int, str, str], int]:
    """Which words hold now at these touchpoints, by touchpoint, purpose and language."""
    with connection.cursor() as cursor:
        plans.execute(cursor, "hearback_wordings", _NEWEST, [list(touchpoint_ids)])
        return {(touchpoint, purpose, language): pk for touchpoint, purpose, language, pk in cursor.fetchall()}


@lru_cache(maxsize=1024)
def of(wording_id: int) -> Words:
    """A row never changes, so it is read once in a process."""
    return _words(MailWording.objects.get(pk=wording_id))


def _words(row: MailWording) -> Words:
    return Words(**{field.name: getattr(row, field.name) for field in fields(Words)})

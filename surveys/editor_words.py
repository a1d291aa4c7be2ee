"""What the editor says about a change just made, about what is to be mended, and about somebody else's change."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from organizations.models import Organization
from surveys import documents, editing, fields, languages, piping
from surveys.editing import Data
from surveys.faults import Fault
from surveys.models import SurveyVersion

LONGEST = 60

# What a button takes back, after «Undo:» and «Redo:».
STEPS: Mapping[str, str | Promise] = {
    "typed": gettext_lazy("what was typed"),
    "add": gettext_lazy("a new question"),
    "remove": gettext_lazy("a removal"),
    "duplicate": gettext_lazy("a duplicate"),
    "up": gettext_lazy("a move"),
    "down": gettext_lazy("a move"),
    "put": gettext_lazy("a move"),
    "to-page": gettext_lazy("a move"),
    "add-choice": gettext_lazy("a new choice"),
    "add-other": gettext_lazy("a new choice"),
    "add-page": gettext_lazy("a new page"),
    "add-row": gettext_lazy("a condition"),
    "drop-row": gettext_lazy("a condition"),
    "add-language": gettext_lazy("a new language"),
    "remove-language": gettext_lazy("removing a language"),
    "overwrite": gettext_lazy("saving over somebody else's wording"),
}


def of_step(what: str) -> str:
    return str(STEPS.get(what, STEPS["typed"]))


def of_press(verb: str, rest: str, before: Data, after: Data) -> str:
    """One sentence for the eye and for a screen reader."""
    if before == after:
        return _("Nothing has changed.") if verb not in ("up", "down") else _("It cannot be moved any further.")
    if verb in ("add-language", "remove-language"):
        sentence = _("%(language)s added.") if verb == "add-language" else _("%(language)s removed with its texts.")
        return sentence % {"language": languages.name(rest)}
    place = rest.partition("/")[0]
    if ".choices[" in place or verb in ("add-choice", "add-other"):
        return _of_choice(verb, place, before, after)
    if ".questions[" in place or verb == "add":
        return _of_question(verb, place, before, after)
    words = {
        "remove": _("The page is removed, with its questions."),
        "up": _("The page has moved up."),
        "down": _("The page has moved down."),
        "add-page": _("Page %(number)s added. Put a question on it.") % {"number": len(after["pages"])},
    }
    return words.get(verb, _("Changed."))


def _of_question(verb: str, place: str, before: Data, after: Data) -> str:
    was = {question["key"]: question for _place, question in editing.questions(before)}
    now = [question["key"] for _place, question in editing.questions(after)]
    if verb == "remove":
        gone = next((question for key, question in was.items() if key not in now), {})
        return _("Removed: %(question)s") % {"question": _title(gone, before)}
    key = next((key for key in now if key not in was), None)
    if verb in ("add", "duplicate") and key is not None:
        sentence = _("New question %(number)s of %(count)s.") if verb == "add" else _("Copied as question %(number)s.")
        return sentence % {"number": now.index(key) + 1, "count": len(now)}
    if verb in ("up", "down", "put", "to-page"):
        moved = dict(editing.questions(before)).get(place, {})
        if moved.get("key") in now:
            page = next(
                at
                for at, page in enumerate(after["pages"], start=1)
                if any(question["key"] == moved["key"] for question in page["questions"])
            )
            return _("Now question %(number)s of %(count)s, on page %(page)s.") % {
                "number": now.index(moved["key"]) + 1,
                "count": len(now),
                "page": page,
            }
    return _("Changed.")


def _of_choice(verb: str, place: str, before: Data, after: Data) -> str:
    holder = place.partition(".choices[")[0]
    old = dict(editing.questions(before)).get(holder, {}).get("choices", ())
    new = dict(editing.questions(after)).get(holder, {}).get("choices", ())
    if verb == "remove":
        left = ngettext("Choice removed; %(count)s is left.", "Choice removed; %(count)s are left.", len(new))
        return left % {"count": len(new)}
    if verb in ("add-choice", "add-other"):
        return _("New choice %(number)s.") % {"number": len(new)}
    number = place.rpartition("[")[2].rstrip("]")
    moved = old[int(number)]["key"] if number.isdigit() and int(number) < len(old) else None
    at = next((at for at, choice in enumerate(new, start=1) if choice["key"] == moved), 0)
    return _("Now choice %(number)s of %(count)s.") % {"number": at, "count": len(new)}


def _title(question: Data, data: Data) -> str:
    text = piping.plain((question.get("text") or {}).get(data["base_language"], ""))
    return Truncator(text).chars(LONGEST) if text else _("a question without words")


# --- to mend --------------------------------------------------------------------------------------


def to_mend(data: Data, faults: Iterable[Fault]) -> list[tuple[str, str, str]]:
    """The anchor of each fault, where it stands, and what it is."""
    return [(fields.anchor(fault.where), where(data, fault), documents.said(fault)) for fault in faults]


def where(data: Data, fault: Fault) -> str:
    """«Question 3», as the cards are numbered."""
    for number, (place, _question) in enumerate(editing.questions(data), start=1):
        if fault.where == place or fault.where.startswith(f"{place}."):
            return _("Question %(number)s") % {"number": number}
    for at in range(len(data["pages"])):
        if fault.where.startswith(f"pages[{at}]."):
            return _("Page %(number)s") % {"number": at + 1}
    return ""


# --- somebody else --------------------------------------------------------------------------------


def of_theirs(theirs: SurveyVersion) -> str:
    """Who changed it meanwhile, what became of it, and when."""
    if theirs.published_at is not None and theirs.published_by is not None:
        said: dict[str, Any] = {"name": theirs.published_by, "at": clock(theirs.published_at, theirs.organization)}
        return _("%(name)s published this survey at %(at)s, while you had it open.") % said
    step = theirs.steps.select_related("by__user").order_by("-made_at").first()
    if step is None:
        return _("Somebody changed this survey while you had it open.")
    return _("%(name)s changed this survey at %(at)s, while you had it open.") % {
        "name": step.by,
        "at": clock(theirs.changed_at, theirs.organization),
    }


def clock(moment: datetime, organization: Organization) -> str:
    """12:03, where the organization is."""
    return f"{moment.astimezone(organization.zone):%H:%M}"

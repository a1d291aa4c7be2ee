"""What a mail shows of its organization and of its first question: the frame that customers' own values go into."""

from dataclasses import dataclass
from functools import lru_cache

from feedback import known
from organizations import colours, links, logos
from organizations.models import Organization
from surveys import kinds, languages
from surveys.document import Question, Questionnaire, ScaleDetails

FACES = {"smileys": {1: "😞", 2: "🙁", 3: "😐", 4: "🙂", 5: "😄"}, "stars": dict.fromkeys(range(1, 6), "★")}


@dataclass(frozen=True)
class Sender:
    """All of an organization that a mail shows; a change of it makes a new letter."""

    id: int
    name: str
    colour: str
    logo: str
    sender_name: str
    address: str


def sender(organization: Organization) -> Sender:
    return Sender(
        organization.pk,
        organization.name,
        organization.colour,
        organization.logo,
        organization.sender_name,
        organization.sender_address,
    )


def of_sender(sender: Sender, language: str) -> dict[str, object]:
    """For the template: name, logo, colours, and which way the language runs."""
    runs_left = languages.direction(language) == "rtl"
    return {
        "language": language,
        "direction": languages.direction(language),
        "start": "right" if runs_left else "left",
        "end": "left" if runs_left else "right",
        "organization": known.line(sender.name),
        "colour": sender.colour,
        "on_colour": colours.text_on(sender.colour),
        "logo": _logo(sender.logo),
    }


@lru_cache(maxsize=256)
def _logo(name: str) -> dict[str, object] | None:
    if not name:
        return None
    width, height = logos.shown_size(name)
    return {"address": links.absolute(logos.address(name)), "width": width, "height": height}


def of_question(questionnaire: Questionnaire, language: str) -> dict[str, object]:
    """For the template: the points of its scale and what the ends mean; no points where it has none."""
    question, base = first(questionnaire), questionnaire.base_language
    if not isinstance(question.details, ScaleDetails):
        return {"points": [], "points_end": None, "low": "", "high": ""}
    details = question.details
    scale = details.scale
    return {
        "points": [(score, _face(details, score)) for score in scale.points],
        "points_end": scale.highest,
        "low": details.label(scale.lowest).in_language(language, base),
        "high": details.label(scale.highest).in_language(language, base),
    }


def first(questionnaire: Questionnaire) -> Question:
    """It is asked in the mail itself where it has a scale; a survey of mere statements shows its first."""
    return kinds.first(questionnaire) or questionnaire.questions[0]


def _face(details: ScaleDetails, score: int) -> str:
    return FACES.get(details.look, {}).get(score, "")

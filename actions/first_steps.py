"""The path of a first visit: what is done, and what comes next."""

from dataclasses import dataclass

from django.db.models import Model
from django.db.models.query import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization


@dataclass(frozen=True)
class Step:
    title: Promise
    why: Promise
    do: Promise
    url: str
    is_done: bool


def steps(organization: Organization) -> list[Step]:
    """Survey, purchases, touchpoint, first answer; six queries at the most."""
    slug = organization.slug

    def step(title: Promise, why: Promise, do: Promise, place: str, rows: "QuerySet[Model]") -> Step:
        return Step(title, why, do, reverse(place, args=[slug]), rows.exists())

    return [
        step(
            _("Make a survey from a template"),
            _("Three questions are enough. Publish it when the wording is yours."),
            *_what_to_do_about_surveys(organization),
            organization.survey_versions.published(),
        ),
        step(
            _("Bring your purchases"),
            _("A file from your shop tells whom to ask about what. It is checked before anything is recorded."),
            _("Bring purchases"),
            "feedback:bring",
            organization.interactions.all(),
        ),
        step(
            _("Say when to ask, and start"),
            _(
                "A touchpoint sends the survey some days after a purchase, and leaves people alone in between. "
                "Before you start it, a dry run shows whom it would ask, and a test mail to yourself what they get."
            ),
            *_what_to_do_about_touchpoints(organization),
            organization.touchpoints.running(),
        ),
        step(
            _("Read the first answers"),
            _("The dashboard shows a figure as soon as enough customers have answered."),
            _("Open the dashboard"),
            "dashboards:dashboard",
            organization.responses.all(),
        ),
    ]


def _what_to_do_about_surveys(organization: Organization) -> tuple[Promise, str]:
    if organization.surveys.exists():
        return _("Go on with your survey"), "surveys:list"
    return _("Choose a template"), "surveys:start"


def _what_to_do_about_touchpoints(organization: Organization) -> tuple[Promise, str]:
    if organization.touchpoints.exists():
        return _("Try and start it"), "feedback:touchpoints"
    return _("Make a touchpoint"), "feedback:touchpoints"

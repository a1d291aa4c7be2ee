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
    """Survey, purchases, touchpoint, first answer; four queries at the most."""
    slug = organization.slug

    def step(title: Promise, why: Promise, do: Promise, place: str, rows: "QuerySet[Model]") -> Step:
        return Step(title, why, do, reverse(place, args=[slug]), rows.exists())

    return [
        step(
            _("Make a survey from a template"),
            _("Three questions are enough. Publish it when the wording is yours."),
            _("Choose a template"),
            "surveys:list",
            organization.survey_versions.published(),
        ),
        step(
            _("Bring your purchases"),
            _("A CSV file from your shop tells whom to ask about what."),
            _("Bring purchases"),
            "feedback:bring",
            organization.interactions.all(),
        ),
        step(
            _("Say when to ask, and start"),
            _("A touchpoint sends the survey some days after a purchase, and leaves people alone in between."),
            _("Make a touchpoint"),
            "feedback:touchpoints",
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

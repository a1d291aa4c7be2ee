"""Upstream never reads downstream: only an Organization leads to rows of an app further down."""

from django.apps import apps
from django.db.models import Field
from django.db.models.fields.reverse_related import ForeignObjectRel

CHAIN = ["organizations", "surveys", "feedback", "dashboards", "actions", "api"]

# The roots: where a view begins, so that what belongs to another organization is a 404.
ROOTS = {
    "members": "organizations.Member",
    "colleague_invites": "organizations.ColleagueInvite",
    "surveys": "surveys.Survey",
    "survey_versions": "surveys.SurveyVersion",
    "touchpoints": "surveys.Touchpoint",
    "customers": "feedback.Customer",
    "interactions": "feedback.Interaction",
    "imports": "feedback.Import",
    "suppressions": "feedback.Suppression",
    "invitations": "feedback.Invitation",
    "skips": "feedback.Skip",
    "customer_messages": "feedback.Message",
    "responses": "feedback.Response",
    "cases": "actions.Case",
}


def accessors() -> dict[tuple[str, str], str]:
    """(model, accessor) → the model it leads to, over all our models."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in CHAIN:
            for relation in model._meta.get_fields(include_hidden=True):
                if isinstance(relation, ForeignObjectRel) and not relation.hidden:
                    name = relation.get_accessor_name()
                    found[model._meta.label, str(name)] = relation.related_model._meta.label
    return found


def test_the_accessors_of_an_organization_are_these_roots() -> None:
    leads_to = {name: to for (model, name), to in accessors().items() if model == "organizations.Organization"}

    assert leads_to == ROOTS


def test_no_other_accessor_leads_from_one_app_to_another() -> None:
    crossing = {
        (model, name): to
        for (model, name), to in accessors().items()
        if model != "organizations.Organization"
        and to.split(".")[0] in CHAIN
        and to.split(".")[0] != model.split(".")[0]
    }

    assert crossing == {}


def test_no_foreign_key_points_down_the_chain() -> None:
    down = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in CHAIN
        for field in model._meta.get_fields()
        if isinstance(field, Field) and field.related_model and not isinstance(field.related_model, str)
        if field.related_model._meta.app_label in CHAIN
        and CHAIN.index(field.related_model._meta.app_label) > CHAIN.index(model._meta.app_label)
    ]

    assert down == []

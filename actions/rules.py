"""When a case opens, how soon it is due and who gets it, as the organization has chosen."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from actions import deadlines
from actions.models import Case, CaseRules, CaseState, DueUnit, HandOver
from organizations import audit
from organizations.models import Member, Organization, Role
from surveys.models import Question
from surveys.scales import SCALES

# Whoever said it longer ago than this hears from nobody: an answer to it would only puzzle.
ONLY_YOUNGER_THAN_DAYS = 30
CHANGEABLE = ("is_on", "due_in", "due_unit", "hand_over", "first_owner_id", "silent_questions")


class NobodyNamed(Exception):
    """Cases are to go to one member, and none is named who may work on them."""

    def __init__(self) -> None:
        super().__init__(_("Choose the member who gets new cases; it must be somebody who may work on them."))


def of(organization: Organization) -> CaseRules:
    """What was chosen, or the defaults: any low score, due in two working days, for whoever is free."""
    return CaseRules.objects.filter(organization=organization).first() or CaseRules(organization=organization)


def due_at(rules: CaseRules, opened_at: datetime) -> datetime:
    return deadlines.due_at(
        opened_at,
        amount=rules.due_in,
        in_working_days=rules.due_unit == DueUnit.WORKING_DAYS,
        zone=rules.organization.zone,
    )


def first_owner(rules: CaseRules) -> Member | None:
    """Who gets the next case; nobody where that is the rule, or where the one member works here no more."""
    if rules.hand_over == HandOver.ONE:
        chosen = rules.first_owner
        return chosen if chosen is not None and chosen.may(Role.CASE_WORKER) else None
    return _next_in_turn(rules.organization) if rules.hand_over == HandOver.IN_TURN else None


def workers(organization: Organization) -> list[Member]:
    """Whoever may work on cases, by name."""
    able = organization.members.present().exclude(role=Role.VIEWER).select_related("user")
    return sorted(able, key=lambda member: str(member).casefold())


def scored_questions(organization: Organization) -> list[Question]:
    """What can open a case: the questions on a scale of surveys in use, survey by survey."""
    found = Question.objects.filter(organization=organization, kind__in=SCALES, survey__archived_at=None)
    return list(found.select_related("survey").order_by("survey__name", "survey_id", "position", "pk"))


@transaction.atomic
def change(
    organization: Organization,
    *,
    is_on: bool,
    due_in: int,
    due_unit: str,
    hand_over: str,
    first_owner: Member | None,
    silent_questions: Collection[int],
    by: Member,
    now: datetime,
) -> CaseRules:
    """Holds for the cases that open from now on."""
    if hand_over != HandOver.ONE:
        first_owner = None
    elif first_owner is None or first_owner.organization_id != organization.pk or not first_owner.may(Role.CASE_WORKER):
        raise NobodyNamed
    # Two who choose for the first time at once: the second one waits here, and changes the first one's row.
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    stored = of(organization)
    wanted = {
        "is_on": is_on,
        "due_in": due_in,
        "due_unit": due_unit,
        "hand_over": hand_over,
        "first_owner_id": first_owner.pk if first_owner else None,
        "silent_questions": sorted(silent_questions),
    }
    changes = {
        name: [getattr(stored, name), wanted[name]] for name in CHANGEABLE if getattr(stored, name) != wanted[name]
    }
    _set(stored, changes)
    if changes:
        detail = {"changes": changes}
        audit.record(organization, by=by, what="case_rules.changed", about=stored, now=now, detail=detail)
    return stored


def _set(stored: CaseRules, changes: dict[str, list[Any]]) -> None:
    for name, (_was, new) in changes.items():
        setattr(stored, name, new)
    if changes:
        stored.save()


def _next_in_turn(organization: Organization) -> Member | None:
    """Of the case workers, or else of everybody who may, whoever has the fewest open cases."""
    able = list(organization.members.present().exclude(role=Role.VIEWER).select_related("user").order_by("pk"))
    turn = [member for member in able if member.role == Role.CASE_WORKER] or able
    load = dict(
        Case.objects.filter(owner__in=turn)
        .values_list("owner")
        .annotate(n=Count("pk", filter=~Q(state=CaseState.CLOSED)))
    )
    return min(turn, key=lambda member: load.get(member.pk, 0), default=None)

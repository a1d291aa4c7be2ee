"""Notices to the owners of cases: given to you, and once a day what is due; never a word about the customer."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from actions.models import Case, CaseState, JobSlot
from organizations import notices
from organizations.models import Member, Organization, Role

# Due within a day counts as soon; mails of the day are written from seven in the morning on, where the members are.
SOON = timedelta(hours=24)
MORNING = 7
MOST_LISTED = 10
# The job whose slots say what of a case was told to whom.
TOLD = "case.told"


def tell_assigned(case: Case, *, to: Member, by: Member, now: datetime) -> None:
    """A colleague's new case; the same one goes to the same colleague once a day at the most."""
    slot = f"{case.pk}.{to.pk}.{case.organization.day_of(now)}"
    if _take(case.organization, "case.assigned", [slot], now=now):
        facts = {"case": case, "giver": str(by), "link": _link(case.organization, "actions:case", case.pk)}
        _write("case_assigned", to, facts, now=now)


def remind(*, now: datetime) -> int:
    """One mail a member and day, and only where something in it is new to her; gives how many were written."""
    calling = Q(due_at__lt=now + SOON) | Q(state=CaseState.NEW, owner__isnull=False)
    cases = Case.objects.open().filter(calling).select_related("organization", "owner__user")
    managers: dict[Organization, list[Member]] = {}
    of_whom: dict[tuple[Organization, Member], list[Case]] = defaultdict(list)
    for case in cases.order_by("due_at", "pk"):
        organization = case.organization
        if now.astimezone(organization.zone).hour < MORNING:
            continue
        if case.owner is None and organization not in managers:
            managers[organization] = _managers(organization)
        for member in managers[organization] if case.owner is None else [case.owner]:
            of_whom[organization, member].append(case)
    return sum(_remind(member, theirs, now=now) for (_of, member), theirs in of_whom.items())


def _managers(organization: Organization) -> list[Member]:
    """Who sees to it that a case without an owner finds one."""
    present = organization.members.present().select_related("user").order_by("pk")
    managers = [member for member in present if member.role == Role.QUALITY_MANAGER]
    return managers or [member for member in present if member.role == Role.OWNER]


@transaction.atomic
def _remind(member: Member, cases: list[Case], *, now: datetime) -> bool:
    organization = member.organization = cases[0].organization
    if not member.may(Role.CASE_WORKER):
        return False
    taken, today = JobSlot.objects.filter(organization=organization), f"{member.pk}.{organization.day_of(now)}"
    # Most sweeps of a day find that she has had her mail, however many her cases are.
    if taken.filter(job="case.daily", slot=today).exists():
        return False
    slots = {f"{case.pk}.{member.pk}.{_call(case, now=now)}" for case in cases}
    news = slots - set(taken.filter(job=TOLD, slot__in=slots).values_list("slot", flat=True))
    # The day's row is taken first: of two sweeps at once, one writes.
    if not news or not _take(organization, "case.daily", [today], now=now):
        return False
    _take(organization, TOLD, news, now=now)
    mine = [case for case in cases if case.owner_id is not None]
    free = [case for case in cases if case.owner_id is None]
    facts = {
        "mine": _listed(mine),
        "free": _listed(free),
        "overdue": sum(case.due_at < now for case in cases),
        "soon": sum(now <= case.due_at < now + SOON for case in cases),
        "fresh": sum(case.due_at >= now + SOON for case in cases),
        "more": max(len(mine) - MOST_LISTED, 0) + max(len(free) - MOST_LISTED, 0),
        "link": _link(organization, "actions:cases") + ("?owner=me" if mine else "?owner=nobody"),
        "now": now,
    }
    _write("cases_today", member, facts, now=now)
    return True


def _call(case: Case, *, now: datetime) -> str:
    """What there is to say about it: a new due time makes it new."""
    if case.due_at < now:
        return f"overdue.{case.due_at.timestamp():.0f}"
    return f"soon.{case.due_at.timestamp():.0f}" if case.due_at < now + SOON else "given"


_TAKE = """
INSERT INTO actions_jobslot (organization_id, job, slot, at) SELECT %s, %s, unnest(%s), %s ON CONFLICT DO NOTHING
"""


def _take(organization: Organization, job: str, slots: Iterable[str], *, now: datetime) -> bool:
    """False where others had taken every one of these before."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [organization.pk, job, list(slots), now])
        return bool(cursor.rowcount)


def _link(organization: Organization, name: str, *ids: int) -> str:
    return str(settings.SITE_URL) + reverse(name, args=[organization.slug, *ids])


def _write(kind: str, member: Member, facts: dict[str, object], *, now: datetime) -> None:
    organization = member.organization
    language = member.user.language or organization.language
    with timezone.override(organization.zone):
        notices.write(kind, to=member.user.email, language=language, facts=facts, now=now, organization=organization)


def _listed(cases: list[Case]) -> list[tuple[Case, str]]:
    return [(case, _link(case.organization, "actions:case", case.pk)) for case in cases[:MOST_LISTED]]

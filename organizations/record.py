"""Audit rows → what members did, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from organizations.models import AuditEntry, Organization, Role

# What a verb recorded → the sentence after the member's name; %(names)s come from the row's detail, %(id)s from what
# it is about. Where a number stands in it, ngettext_lazy with that number's name.
WORDS: dict[str, str | Promise] = {
    "organization.founded": _("founded the organization"),
    "organization.changed": _("changed the settings"),
    "organization.logo_set": _("put up a logo"),
    "organization.logo_removed": _("took the logo down"),
    "organization.reporting_chosen": _("chose by which attributes answers are counted: %(names)s"),
    "colleague.invited": _("invited %(email)s as %(role)s"),
    "colleague.invited_again": _("sent the invitation for %(email)s again"),
    "colleague.invite_withdrawn": _("withdrew the invitation for %(email)s"),
    "colleague.joined": _("joined as %(role)s"),
    "member.role_changed": _("changed the role of %(name)s from %(was)s to %(role)s"),
    "member.left": _("left the organization"),
    "member.removed": _("removed %(name)s"),
}
ROLE_DETAILS = ("role", "was")
# The first word of what was done → what that is about.
PLACES: dict[str, str | Promise] = {
    "organization": _("Organization"),
    "colleague": _("Invitations"),
    "member": _("Members"),
    "survey": _("Surveys"),
    "touchpoint": _("Touchpoints"),
    "interactions": _("Purchases"),
    "message": _("Mail"),
    "address": _("Addresses"),
    "response": _("Responses"),
    "customer": _("Customers"),
    "case": _("Cases"),
    "cases": _("Files with cases"),
    "case_rules": _("Rules for cases"),
}


@dataclass(frozen=True)
class Change:
    field: str
    was: Any
    now: Any


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    did: str
    changes: tuple[Change, ...]


def entries(
    organization: Organization,
    *,
    member: int | None = None,
    place: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[AuditEntry]:
    """Newest first; `place` is the first word of what was done, days are the organization's, both ends included."""
    found = AuditEntry.objects.filter(organization=organization).select_related("by__user").order_by("-at", "-id")
    if member is not None:
        found = found.filter(by_id=member)
    if place:
        found = found.filter(what__startswith=f"{place}.")
    if since:
        found = found.filter(at__gte=_midnight(since, organization.zone))
    if until:
        found = found.filter(at__lt=_midnight(until + timedelta(days=1), organization.zone))
    return found


def line(entry: AuditEntry) -> Line:
    return Line(
        at=entry.at,
        who=str(entry.by) if entry.by else "Hearback",
        did=_sentence(entry),
        changes=tuple(_changes(entry)),
    )


def places(organization: Organization) -> list[tuple[str, str]]:
    """What the record is about here, as choices for a filter."""
    kinds = AuditEntry.objects.filter(organization=organization).order_by().values_list("what", flat=True).distinct()
    names = sorted({what.partition(".")[0] for what in kinds})
    return [(name, str(PLACES.get(name) or name.replace("_", " ").capitalize())) for name in names]


def _sentence(entry: AuditEntry) -> str:
    template = _words().get(entry.what)
    if template is None:
        thing, _dot, deed = entry.what.partition(".")
        return f"{deed.replace('_', ' ')}: {thing.replace('_', ' ')} {entry.about_id}"
    return str(template % _Facts({"id": entry.about_id} | entry.detail))


def _changes(entry: AuditEntry) -> Iterator[Change]:
    changes = entry.detail.get("changes")
    if not isinstance(changes, dict):
        return
    for field, pair in changes.items():
        was, now = pair if isinstance(pair, list) and len(pair) == 2 else ("", pair)
        yield Change(_label(entry, field), was, now)


def _label(entry: AuditEntry, field: str) -> str:
    try:
        column = apps.get_model(entry.about_type)._meta.get_field(field)
    except (LookupError, FieldDoesNotExist):
        # The row outlives the name of a table or of a column.
        return field.replace("_", " ")
    return str(getattr(column, "verbose_name", field))


class _Facts(dict[str, Any]):
    """A row's detail with roles in words; what an old row does not hold is shown as a dash."""

    def __init__(self, detail: dict[str, Any]) -> None:
        roles = {name: Role(detail[name]).label for name in ROLE_DETAILS if detail.get(name) in Role.values}
        super().__init__(detail | roles)

    def __missing__(self, name: str) -> "_Unknown":
        return _Unknown()


class _Unknown(int):
    """A dash to whoever reads; a number to whoever chooses between one and many by it."""

    def __str__(self) -> str:
        return "–"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in settings.RECORD_WORDS:
        found.update(import_string(name))
    return found

"""Attributes of purchases → the few by which answers are counted from now on."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from feedback import attributes, known
from organizations import audit
from organizations.models import Member, Organization

# The newest purchases tell what there is; reading all of a large organization's would take minutes.
LOOKED_AT = 5000
_SHOWN = 5


class TooMany(Exception):
    """Each attribute multiplies the figures; a few of them are read, many are not."""


@dataclass(frozen=True)
class Attribute:
    """What purchases carry under a name, and whether answers are counted by it."""

    name: str
    purchases: int
    values: int
    examples: Sequence[str]
    doubt: str
    is_chosen: bool


def seen(organization: Organization) -> list[Attribute]:
    """Those that are chosen, although no new purchase may carry them, then the others of the newest purchases."""
    newest = organization.interactions.order_by("-pk").values_list("attributes", flat=True)[:LOOKED_AT]
    values: defaultdict[str, list[str]] = defaultdict(list)
    for carried in newest:
        for name, value in carried.items():
            values[name].append(str(value))
    chosen = organization.reporting_attributes or []
    names = [*chosen, *sorted({*values} - {*chosen})]
    return [_attribute(name, values.get(name, []), name in chosen) for name in names]


@transaction.atomic
def choose(organization: Organization, names: Iterable[str], *, by: Member, now: datetime) -> None:
    """Count answers by these from now on; what has come in keeps what it was counted by when it came.

    The order of choosing is kept: the dashboard tells them apart by the first one at first.
    """
    chosen = dict.fromkeys(names)
    if len(chosen) > known.MOST_SEGMENTS:
        raise TooMany(_("Choose at most %(most)s attributes to report by.") % {"most": known.MOST_SEGMENTS})
    # Answers that come in refer to the same row, and must not wait.
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    before = locked.reporting_attributes
    wanted = [
        *(name for name in before or [] if name in chosen),
        *(name for name in chosen if name not in (before or [])),
    ]
    if before != wanted:
        organization.reporting_attributes = wanted
        _keep(locked, wanted, by=by, now=now)


@transaction.atomic
def move(organization: Organization, name: str, step: int, *, by: Member, now: datetime) -> None:
    """One place up (-1) or down (1) among those that are chosen; what is not, or has no place to go, stays."""
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    wanted = list(locked.reporting_attributes or [])
    at = wanted.index(name) if name in wanted else -1
    if at < 0 or not 0 <= at + step < len(wanted):
        return
    wanted[at], wanted[at + step] = wanted[at + step], wanted[at]
    organization.reporting_attributes = wanted
    _keep(locked, wanted, by=by, now=now)


def _keep(locked: Organization, wanted: list[str], *, by: Member, now: datetime) -> None:
    locked.reporting_attributes = wanted
    locked.save(update_fields=["reporting_attributes"])
    detail = {"names": ", ".join(wanted) or "–"}
    audit.record(locked, by=by, what="organization.reporting_chosen", about=locked, now=now, detail=detail)


def choose_among(
    organization: Organization, offered: Iterable[str], chosen: Iterable[str], *, by: Member, now: datetime
) -> None:
    """The same for the attributes of one file; others stay as they are."""
    others = {*offered}
    kept = [name for name in organization.reporting_attributes or [] if name not in others]
    choose(organization, [*kept, *chosen], by=by, now=now)


def _attribute(name: str, values: Sequence[str], is_chosen: bool) -> Attribute:
    examples = list(dict.fromkeys(values))[:_SHOWN]
    return Attribute(name, len(values), len(set(values)), examples, attributes.doubt(values), is_chosen)

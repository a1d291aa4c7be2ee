"""An import from file to rows in one go, as a member and a worker do it: used by the tests of importing."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from feedback import bringing, import_work
from feedback.models import Import, Interaction
from organizations.models import Member, Organization
from tests.factories import NOW


def brought(
    organization: Organization, content: bytes | str, *, by: Member | None = None, now: datetime = NOW
) -> Import:
    body = content.encode() if isinstance(content, str) else content
    return bringing.bring(organization, [body], name="purchases.csv", by=by, now=now)


def checked(
    it: Import, *, moves_dates: bool = False, now: datetime = NOW, by: Member | None = None, **changes: Any
) -> Import:
    """Read to its end by a worker, with `changes` to what was guessed."""
    mapping = replace(bringing.mapping_of(it), **changes)
    bringing.check(it, mapping, moves_dates=moves_dates, by=by, now=now)
    return worked(it, now=now)


def worked(it: Import, *, now: datetime = NOW) -> Import:
    import_work.work(worker="Wanda", now=now)
    it.refresh_from_db()
    return it


def recorded(
    organization: Organization, content: bytes | str, *, by: Member | None = None, now: datetime = NOW, **words: Any
) -> Import:
    it = checked(brought(organization, content, by=by, now=now), now=now, by=by, **words)
    bringing.record(it, by=by, now=now)
    return worked(it, now=now)


def rows(organization: Organization) -> list[tuple[Any, ...]]:
    """All that an import leaves behind, but ids."""
    found = Interaction.objects.filter(organization=organization).order_by("source", "reference")
    columns = ("customer__reference", "customer__email", "customer__name", "customer__sort_name", "customer__language")
    return list(
        found.values_list("source", "reference", "experienced_at", "attributes", "customer__address_key", *columns)
    )

"""How an organization presents itself and counts: name, time zone, language, sender, colour, minimum group."""

from datetime import datetime
from typing import Any

from django.db import transaction

from organizations import audit
from organizations.models import Member, Organization

CHANGEABLE = ("name", "time_zone", "language", "sender_name", "sender_address", "colour", "minimum_group")


def change(organization: Organization, *, by: Member, now: datetime, **wanted: Any) -> Organization:
    """Set what differs; the record keeps what it was."""
    with transaction.atomic():
        stored = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        changes = {
            name: [getattr(stored, name), wanted[name]]
            for name in CHANGEABLE
            if name in wanted and wanted[name] != getattr(stored, name)
        }
        for name, (_was, new) in changes.items():
            setattr(stored, name, new)
        if changes:
            stored.save(update_fields=list(changes))
            detail = {"changes": changes}
            audit.record(stored, by=by, what="organization.changed", about=stored, now=now, detail=detail)
    return stored

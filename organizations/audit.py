"""Who did what: one row in the transaction of every verb that a member calls."""

from datetime import datetime
from typing import Any

from django.db import models

from organizations.models import AuditEntry, Member, Organization


def record(
    organization: Organization,
    *,
    by: Member | None,
    what: str,
    about: models.Model,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append that `by` (None: the service itself) did `what`, such as 'survey.published', to `about`.

    `detail` holds ids, counts and settings, never a customer's words or address: the row outlives an erasure.
    """
    return AuditEntry.objects.create(
        organization=organization,
        by=by,
        what=what,
        about_type=about._meta.label_lower,
        about_id=str(about.pk),
        detail=detail or {},
        at=now,
    )

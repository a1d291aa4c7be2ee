"""What customers see of an organization: its logo, decoded, made small and kept under an address of its own."""

import hashlib
from datetime import datetime

from django.db import transaction

from organizations import audit, logo_picture
from organizations.models import Logo, Member, Organization


def set_logo(organization: Organization, file: bytes, *, by: Member, now: datetime) -> Organization:
    """Raises `logo_picture.NotALogo`. The logo before stays where mails that are out lead to it."""
    picture = logo_picture.read(file)
    digest = hashlib.sha256(picture.content).hexdigest()[:32]
    name = f"{digest}-{picture.width}x{picture.height}.{picture.kind}"
    with transaction.atomic():
        row = Logo(organization=organization, name=name, content=picture.content, created_at=now)
        Logo.objects.bulk_create([row], ignore_conflicts=True)
        return _show(organization, name, by=by, now=now)


def remove_logo(organization: Organization, *, by: Member, now: datetime) -> Organization:
    """From now on the name stands where it stood."""
    with transaction.atomic():
        return _show(organization, "", by=by, now=now)


def _show(organization: Organization, name: str, *, by: Member, now: datetime) -> Organization:
    stored = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if stored.logo == name:
        return stored
    stored.logo = name
    stored.save(update_fields=["logo"])
    if name:
        audit.record(stored, by=by, what="organization.logo_set", about=stored, now=now)
    else:
        audit.record(stored, by=by, what="organization.logo_removed", about=stored, now=now)
    return stored

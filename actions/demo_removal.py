"""The demo → nothing: its rows, its people and its mails, and nothing of anybody else."""

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction

from actions import demo
from organizations import mailbox
from organizations.models import Member, Organization, User

OURS = ("@nordlicht.invalid", "@customers.invalid")


def remove() -> bool:
    """False when there is no demo. Its rows go in one transaction, then the mails in the development mailbox."""
    shop = Organization.objects.filter(slug=demo.SLUG, is_demo=True).first()
    if shop is None:
        return False
    with transaction.atomic():
        _remove_rows(shop)
        _remove_people()
    _remove_mails()
    return True


def _remove_rows(shop: Organization) -> None:
    """Every table that leads to the organization, whoever has made it; foreign keys are looked at only at the end."""
    with connection.cursor() as cursor:
        # The record of what members did goes only with the whole organization.
        cursor.execute("SELECT set_config('hearback.removing_organization', %s, true)", [str(shop.pk)])
        for table, condition in _owned():
            cursor.execute(f"DELETE FROM {table} WHERE {condition}", {"shop": shop.pk})  # noqa: S608 - names of our own
        cursor.execute(f"DELETE FROM {Organization._meta.db_table} WHERE id = %s", [shop.pk])  # noqa: S608


def _owned() -> Iterator[tuple[str, str]]:
    """What is owned through something else comes first, while that still tells whose it is."""
    found = {model: condition for model in apps.get_models() if (condition := _whose(model))}
    for model, condition in sorted(found.items(), key=lambda item: -item[1].count("SELECT")):
        yield model._meta.db_table, condition


def _whose(model: type[models.Model]) -> str:
    """The rows of a demo in this table, as SQL; '' where nothing in it belongs to an organization."""
    leads = {field.related_model: field.column for field in model._meta.concrete_fields if field.many_to_one}
    leads |= {field.related_model: field.column for field in model._meta.concrete_fields if field.one_to_one}
    if Organization in leads:
        return f"{leads[Organization]} = %(shop)s"
    for parent, column in leads.items():
        if isinstance(parent, type) and parent not in (model, User) and (above := _whose(parent)):
            return f"{column} IN (SELECT id FROM {parent._meta.db_table} WHERE {above})"  # noqa: S608
    return ""


def _remove_people() -> None:
    """Whoever has come to work elsewhere meanwhile stays."""
    emails = [email for email, _name in demo.PEOPLE.values()]
    people = User.objects.filter(email__in=emails).exclude(pk__in=Member.objects.values("user"))
    gone = {str(pk) for pk in people.values_list("pk", flat=True)}
    people.delete()
    signed_in = [row.pk for row in Session.objects.iterator() if row.get_decoded().get("_auth_user_id") in gone]
    Session.objects.filter(pk__in=signed_in).delete()


def _remove_mails() -> None:
    """Those that went to nobody but the demo's made-up people."""
    if not settings.MAILBOX_DIR:
        return
    folder = Path(settings.MAILBOX_DIR)
    for mail in mailbox.newest_first(folder, limit=100_000):
        if mail.recipients and all(address.lower().rstrip(">").endswith(OURS) for address in mail.recipients):
            (folder / f"{mail.name}.eml").unlink(missing_ok=True)

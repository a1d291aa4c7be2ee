"""What the database itself keeps true, whatever code runs."""

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from organizations import audit
from organizations.models import AuditEntry, ColleagueInvite, Member, Notice, Organization, Role
from tests import factories
from tests.organizations.conftest import Company


@pytest.mark.parametrize("role", ["emperor", "", "OWNER"])
def test_a_member_has_a_known_role(acme: Company, role: str) -> None:
    with pytest.raises(IntegrityError, match="member_has_a_known_role"):
        Member.objects.filter(pk=acme.vera.pk).update(role=role)


def test_a_person_is_a_member_of_an_organization_once(acme: Company, now: datetime) -> None:
    with pytest.raises(IntegrityError, match="user_is_a_member_once"):
        Member.objects.create(
            organization=acme.organization, user=acme.vera.user, role=Role.OWNER, joined_at=now, left_at=now
        )


def test_one_email_is_one_user_however_it_is_written(db: None) -> None:
    person = factories.user("olga")

    with pytest.raises(IntegrityError, match="user_is_known_by_one_email"):
        type(person).objects.create(email=person.email.upper())


@pytest.mark.parametrize("size", [0, 2, 21, 1000])
def test_the_minimum_group_stays_within_its_bounds(acme: Company, size: int) -> None:
    with pytest.raises(IntegrityError, match="minimum_group_is_3_to_20"):
        Organization.objects.filter(pk=acme.organization.pk).update(minimum_group=size)


@pytest.mark.parametrize(
    ("state", "rule"),
    [
        ("lost", "notice_has_a_known_state"),
        ("claimed", "notice_at_work_has_a_lease"),
        ("sent", "sent_notice_says_when"),
    ],
)
def test_a_notice_is_in_a_known_state_and_says_what_belongs_to_it(
    db: None, now: datetime, state: str, rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule):
        Notice.objects.create(
            to="a@b.example", kind="x", subject="x", text="x", state=state, not_before=now, created_at=now
        )


def invite_of_bob(acme: Company, now: datetime, **fields: Any) -> ColleagueInvite:
    return ColleagueInvite(
        organization=acme.organization,
        public_id="00000000-0000-4000-8000-000000000000",
        email="bob@acme.example",
        invited_by=acme.olga,
        created_at=now,
        expires_at=now,
        **fields,
    )


def test_a_colleague_is_invited_to_a_known_role(acme: Company, now: datetime) -> None:
    with pytest.raises(IntegrityError, match="colleague_is_invited_to_a_known_role"):
        invite_of_bob(acme, now, role="emperor").save()


def test_an_invitation_that_was_accepted_is_not_withdrawn(acme: Company, now: datetime) -> None:
    with pytest.raises(IntegrityError, match="invite_is_accepted_or_withdrawn"):
        invite_of_bob(acme, now, role=Role.VIEWER, accepted_at=now, withdrawn_at=now).save()


@pytest.mark.parametrize(
    "change", [{"role": Role.VIEWER}, {"left_at": datetime.fromisoformat("2026-03-17T09:00:00+00:00")}]
)
def test_an_organization_keeps_an_owner(acme: Company, change: dict[str, object]) -> None:
    Member.objects.filter(pk=acme.olga.pk).update(**change)

    # What a commit would do.
    with pytest.raises(IntegrityError, match="at least one owner"), transaction.atomic():
        connection.cursor().execute("SET CONSTRAINTS organization_has_an_owner IMMEDIATE")

    Member.objects.filter(pk=acme.olga.pk).update(role=Role.OWNER, left_at=None)


def test_an_owner_may_hand_over_within_one_transaction(acme: Company) -> None:
    with transaction.atomic():
        Member.objects.filter(pk=acme.olga.pk).update(role=Role.VIEWER)
        Member.objects.filter(pk=acme.vera.pk).update(role=Role.OWNER)
        connection.cursor().execute("SET CONSTRAINTS organization_has_an_owner IMMEDIATE")

    assert Member.objects.get(role=Role.OWNER) == acme.vera


@pytest.mark.django_db(transaction=True)
def test_two_transactions_that_each_demote_one_of_two_owners_cannot_both_commit(now: datetime) -> None:
    organization = factories.organization()
    owners = [factories.member(organization, Role.OWNER, name=name) for name in ("olga", "otto")]
    both_have_written = threading.Barrier(2)
    outcomes: list[str] = []

    def demote(member: Member) -> None:
        try:
            with transaction.atomic():
                # No lock, no look: only the database stands in the way.
                Member.objects.filter(pk=member.pk).update(role=Role.VIEWER)
                both_have_written.wait()
            outcomes.append("committed")
        except IntegrityError:
            outcomes.append("refused")
        connections.close_all()

    threads = [threading.Thread(target=demote, args=[owner]) for owner in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["committed", "refused"]
    assert Member.objects.filter(organization=organization, role=Role.OWNER).count() == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE organizations_auditentry SET what = 'x'", "DELETE FROM organizations_auditentry"]
)
def test_the_record_is_append_only(acme: Company, now: datetime, statement: str) -> None:
    entry = audit.record(acme.organization, by=acme.olga, what="member.left", about=acme.vera, now=now)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)

    assert AuditEntry.objects.get().pk == entry.pk


def test_the_record_goes_only_with_its_whole_organization(acme: Company, mallory: Member, now: datetime) -> None:
    for member in (acme.olga, mallory):
        audit.record(member.organization, by=member, what="member.left", about=member, now=now)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hearback.removing_organization', %s, true)", [str(acme.organization.pk)])
        AuditEntry.objects.filter(organization=acme.organization).delete()
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            AuditEntry.objects.filter(organization=mallory.organization).delete()

    assert AuditEntry.objects.get().by == mallory


def test_a_verb_that_fails_leaves_no_line_in_the_record(acme: Company, now: datetime) -> None:
    from organizations import membership

    with pytest.raises(membership.LastOwner):
        membership.leave(acme.olga, now=now)

    assert not AuditEntry.objects.exists()

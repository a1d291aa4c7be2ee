"""Roles, leaving and removing."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connections
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from organizations import membership
from organizations.models import AuditEntry, Member, Role
from tests import factories
from tests.organizations.conftest import Company


def test_an_owner_changes_a_role(acme: Company, signed_in: Callable[[Member], Client]) -> None:
    signed_in(acme.olga).post(f"/o/{acme.slug}/settings/members/{acme.vera.pk}/role/", {"role": "quality_manager"})

    acme.vera.refresh_from_db()
    assert acme.vera.role == Role.QUALITY_MANAGER
    entry = AuditEntry.objects.get(what="member.role_changed")
    assert (entry.by, entry.about_id) == (acme.olga, str(acme.vera.pk))
    assert entry.detail == {"was": "viewer", "role": "quality_manager", "name": "Vera"}


def test_the_same_role_again_is_no_event(acme: Company, now: datetime) -> None:
    membership.change_role(acme.vera, Role.VIEWER, by=acme.olga, now=now)

    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("role", ["emperor", "", "\x00", "x" * 1_000_000])
def test_an_unknown_role_changes_nothing(acme: Company, signed_in: Callable[[Member], Client], role: str) -> None:
    page = signed_in(acme.olga).post(
        f"/o/{acme.slug}/settings/members/{acme.vera.pk}/role/", {"role": role}, follow=True
    )

    acme.vera.refresh_from_db()
    assert acme.vera.role == Role.VIEWER
    assert "Choose one of the roles" in page.content.decode()


def test_the_last_owner_can_neither_step_down_nor_leave(acme: Company, signed_in: Callable[[Member], Client]) -> None:
    browser = signed_in(acme.olga)
    members = f"/o/{acme.slug}/settings/members"

    for address, fields in ((f"{members}/{acme.olga.pk}/role/", {"role": "viewer"}), (f"{members}/leave/", {})):
        page = browser.post(address, fields, follow=True)
        assert "at least one owner" in page.content.decode()

    acme.olga.refresh_from_db()
    assert (acme.olga.role, acme.olga.left_at) == (Role.OWNER, None)


def test_an_owner_may_leave_when_there_is_another(acme: Company, now: datetime) -> None:
    membership.change_role(acme.quentin, Role.OWNER, by=acme.olga, now=now)

    membership.leave(acme.olga, now=now)

    acme.olga.refresh_from_db()
    assert acme.olga.left_at == now


def test_whoever_leaves_is_outside_at_once(acme: Company, signed_in: Callable[[Member], Client]) -> None:
    browser = signed_in(acme.carla)
    assert browser.get(f"/o/{acme.slug}/settings/members/leave/").status_code == 200

    answer = browser.post(f"/o/{acme.slug}/settings/members/leave/")

    assert answer.headers["Location"] == "/organizations/"
    assert browser.get(f"/o/{acme.slug}/settings/members/").status_code == 404
    assert AuditEntry.objects.get(what="member.left").by == acme.carla


def test_whoever_is_removed_is_outside_at_once_and_can_be_seen_in_the_record(
    acme: Company, signed_in: Callable[[Member], Client]
) -> None:
    removed = signed_in(acme.carla)
    signed_in(acme.olga).post(f"/o/{acme.slug}/settings/members/{acme.carla.pk}/remove/")

    assert removed.get(f"/o/{acme.slug}/settings/members/").status_code == 404
    assert "removed Carla" in signed_in(acme.olga).get(f"/o/{acme.slug}/settings/record/").content.decode()


def test_asking_whether_to_remove_removes_nobody(acme: Company, signed_in: Callable[[Member], Client]) -> None:
    page = signed_in(acme.olga).get(f"/o/{acme.slug}/settings/members/{acme.carla.pk}/remove/")

    assert "Remove Carla?" in page.content.decode()
    acme.carla.refresh_from_db()
    assert acme.carla.left_at is None


def test_whoever_has_left_already_is_not_removed_again(acme: Company, now: datetime) -> None:
    membership.leave(acme.carla, now=now)

    with pytest.raises(membership.HasLeft, match="Carla no longer works here"):
        membership.remove(acme.carla, by=acme.olga, now=now)
    assert AuditEntry.objects.filter(about_id=str(acme.carla.pk)).count() == 1


def test_a_viewer_sees_her_role_and_no_controls(acme: Company, signed_in: Callable[[Member], Client]) -> None:
    page = signed_in(acme.vera).get(f"/o/{acme.slug}/settings/members/").content.decode()

    assert "you are: <strong>Viewer (management)</strong>" in page
    assert "Invite a colleague" not in page
    assert "/role/" not in page


@pytest.mark.parametrize("members", [1, 3])
def test_the_list_of_members_takes_as_many_queries_for_one_as_for_three(
    db: None, signed_in: Callable[[Member], Client], django_assert_num_queries: DjangoAssertNumQueries, members: int
) -> None:
    organization = factories.organization()
    olga = factories.member(organization, Role.OWNER)
    for number in range(members - 1):
        factories.member(organization, name=f"quentin{number}")
    browser = signed_in(olga)

    # session, user, membership, members, invitations, other organizations
    with django_assert_num_queries(6):
        browser.get(f"/o/{organization.slug}/settings/members/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["leave", "step down", "remove each other"])
def test_two_owners_who_go_at_once_leave_one_owner_behind(way: str, now: datetime) -> None:
    organization = factories.organization()
    olga = factories.member(organization, Role.OWNER)
    otto = factories.member(organization, Role.OWNER, name="otto")
    ready = threading.Barrier(2)
    outcomes: list[str] = []

    def go(verb: Callable[[], object]) -> None:
        ready.wait()
        try:
            verb()
            outcomes.append("gone")
        except membership.LastOwner:
            outcomes.append("refused")
        connections.close_all()

    verbs: dict[str, list[Callable[[], object]]] = {
        "leave": [lambda: membership.leave(olga, now=now), lambda: membership.leave(otto, now=now)],
        "step down": [
            lambda: membership.change_role(olga, Role.VIEWER, by=otto, now=now),
            lambda: membership.change_role(otto, Role.VIEWER, by=olga, now=now),
        ],
        "remove each other": [
            lambda: membership.remove(olga, by=otto, now=now),
            lambda: membership.remove(otto, by=olga, now=now),
        ],
    }
    threads = [threading.Thread(target=go, args=[verb]) for verb in verbs[way]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["gone", "refused"]
    assert Member.objects.present().filter(organization=organization, role=Role.OWNER).count() == 1

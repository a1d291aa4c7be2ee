"""Inviting colleagues, and becoming one."""

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.test import Client

from organizations import joining, links
from organizations.models import AuditEntry, ColleagueInvite, Member, Notice, Role
from tests import factories
from tests.organizations.conftest import Company, link_in, notice_to

BOB = "bob@acme-audio.example"


@pytest.fixture
def invitation(acme: Company, now: datetime) -> ColleagueInvite:
    return joining.invite(acme.organization, email=BOB, role=Role.CASE_WORKER, by=acme.olga, now=now)


@pytest.fixture(autouse=True)
def today(freeze: Callable[[datetime], None], now: datetime) -> None:
    freeze(now)


def path(invitation: ColleagueInvite) -> str:
    return f"/join/{links.token(links.JOIN, invitation.public_id)}/"


def bob(email: str = BOB) -> Client:
    browser = Client()
    browser.force_login(factories.user("bob", email=email))
    return browser


def test_an_owner_invites_and_the_colleague_gets_a_link(acme: Company, signed_in: Callable[[Member], Client]) -> None:
    signed_in(acme.olga).post(
        f"/o/{acme.slug}/settings/members/invite/", {"email": "Bob@Acme-Audio.example", "role": "viewer"}
    )

    invitation = ColleagueInvite.objects.get()
    assert (invitation.email, invitation.role, invitation.invited_by) == (BOB, "viewer", acme.olga)
    mail = notice_to(BOB)
    assert mail.organization == acme.organization
    assert mail.subject == "Olga invites you to Acme Audio"
    assert link_in(mail) == path(invitation)
    assert AuditEntry.objects.get(what="colleague.invited").detail == {"email": BOB, "role": "viewer"}


def test_the_mail_speaks_the_colleagues_language(acme: Company, now: datetime) -> None:
    factories.user("bob", email=BOB, language="de")

    joining.invite(acme.organization, email=BOB, role=Role.VIEWER, by=acme.olga, now=now)

    assert '<html lang="de">' in notice_to(BOB).html


def test_a_name_that_no_mail_header_takes_is_made_to_fit(acme: Company, now: datetime) -> None:
    acme.organization.name = "می\u200cخواهم" + "x" * 110
    acme.olga.user.name = "O" * 120

    joining.invite(acme.organization, email=BOB, role=Role.VIEWER, by=acme.olga, now=now)

    assert len(notice_to(BOB).subject) <= 255


def test_looking_at_an_invitation_says_who_invites_to_what_and_changes_nothing(
    acme: Company, invitation: ColleagueInvite
) -> None:
    page = bob().get(path(invitation)).content.decode()

    assert all(word in page for word in ("Olga", "Acme Audio", "Case worker", BOB))
    invitation.refresh_from_db()
    assert invitation.accepted_at is None
    assert not Member.objects.filter(user__email=BOB).exists()


def test_accepting_makes_a_member(acme: Company, invitation: ColleagueInvite) -> None:
    answer = bob().post(path(invitation))

    assert answer.headers["Location"] == f"/o/{acme.slug}/"
    member = Member.objects.get(user__email=BOB)
    assert (member.organization, member.role) == (acme.organization, Role.CASE_WORKER)
    entry = AuditEntry.objects.get(what="colleague.joined")
    assert (entry.by, entry.detail) == (member, {"role": "case_worker"})


def test_a_stranger_signs_up_confirms_and_comes_back_to_the_invitation(
    acme: Company, invitation: ColleagueInvite
) -> None:
    browser = Client()
    page = browser.get(path(invitation)).content.decode()
    assert "/accounts/signup/?next=%2Fjoin%2F" in page
    credentials = {"name": "Bob", "email": BOB, "password1": "seventeen blue bikes"}
    browser.post(f"/accounts/signup/?next={path(invitation)}", credentials)

    answer = browser.post(link_in(notice_to(BOB)), {"next": path(invitation)})

    assert answer.headers["Location"] == path(invitation)
    assert "Accept the invitation" in browser.get(path(invitation)).content.decode()
    assert browser.post(path(invitation)).headers["Location"] == f"/o/{acme.slug}/"


def test_accepting_without_being_signed_in_leads_to_signing_in(acme: Company, invitation: ColleagueInvite) -> None:
    assert Client().post(path(invitation)).headers["Location"].startswith("/accounts/login/?next=/join/")
    assert not Member.objects.filter(user__email=BOB).exists()


def test_somebody_else_who_has_the_link_cannot_join(
    acme: Company, invitation: ColleagueInvite, mallory: Member, signed_in: Callable[[Member], Client]
) -> None:
    browser = signed_in(mallory)

    page = browser.get(path(invitation)).content.decode()
    answer = browser.post(path(invitation), follow=True)

    assert "signed in with another address" in page
    assert f"This invitation is for {BOB}" in answer.content.decode()
    assert not Member.objects.filter(user=mallory.user, organization=acme.organization).exists()


def test_an_address_that_is_not_confirmed_does_not_count(acme: Company, invitation: ColleagueInvite) -> None:
    from allauth.account.models import EmailAddress

    browser = bob()
    EmailAddress.objects.update(verified=False)

    browser.post(path(invitation))

    assert not Member.objects.filter(user__email=BOB).exists()


@pytest.mark.parametrize("token", ["rubbish", "1.AAAA", "x" * 5000, "1." + "A" * 43, "%00", "1.ü"])
def test_a_forged_link_gets_a_kind_page(db: None, token: str) -> None:
    page = Client().get(f"/join/{token}/")

    assert page.status_code in (400, 404)
    assert "<h1" in page.content.decode()


def test_a_link_made_for_another_purpose_does_not_open_an_invitation(
    acme: Company, invitation: ColleagueInvite
) -> None:
    token = links.token(links.ANSWER, invitation.public_id)

    assert Client().get(f"/join/{token}/").status_code == 404
    assert Client().get(f"/join/{links.token(links.JOIN, uuid.uuid4())}/").status_code == 404


def test_an_expired_invitation_is_over(
    acme: Company, invitation: ColleagueInvite, freeze: Callable[[datetime], None], now: datetime
) -> None:
    freeze(now + timedelta(days=14))
    browser = bob()

    assert browser.get(path(invitation)).status_code == 410
    assert browser.post(path(invitation)).status_code == 410
    assert not Member.objects.filter(user__email=BOB).exists()


def test_a_withdrawn_invitation_is_over(
    acme: Company, invitation: ColleagueInvite, signed_in: Callable[[Member], Client]
) -> None:
    signed_in(acme.olga).post(f"/o/{acme.slug}/settings/invitations/{invitation.pk}/withdraw/")

    page = bob().get(path(invitation))

    assert page.status_code == 410
    assert "This invitation is over" in page.content.decode()
    assert AuditEntry.objects.filter(what="colleague.invite_withdrawn").count() == 1


def test_an_invitation_sent_again_is_open_for_two_more_weeks(
    acme: Company,
    invitation: ColleagueInvite,
    signed_in: Callable[[Member], Client],
    freeze: Callable[[datetime], None],
    now: datetime,
) -> None:
    freeze(now + timedelta(days=20))
    signed_in(acme.olga).post(f"/o/{acme.slug}/settings/invitations/{invitation.pk}/resend/")

    assert Notice.objects.filter(to=BOB).count() == 2
    assert link_in(notice_to(BOB)) == path(invitation)
    assert bob().post(path(invitation)).status_code == 302
    assert Member.objects.filter(user__email=BOB).exists()


def test_whoever_has_accepted_is_led_in_by_the_old_link(acme: Company, invitation: ColleagueInvite) -> None:
    browser = bob()
    browser.post(path(invitation))

    assert browser.get(path(invitation)).headers["Location"] == f"/o/{acme.slug}/"
    assert browser.post(path(invitation)).headers["Location"] == f"/o/{acme.slug}/"
    assert Client().get(path(invitation)).status_code == 410


def test_whoever_left_comes_back_with_her_old_membership(acme: Company, now: datetime) -> None:
    acme.vera.left_at = now
    acme.vera.save()
    invitation = joining.invite(
        acme.organization, email=acme.vera.user.email, role=Role.CASE_WORKER, by=acme.olga, now=now
    )

    back = joining.accept(invitation, user=acme.vera.user, now=now + timedelta(hours=1))

    assert (back.pk, back.role, back.left_at) == (acme.vera.pk, Role.CASE_WORKER, None)


def test_members_and_those_invited_already_are_not_invited_twice(
    acme: Company, invitation: ColleagueInvite, signed_in: Callable[[Member], Client]
) -> None:
    browser = signed_in(acme.olga)
    address = f"/o/{acme.slug}/settings/members/invite/"

    invited = browser.post(address, {"email": BOB.upper(), "role": "viewer"})
    works_here = browser.post(address, {"email": acme.vera.user.email, "role": "viewer"})

    assert "is invited already" in str(invited.context["form"].errors["email"])
    assert "already works here" in str(works_here.context["form"].errors["email"])
    assert ColleagueInvite.objects.count() == 1


def test_an_expired_invitation_does_not_stand_in_the_way_of_a_new_one(
    acme: Company, invitation: ColleagueInvite, now: datetime
) -> None:
    joining.invite(acme.organization, email=BOB, role=Role.VIEWER, by=acme.olga, now=now + timedelta(days=15))

    withdrawn = ColleagueInvite.objects.order_by("id").values_list("withdrawn_at", flat=True)
    assert list(withdrawn) == [now + timedelta(days=15), None]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "nobody"),
        ("email", "bob\x00@acme.example"),
        ("email", "b" * 300 + "@acme.example"),
        ("email", "x" * 1_000_000),
        ("role", "emperor"),
        ("role", ""),
        ("role", "\x00"),
    ],
)
def test_rubbish_is_answered_beside_the_field(
    acme: Company, signed_in: Callable[[Member], Client], field: str, value: str
) -> None:
    fields = {"email": BOB, "role": "viewer"} | {field: value}

    page = signed_in(acme.olga).post(f"/o/{acme.slug}/settings/members/invite/", fields)

    assert list(page.context["form"].errors) == [field]
    assert f"id_{field}_error" in page.content.decode()
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_accepting_ten_times_at_once_makes_one_member(now: datetime) -> None:
    organization = factories.organization()
    olga = factories.member(organization, Role.OWNER)
    person = factories.user("bob", email=BOB)
    invitation = joining.invite(organization, email=BOB, role=Role.VIEWER, by=olga, now=now)
    ready = threading.Barrier(10)
    outcomes: list[str] = []

    def accept_at_once() -> None:
        ready.wait()
        try:
            joining.accept(invitation, user=person, now=now)
            outcomes.append("joined")
        except joining.InviteIsOver:
            outcomes.append("over")
        connections.close_all()

    threads = [threading.Thread(target=accept_at_once) for _each in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["joined"] + ["over"] * 9
    assert Member.objects.filter(user=person).count() == 1
    assert AuditEntry.objects.filter(what="colleague.joined").count() == 1

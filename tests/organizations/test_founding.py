"""A person founds an organization."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connections
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from organizations import slugs
from organizations.models import AuditEntry, Member, Organization, Role, User
from tests import factories
from tests.organizations.conftest import Company

NORDLICHT = {
    "name": "Nordlicht Fahrräder & Söhne",
    "slug": "",
    "time_zone": "Europe/Berlin",
    "language": "de",
    "sender_name": "Olga von Nordlicht",
    "sender_address": "Frag@Nordlicht.example",
}


@pytest.fixture
def founder(db: None) -> Client:
    browser = Client()
    browser.force_login(factories.user("olga"))
    return browser


def test_the_founder_becomes_owner_and_the_record_begins(founder: Client) -> None:
    answer = founder.post("/organizations/new/", NORDLICHT)

    organization = Organization.objects.get()
    assert answer.headers["Location"] == f"/o/{organization.slug}/"
    assert (organization.slug, organization.sender_address) == (
        "nordlicht-fahrrader-and-sohne",
        "frag@nordlicht.example",
    )
    assert (organization.time_zone, organization.language) == ("Europe/Berlin", "de")
    owner = Member.objects.get()
    assert (owner.user.name, owner.role) == ("Olga", Role.OWNER)
    assert AuditEntry.objects.filter(organization=organization, by=owner).values_list("what", flat=True).get() == (
        "organization.founded"
    )


def test_a_second_organization_of_the_same_name_gets_an_address_of_its_own(founder: Client) -> None:
    founder.post("/organizations/new/", NORDLICHT)
    founder.post("/organizations/new/", NORDLICHT)

    assert sorted(Organization.objects.values_list("slug", flat=True)) == [
        "nordlicht-fahrrader-and-sohne",
        "nordlicht-fahrrader-and-sohne-2",
    ]


def test_whoever_has_no_organization_is_led_to_founding_one(founder: Client) -> None:
    assert founder.get("/").headers["Location"] == "/organizations/"
    assert founder.get("/organizations/").headers["Location"] == "/organizations/new/"


def test_whoever_has_one_is_led_there(acme: Company, signed_in: Callable[[Member], Client]) -> None:
    assert signed_in(acme.vera).get("/organizations/").headers["Location"] == f"/o/{acme.slug}/"


def test_whoever_has_several_chooses_and_those_she_left_are_gone(
    acme: Company, mallory: Member, signed_in: Callable[[Member], Client], now: datetime
) -> None:
    other, left = factories.organization("Bikes"), factories.organization("Cars")
    Member.objects.create(organization=other, user=acme.vera.user, role=Role.OWNER, joined_at=now)
    Member.objects.create(organization=left, user=acme.vera.user, role=Role.VIEWER, joined_at=now, left_at=now)

    page = signed_in(acme.vera).get("/organizations/").content.decode()

    assert f"/o/{acme.slug}/" in page
    assert f"/o/{other.slug}/" in page
    assert left.slug not in page
    assert mallory.organization.slug not in page


def test_the_menu_leads_to_the_other_organizations(
    acme: Company, signed_in: Callable[[Member], Client], now: datetime
) -> None:
    other = factories.organization("Bikes")
    Member.objects.create(organization=other, user=acme.vera.user, role=Role.OWNER, joined_at=now)

    page = signed_in(acme.vera).get(f"/o/{acme.slug}/settings/members/").content.decode()

    assert f'href="/o/{other.slug}/"' in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\x00"),
        ("name", "x" * 1_000_000),
        ("name", "Acme\x1b[31m"),
        ("slug", "Blue Bikes"),
        ("slug", "-blue"),
        ("slug", "blue--bikes"),
        ("slug", "b"),
        ("slug", "admin"),
        ("slug", "API"),
        ("slug", "blau-größe"),
        ("slug", "../etc"),
        ("slug", "x" * 1_000_000),
        ("slug", "blue\x00bikes"),
        ("slug", "taken"),
        ("time_zone", ""),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("language", "tlh"),
        ("sender_name", ""),
        ("sender_name", "Acme https://evil.example"),
        ("sender_address", "nobody"),
        ("sender_address", "a@b.example\x00"),
        ("sender_address", "x" * 300 + "@nordlicht.example"),
        ("sender_address", "x" * 1_000_000),
    ],
)
def test_rubbish_is_answered_beside_the_field(founder: Client, field: str, value: str) -> None:
    factories.organization(slug="taken")

    page = founder.post("/organizations/new/", NORDLICHT | {field: value})

    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert f"id_{field}_error" in page.content.decode()
    assert Organization.objects.count() == 1


def test_a_line_break_in_a_name_becomes_a_space(founder: Client) -> None:
    founder.post("/organizations/new/", NORDLICHT | {"sender_name": "Olga\r\nBcc: everybody@example.com"})

    assert Organization.objects.get().sender_name == "Olga Bcc: everybody@example.com"


@pytest.mark.django_db(transaction=True)
def test_one_address_goes_to_one_of_many_who_want_it_at_once() -> None:
    people = [factories.user(f"founder{number}") for number in range(6)]
    ready = threading.Barrier(len(people))
    answers: list[int] = []

    def found_at_once(person: User) -> None:
        browser = Client(raise_request_exception=False)
        browser.force_login(person)
        ready.wait()
        answers.append(browser.post("/organizations/new/", NORDLICHT | {"slug": "nordlicht"}).status_code)
        connections.close_all()

    threads = [threading.Thread(target=found_at_once, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200] * 5 + [302]
    assert Organization.objects.count() == Member.objects.count() == 1


@given(st.text(max_size=200))
def test_any_name_gets_an_address_that_the_form_would_take(name: str) -> None:
    suggested = slugs.suggest(name, taken=lambda slug: slug in {"company", "company-2"})

    assert slugs.SHAPE.match(suggested)
    assert slugs.SHORTEST <= len(suggested) <= slugs.LONGEST
    assert suggested not in slugs.RESERVED


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Blue Bikes Ltd.", "blue-bikes-ltd"),
        ("Straße & Øst", "strasse-and-ost"),
        ("  Écoute—bien!  ", "ecoute-bien"),
        ("Support", "support-2"),
        ("株式会社", "company"),
        ("X", "x-2"),
    ],
)
def test_the_address_resembles_the_name(name: str, address: str) -> None:
    assert slugs.suggest(name, taken=lambda slug: False) == address

"""What owners may change, and the record that keeps it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from organizations import audit, preferences, record
from organizations.models import AuditEntry, Member, Organization, Role
from tests import factories
from tests.organizations.conftest import Company

SETTINGS = {
    "name": "Acme Audio",
    "time_zone": "Europe/Berlin",
    "language": "en",
    "sender_name": "Acme Audio",
    "sender_address": "feedback@acmeaudio.example",
    "minimum_group": "5",
}


def test_an_owner_changes_the_settings_and_the_record_keeps_what_was(
    acme: Company, signed_in: Callable[[Member], Client]
) -> None:
    wanted = SETTINGS | {"name": "Acme Sound", "minimum_group": "7"}

    answer = signed_in(acme.olga).post(f"/o/{acme.slug}/settings/", wanted)

    assert answer.status_code == 302
    organization = Organization.objects.get(pk=acme.organization.pk)
    assert (organization.name, organization.minimum_group) == ("Acme Sound", 7)
    entry = AuditEntry.objects.get()
    assert (entry.what, entry.by) == ("organization.changed", acme.olga)
    assert entry.detail == {"changes": {"name": ["Acme Audio", "Acme Sound"], "minimum_group": [5, 7]}}


def test_saving_without_a_change_is_no_event(acme: Company, now: datetime) -> None:
    preferences.change(acme.organization, by=acme.olga, now=now, name="Acme Audio", colour="#066fd1")

    assert not AuditEntry.objects.exists()


def test_the_address_and_the_demo_mark_are_no_settings(acme: Company, signed_in: Callable[[Member], Client]) -> None:
    signed_in(acme.olga).post(f"/o/{acme.slug}/settings/", SETTINGS | {"slug": "stolen", "is_demo": "on", "id": "1"})

    organization = Organization.objects.get(pk=acme.organization.pk)
    assert (organization.slug, organization.is_demo) == (acme.slug, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 1_000_000),
        ("name", "\x00"),
        ("name", "\u200b\u200f"),
        ("time_zone", "Mars/Olympus"),
        ("language", "xx"),
        ("sender_name", "a\x00b"),
        ("sender_address", "x" * 1_000_000),
        ("sender_address", "a@b"),
        ("minimum_group", "2"),
        ("minimum_group", "21"),
        ("minimum_group", "5.5"),
        ("minimum_group", "-9" * 500),
        ("minimum_group", "9" * 4000),
        ("minimum_group", "five"),
        ("minimum_group", ""),
    ],
)
def test_rubbish_is_answered_beside_the_field_and_nothing_is_saved(
    acme: Company, signed_in: Callable[[Member], Client], field: str, value: str
) -> None:
    page = signed_in(acme.olga).post(f"/o/{acme.slug}/settings/", SETTINGS | {"name": "New name"} | {field: value})

    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert f"id_{field}_error" in page.content.decode()
    assert Organization.objects.get(pk=acme.organization.pk).name == "Acme Audio"


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"rows": 1}, "downloaded 1 response"),
        ({"rows": 2}, "downloaded 2 responses"),
        # What a row of an older release does not tell.
        ({}, "downloaded – responses"),
    ],
)
def test_the_record_counts_as_people_do(acme: Company, now: datetime, detail: dict[str, int], said: str) -> None:
    audit.record(
        acme.organization, by=acme.quentin, what="responses.exported", about=acme.organization, now=now, detail=detail
    )
    entry = AuditEntry.objects.get()

    assert record.line(entry).did == said
    with translation.override("de"):
        assert str(detail.get("rows", "–")) in record.line(entry).did


def test_the_record_is_read_in_words(acme: Company, signed_in: Callable[[Member], Client], now: datetime) -> None:
    preferences.change(acme.organization, by=acme.olga, now=now, name="Acme Sound", minimum_group=7)
    audit.record(
        acme.organization,
        by=acme.quentin,
        what="member.role_changed",
        about=acme.vera,
        now=now,
        detail={"name": "Vera", "was": "viewer", "role": "owner"},
    )
    audit.record(acme.organization, by=None, what="spaceship.launched_twice", about=acme.vera, now=now)

    page = signed_in(acme.olga).get(f"/o/{acme.slug}/settings/record/").content.decode()

    assert "changed the settings" in page
    assert "name: from “Acme Audio” to “Acme Sound”" in page
    assert "minimum group: from “5” to “7”" in page
    assert "changed the role of Vera from Viewer (management) to Owner" in page
    assert f"launched twice: spaceship {acme.vera.pk}" in page
    assert ">Hearback</td>" in page


def test_what_an_old_row_does_not_hold_is_a_dash(acme: Company, now: datetime) -> None:
    entry = audit.record(acme.organization, by=acme.olga, what="colleague.invited", about=acme.vera, now=now)

    assert record.line(entry).did == "invited – as –"


def test_the_record_is_filtered_by_who_what_and_the_organizations_days(
    acme: Company, signed_in: Callable[[Member], Client]
) -> None:
    zone = acme.organization.zone
    last_minute = datetime(2026, 3, 17, 23, 59, tzinfo=zone).astimezone(UTC)
    for what, by, at in (
        ("member.left", acme.vera, last_minute),
        ("organization.changed", acme.olga, last_minute + timedelta(minutes=1)),
    ):
        audit.record(acme.organization, by=by, what=what, about=by, now=at)
    browser = signed_in(acme.olga)

    def found(query: str) -> list[str]:
        return [line.who for line in browser.get(f"/o/{acme.slug}/settings/record/?{query}").context["lines"]]

    assert found("") == ["Olga", "Vera"]
    assert found(f"member={acme.vera.pk}") == ["Vera"]
    assert found("place=organization") == ["Olga"]
    assert found("until=2026-03-17") == ["Vera"]
    assert found("since=2026-03-18") == ["Olga"]
    assert found("since=2026-03-19") == []


def test_the_record_of_another_organization_is_not_mixed_in(
    acme: Company, mallory: Member, signed_in: Callable[[Member], Client], now: datetime
) -> None:
    audit.record(mallory.organization, by=mallory, what="organization.changed", about=mallory, now=now)

    page = signed_in(acme.olga).get(f"/o/{acme.slug}/settings/record/?member={mallory.pk}")

    assert page.context["lines"] == []
    assert "mallory" not in page.content.decode().lower()


@pytest.mark.parametrize(
    "query",
    ["member=abc", "member=" + "9" * 40, "place=%27%22", "since=yesterday", "since=9999-12-31&until=9999-12-31",
     "until=0001-01-01", "page=abc", "page=-1", "page=" + "9" * 30, "member=&place=&since=&until=", "since=2026-02-30"],
)  # fmt: skip
def test_rubbish_in_the_address_of_the_record_is_no_fault_of_ours(
    acme: Company, signed_in: Callable[[Member], Client], query: str
) -> None:
    assert signed_in(acme.olga).get(f"/o/{acme.slug}/settings/record/?{query}").status_code == 200


@pytest.mark.parametrize("rows", [1, 60])
def test_a_long_record_is_paged_and_takes_as_many_queries_as_a_short_one(
    acme: Company,
    signed_in: Callable[[Member], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
    now: datetime,
    rows: int,
) -> None:
    for number in range(rows):
        audit.record(
            acme.organization, by=acme.olga, what="member.left", about=acme.vera, now=now, detail={"n": number}
        )
    browser = signed_in(acme.olga)

    # session, user, membership, members and places of the filter, count, rows, other organizations
    with django_assert_num_queries(8):
        page = browser.get(f"/o/{acme.slug}/settings/record/")

    assert len(page.context["lines"]) == min(rows, 50)


def test_details_are_facts_that_json_can_hold(acme: Company, now: datetime) -> None:
    preferences.change(acme.organization, by=acme.olga, now=now, minimum_group=9)

    assert json.loads(json.dumps(AuditEntry.objects.get().detail)) == {"changes": {"minimum_group": [5, 9]}}


def test_members_are_told_apart_when_they_bear_one_name(acme: Company, signed_in: Callable[[Member], Client]) -> None:
    twin = factories.member(acme.organization, Role.VIEWER, name="vera", email="vera2@acme.example")

    page = signed_in(acme.olga).get(f"/o/{acme.slug}/settings/members/").content.decode()

    assert acme.vera.user.email in page
    assert twin.user.email in page

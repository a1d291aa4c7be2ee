"""Acme and its cast, and Mallory, who belongs to another organization."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from django.test import Client

from organizations.models import Member, Notice, Organization, Role
from tests import factories


@dataclass(frozen=True)
class Company:
    organization: Organization
    olga: Member
    quentin: Member
    carla: Member
    vera: Member

    @property
    def slug(self) -> str:
        return self.organization.slug


@pytest.fixture
def acme(db: None) -> Company:
    organization = factories.organization()
    cast = factories.cast(organization)
    return Company(
        organization, cast[Role.OWNER], cast[Role.QUALITY_MANAGER], cast[Role.CASE_WORKER], cast[Role.VIEWER]
    )


@pytest.fixture
def mallory(db: None, now: datetime) -> Member:
    return factories.member(factories.organization("Mallory Media"), Role.OWNER, name="mallory")


@pytest.fixture
def signed_in() -> Callable[[Member], Client]:
    """signed_in(acme.olga) → her browser."""

    def open_browser(member: Member) -> Client:
        browser = Client()
        browser.force_login(member.user)
        return browser

    return open_browser


def notice_to(email: str) -> Notice:
    """The latest mail to that address."""
    return Notice.objects.filter(to=email).latest("id")


def link_in(notice: Notice) -> str:
    """The path of the first link in a mail."""
    found = re.search(r"https?://\S+", notice.text)
    assert found, notice.text
    parts = urlsplit(found.group())
    return f"{parts.path}?{parts.query}" if parts.query else parts.path

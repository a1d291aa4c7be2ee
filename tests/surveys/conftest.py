"""Quentin at his desk: Acme, its quality manager signed in, and a published survey of his."""

import pytest
from django.test import Client

from organizations.models import Member, Organization
from surveys.models import Survey
from tests import factories


@pytest.fixture
def acme() -> Organization:
    return factories.organization()


@pytest.fixture
def quentin(acme: Organization, client: Client) -> Member:
    member = factories.member(acme)
    client.force_login(member.user)
    return member


@pytest.fixture
def survey(acme: Organization, quentin: Member) -> Survey:
    return factories.survey(acme, by=quentin)

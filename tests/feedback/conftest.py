"""Acme with one member of each role."""

import pytest

from organizations.models import Member, Organization, Role
from tests import factories


@pytest.fixture
def acme(db: None) -> Organization:
    return factories.organization()


@pytest.fixture
def cast(acme: Organization) -> dict[Role, Member]:
    return factories.cast(acme)

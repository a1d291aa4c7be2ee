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


@pytest.fixture
def carla(cast: dict[Role, Member]) -> Member:
    return cast[Role.CASE_WORKER]


@pytest.fixture
def quentin(cast: dict[Role, Member]) -> Member:
    return cast[Role.QUALITY_MANAGER]

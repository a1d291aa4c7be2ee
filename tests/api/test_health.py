"""Alive and ready are two questions; the heartbeat is asked for the second."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from api import health, tasks
from api.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_alive_needs_no_database(client: Client) -> None:
    with connection.execute_wrapper(_refuse):
        assert client.get("/healthz").status_code == 200


def _refuse(*args: object) -> None:
    raise AssertionError("healthz asked the database")


def test_ready_while_the_heartbeat_is_young(client: Client) -> None:
    tasks.beat()

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"database": True, "migrations": True, "heartbeat": True}


@pytest.mark.parametrize("age", [121, 3600])
def test_not_ready_when_the_heartbeat_is_old(client: Client, age: int) -> None:
    health.beat(now=timezone.now() - timedelta(seconds=age))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"database": True, "migrations": True, "heartbeat": False}


def test_not_ready_before_the_first_heartbeat(client: Client) -> None:
    assert client.get("/readyz").status_code == 503


def test_the_heartbeat_is_one_row_however_often_it_beats() -> None:
    tasks.beat()
    tasks.beat()

    assert Heartbeat.objects.count() == 1


def test_a_proxy_may_not_keep_the_answer(client: Client) -> None:
    assert "no-store" in client.get("/healthz").headers["Cache-Control"]

"""Workers die and meet while they import: the rows end up the same, each purchase once."""

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from feedback import bringing, import_work, staging, tasks
from feedback.models import Import, ImportState, Interaction
from organizations.models import Organization
from tests import factories
from tests.feedback.importing import recorded, rows
from tests.processes import Process

pytestmark = [pytest.mark.kills, pytest.mark.django_db(transaction=True)]

# More than two blocks.
ROWS = import_work.ROWS_AT_ONCE * 5 // 2


def history() -> bytes:
    """A shop without order numbers: customers come back, also twice on one day."""
    lines = (
        f"{2020 + number // 40_000}-0{1 + number % 9}-11,C-{number * 7919 % 15_000},{number % 97}.50\n"
        for number in range(ROWS)
    )
    return ("date,customer,amount\n" + "".join(lines)).encode()


def queued(organization: Organization, content: bytes) -> Import:
    now = timezone.now()
    it = bringing.bring(organization, [content], name="history.csv", by=None, now=now)
    bringing.check(it, bringing.mapping_of(it), moves_dates=False, by=None, now=now, is_straight=True)
    return it


@contextlib.contextmanager
def held_after_the_first(counted: str) -> Iterator[None]:
    """Nobody gets beyond the first block that `counted` tells of, however long whoever kills him takes to come."""
    statements = (
        "SELECT pg_advisory_lock(hashtext('held'))",
        """
        CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock_shared(hashtext('held')); RETURN NEW; END $$
        """,
        f"""
        CREATE TRIGGER held BEFORE UPDATE ON feedback_import FOR EACH ROW
        WHEN (OLD.{counted} > 0 AND NEW.{counted} > OLD.{counted}) EXECUTE FUNCTION held()
        """,
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock_all()")
            cursor.execute("DROP FUNCTION held CASCADE")


def killed_in_the_middle(worker: Process, it: Import, eventually: Callable[..., Any], counted: str) -> None:
    with held_after_the_first(counted):
        tasks.bring.apply_async(queue="import")
        eventually(lambda: getattr(Import.objects.get(pk=it.pk), counted), within=300, what="the middle of the import")
        worker.kill()
    standing = Import.objects.get(pk=it.pk)
    assert standing.is_at_work, "it was over before the worker was killed"
    # A minute passes, and the lease of the dead with it.
    Import.objects.filter(pk=it.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_killed_worker_is_followed_by_another_and_the_rows_end_up_the_same(
    celery_worker_process: Callable[..., Process], eventually: Callable[..., Any]
) -> None:
    content = history()
    undisturbed, acme = factories.organization("Undisturbed"), factories.organization()
    recorded(undisturbed, content, now=timezone.now())
    it = queued(acme, content)

    killed_in_the_middle(celery_worker_process(queues="import"), it, eventually, "rows_read")
    killed_in_the_middle(celery_worker_process(queues="import"), it, eventually, "purchases_done")
    assert 0 < Interaction.objects.filter(organization=acme).count() < ROWS
    celery_worker_process(queues="import")
    tasks.bring.apply_async(queue="import")
    eventually(lambda: Import.objects.get(pk=it.pk).is_over, within=300, what="the end of the import")

    it.refresh_from_db()
    assert (it.state, it.purchases_new, it.rows_faulty, it.customers_new) == ("done", ROWS, 0, 15_000)
    assert rows(acme) == rows(undisturbed)


def overlapping() -> Iterator[bytes]:
    """The same purchases in three files, each in another order and with some of its own."""
    for file in range(3):
        numbers = [*range(600), *range(1000 + file * 100, 1100 + file * 100)]
        numbers = numbers[::-1] if file == 1 else numbers[file * 200 :] + numbers[: file * 200]
        lines = (f"A-{number},2026-01-0{1 + number % 9},C-{number % 50},Name {number % 50}\n" for number in numbers)
        yield ("order,date,customer,name\n" + "".join(lines)).encode()


def test_overlapping_files_at_once_neither_wait_for_each_other_for_ever_nor_record_twice(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(import_work, "ROWS_AT_ONCE", 20)
    # Tables of the killed, whose imports went with their test.
    before = staging.left_behind([])
    acme = factories.organization()
    imports = [queued(acme, content) for content in overlapping()]

    def work(it: Import) -> None:
        try:
            import_work.work(worker=f"worker of {it.pk}", now=timezone.now(), only=it.pk, seconds=600)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(imports)) as pool:
        list(pool.map(work, imports))

    states = set(Import.objects.values_list("state", flat=True))
    assert (states, caplog.text) == ({ImportState.DONE}, "")
    assert sum(Import.objects.values_list("purchases_new", flat=True)) == 900 == acme.interactions.count()
    assert acme.customers.count() == 50
    assert staging.left_behind([]) == before

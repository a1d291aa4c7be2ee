"""A file becomes purchases: checked first, recorded once, in the same rows whatever happens on the way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from feedback import bringing, import_tidying, import_work, staging
from feedback.models import Import, ImportChunk, ImportState, Interaction, Suppression, SuppressionReason
from organizations.models import AuditEntry, Organization
from tests import factories
from tests.factories import NOW
from tests.feedback.files import CDNOW
from tests.feedback.importing import brought, checked, recorded, rows, worked

pytestmark = pytest.mark.django_db

FILE = "order,date,customer,email,name\nA-1,2026-01-05,C-1,anna@example.com,Ánna Berg\nA-2,2026-01-06,C-2,,Bela\n"


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_work, "ROWS_AT_ONCE", 3)


def test_checking_says_what_would_be_new_and_records_nothing(acme: Organization) -> None:
    recorded(acme, "order,date,customer\nA-1,2026-01-05,C-1\n")

    it = checked(brought(acme, FILE + "A-3,soon,C-3,,\n"))

    assert (it.state, it.purchases, it.would_be_new, it.customers, it.customers_would_be_new) == ("checked", 2, 1, 2, 1)
    assert (it.rows_faulty, str(it.first_on), str(it.last_on)) == (1, "2026-01-05", "2026-01-06")
    assert acme.interactions.count() == 1


def test_a_file_becomes_customers_and_purchases(acme: Organization) -> None:
    quentin = factories.member(acme)

    it = recorded(acme, FILE, by=quentin)

    anna = acme.customers.get(reference="C-1")
    assert (anna.email, anna.name, anna.sort_name) == ("anna@example.com", "Ánna Berg", "anna berg")
    assert (it.state, it.purchases_new, it.customers_new, it.purchases_known) == ("done", 2, 2, 0)
    noon = datetime(2026, 1, 5, 12, tzinfo=acme.zone)
    assert acme.interactions.get(reference="A-1").experienced_at == noon
    told = AuditEntry.objects.filter(organization=acme, by=quentin).order_by("pk").values_list("what", flat=True)
    assert list(told) == [
        "interactions.file_brought",
        "interactions.file_mapped",
        "interactions.file_confirmed",
        "interactions.recorded",
    ]


def test_signs_that_mean_something_to_the_database_are_kept_as_they_are(acme: Organization) -> None:
    names = ["\\N", "\\.", "back\\slash", "two\tcells", 'a "quoted" one', "two\nlines", "a\rreturn", "{},%s"]
    cells = ('"' + name.replace('"', '""') + '"' for name in names)
    lines = (f"A-{number},2026-01-05,C-{number},{cell},{cell}\n" for number, cell in enumerate(cells))

    it = recorded(acme, "order,date,customer,name,note\n" + "".join(lines))

    shown = [" ".join(name.split()) for name in names]
    assert (it.state, it.purchases_new) == ("done", len(names))
    assert list(acme.customers.order_by("reference").values_list("name", flat=True)) == shown
    assert [each.attributes["note"] for each in acme.interactions.order_by("reference")] == shown


def test_all_purchases_of_cdnow_go_in_as_they_are_and_twice_is_once(acme: Organization) -> None:
    first = recorded(acme, CDNOW.read_bytes())
    standing = rows(acme)

    again = recorded(acme, CDNOW.read_bytes())

    assert (first.purchases_new, first.customers_new, first.rows_faulty) == (6919, 2357, 0)
    assert (again.purchases_new, again.purchases_known, again.customers_new, again.customers_renewed) == (0, 6919, 0, 0)
    assert rows(acme) == standing


@pytest.mark.usefixtures("small_blocks")
def test_two_purchases_on_one_day_stay_two_in_the_order_of_the_file_also_over_blocks(acme: Organization) -> None:
    days = ["2026-01-05", "2026-01-05", "2026-01-04", "2026-01-05", "2026-01-05"]
    lines = [f"{day},{customer},{number}" for number, day in enumerate(days) for customer in ("C-1", "C-2")]

    recorded(acme, "\n".join(["date,customer,piece", *lines]) + "\n")

    hers = acme.interactions.filter(customer__reference="C-1").order_by("reference")
    assert [(each.reference, each.attributes["piece"]) for each in hers] == [
        ("C-1 2026-01-04 1", "2"),
        ("C-1 2026-01-05 1", "0"),
        ("C-1 2026-01-05 2", "1"),
        ("C-1 2026-01-05 3", "3"),
        ("C-1 2026-01-05 4", "4"),
    ]


def test_good_rows_are_recorded_and_the_mended_file_brings_the_rest(acme: Organization) -> None:
    broken = FILE + "A-3,31.02.2026,C-3,nobody,\n=1+1,2026-01-07,C-4,,\n"
    it = recorded(acme, broken)
    assert list(it.faults.order_by("row", "pk").values_list("row", "column", "code")) == [
        (4, "date", "not_a_date"),
        (4, "email", "not_an_address"),
        (5, "order", "formula"),
    ]
    assert (it.rows_faulty, acme.interactions.count()) == (2, 2)

    again = recorded(acme, broken.replace("31.02.2026,C-3,nobody", "2026-01-07,C-3,").replace("=1+1", "A-4"))

    assert (again.purchases_new, again.purchases_known, acme.interactions.count()) == (2, 2, 4)


def test_an_order_number_in_two_rows_counts_once_and_is_a_fault_where_they_differ(acme: Organization) -> None:
    it = recorded(acme, "order,date,customer\nA-1,2026-01-05,C-1\nA-1,2026-01-05,C-1\nA-1,2026-01-06,C-1\n")

    assert (it.purchases_new, it.rows_repeated, it.rows_faulty) == (1, 1, 1)
    assert it.faults.get().code == "order_twice"
    assert it.faults.get().row == 4


def test_what_her_latest_purchase_says_of_a_customer_counts_and_empty_cells_wipe_nothing(acme: Organization) -> None:
    recorded(
        acme,
        "order,date,customer,email,name,language\n"
        "A-1,2026-01-09,C-1,anna@new.example,,\n"
        "A-2,2026-01-05,C-1,anna@old.example,Anna,de\n",
    )

    anna = acme.customers.get()
    assert (anna.email, anna.name, anna.language) == ("anna@new.example", "Anna", "de")


def test_no_import_clears_an_opt_out(acme: Organization) -> None:
    recorded(acme, FILE)
    key = acme.customers.get(reference="C-1").address_key
    Suppression.objects.create(organization=acme, address_key=key, reason=SuppressionReason.OPTED_OUT, at=NOW)

    recorded(acme, FILE.replace("A-1", "A-9").replace("C-1", "C-9").replace("anna@", "ANNA@"))

    assert acme.customers.get(reference="C-9").address_key == key
    assert acme.suppressions.filter(address_key=key).count() == 1


def test_a_trial_run_moves_all_dates_so_that_the_newest_is_today(acme: Organization) -> None:
    it = recorded(acme, "date,customer\n1997-06-30,1\n1997-01-01,2\n", moves_dates=True)

    days = {each.reference: acme.day_of(each.experienced_at) for each in acme.interactions.all()}
    today = acme.day_of(NOW)
    assert it.moved_by == (today - datetime(1997, 6, 30, tzinfo=UTC).date()).days
    assert days == {"1 1997-06-30 1": today, "2 1997-01-01 1": today - timedelta(days=180)}
    assert all(each.experienced_at <= NOW for each in acme.interactions.all())


def test_the_same_trial_run_on_another_day_changes_nothing(acme: Organization) -> None:
    recorded(acme, CDNOW.read_bytes()[:3300], moves_dates=True)
    standing = rows(acme)

    recorded(acme, CDNOW.read_bytes()[:3300], moves_dates=True, now=NOW + timedelta(days=3))

    assert rows(acme) == standing


def test_an_address_is_made_from_a_pattern(acme: Organization) -> None:
    recorded(acme, CDNOW.read_bytes()[:330], pattern="kunde{customer}@example.invalid")

    assert acme.customers.get(reference="00004").email == "kunde00004@example.invalid"


@pytest.mark.usefixtures("small_blocks")
def test_what_another_file_brought_since_it_was_checked_is_not_recorded_again(acme: Organization) -> None:
    lines = [f"A-{number},2026-01-0{1 + number},C-{number % 4},Name {number % 4}\n" for number in range(8)]
    head = "order,date,customer,name\n"
    undisturbed = factories.organization("Undisturbed")
    recorded(undisturbed, head + "".join(lines))
    waiting = checked(brought(acme, head + "".join(lines)))
    recorded(acme, head + lines[6] + lines[2])

    bringing.record(waiting, by=None, now=NOW)
    worked(waiting)

    assert (waiting.state, waiting.purchases_done, waiting.purchases_new, waiting.purchases_known) == ("done", 8, 6, 2)
    assert (waiting.customers_new, acme.customers.count()) == (3, 4)
    assert rows(acme) == rows(undisturbed)


def test_two_organizations_may_bring_the_same_file(acme: Organization) -> None:
    recorded(acme, FILE)
    globex = factories.organization("Globex")
    recorded(globex, FILE)

    assert rows(acme) == rows(globex)
    assert not set(acme.customers.values_list("pk")) & set(globex.customers.values_list("pk"))


@pytest.mark.usefixtures("small_blocks")
def test_another_worker_goes_on_where_one_was_lost(acme: Organization) -> None:
    undisturbed = factories.organization("Undisturbed")
    recorded(undisturbed, CDNOW.read_bytes()[:1650])
    it = brought(acme, CDNOW.read_bytes()[:1650])
    bringing.check(it, bringing.mapping_of(it), moves_dates=False, by=None, now=NOW)
    later = NOW

    for _ in range(60):
        # She does one block, and is never heard of again.
        claimed = import_work.claim(worker="Walter", now=later)
        if claimed is None:
            it.refresh_from_db()
            if it.is_over:
                break
            bringing.record(it, by=None, now=NOW)
            continue
        import_work._Job(claimed, "Walter", lambda: later).step()  # noqa: B023
        later += import_work.LEASE * 2

    assert it.state == ImportState.DONE
    assert rows(acme) == rows(undisturbed)
    assert it.purchases_new == 50


def test_who_lost_the_lease_changes_nothing_any_more(acme: Organization) -> None:
    it = brought(acme, FILE)
    bringing.check(it, bringing.mapping_of(it), moves_dates=False, by=None, now=NOW)
    slow = import_work.claim(worker="Walter", now=NOW)
    assert slow is not None
    assert import_work.claim(worker="Wanda", now=NOW + import_work.LEASE) is not None

    with pytest.raises(import_work.LostLease):
        import_work._Job(slow, "Walter", lambda: NOW).step()

    it.refresh_from_db()
    assert (it.worker, it.rows_read) == ("Wanda", 0)


def test_a_held_lease_is_respected(acme: Organization) -> None:
    it = brought(acme, FILE)
    bringing.check(it, bringing.mapping_of(it), moves_dates=False, by=None, now=NOW)
    import_work.claim(worker="Walter", now=NOW)

    assert import_work.claim(worker="Wanda", now=NOW + timedelta(seconds=30)) is None


def test_rows_that_a_crash_of_the_database_took_are_read_again(acme: Organization) -> None:
    it = checked(brought(acme, FILE))
    bringing.record(it, by=None, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE feedback_import_sorted_{it.pk}")

    worked(it)

    assert (it.state, it.purchases_new, acme.interactions.count()) == ("done", 2, 2)


def test_a_cancelled_import_leaves_what_was_recorded_and_takes_the_rest_away(acme: Organization) -> None:
    it = checked(brought(acme, FILE))
    bringing.cancel(it, by=None, now=NOW)
    import_tidying.sweep(now=NOW)

    assert worked(it).state == ImportState.CANCELLED
    assert not ImportChunk.objects.exists()
    assert staging.left_behind([]) == []
    with pytest.raises(bringing.NotNow):
        bringing.record(it, by=None, now=NOW)


def test_nothing_of_a_file_stays_once_it_is_recorded(acme: Organization) -> None:
    recorded(acme, FILE)

    assert not ImportChunk.objects.exists()
    assert staging.left_behind([]) == []


def test_a_file_that_nobody_speaks_of_for_a_week_is_given_up(acme: Organization) -> None:
    it, spoken_of = brought(acme, FILE), checked(brought(acme, FILE), now=NOW + timedelta(days=3))

    import_tidying.sweep(now=NOW + timedelta(days=8))

    it.refresh_from_db()
    spoken_of.refresh_from_db()
    assert (it.state, it.cause, spoken_of.state) == ("cancelled", "abandoned", "checked")
    assert set(ImportChunk.objects.values_list("of", flat=True)) == {spoken_of.pk}


def test_a_file_that_makes_every_worker_stumble_fails_with_words(
    acme: Organization, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    it = brought(acme, FILE)
    bringing.check(it, bringing.mapping_of(it), moves_dates=False, by=None, now=NOW)
    # What a later version of Hearback would no longer read.
    Import.objects.filter(pk=it.pk).update(mapping={})

    for attempt in range(import_work.MOST_ATTEMPTS + 1):
        worked(it, now=NOW + attempt * 2 * import_work.LEASE)

    assert (it.state, it.cause) == ("failed", "gave_up")
    assert "stumbled" in caplog.text


def test_a_header_without_purchases_fails_with_words(acme: Organization) -> None:
    it = checked(brought(acme, "order,date,customer\n\n"), date_form="ymd")

    assert (it.state, it.cause) == ("failed", "no_rows")


def test_a_file_in_which_every_row_is_faulty_cannot_be_recorded(acme: Organization) -> None:
    it = checked(brought(acme, "order,date,customer\nA-1,soon,C-1\nA-2,later,C-2\n"), date_form="ymd")

    assert (it.state, it.rows_faulty, it.purchases) == ("checked", 2, 0)
    with pytest.raises(bringing.NothingToRecord):
        bringing.record(it, by=None, now=NOW)


def test_what_was_said_about_the_last_file_is_proposed_for_the_next(acme: Organization) -> None:
    content = "nr,wann,wer\nA-1,01/02/2026,C-1\n"
    it = brought(acme, content)
    roles = ("order", "date", "customer")
    columns = [
        replace(column, role=role, name="") for column, role in zip(bringing.mapping_of(it).columns, roles, strict=True)
    ]
    checked(it, columns=tuple(columns), date_form="mdy")
    bringing.record(it, by=None, now=NOW)
    worked(it)

    proposed = bringing.mapping_of(brought(acme, "wer,nr,wann\nC-1,A-2,03/04/2026\n"))

    assert [column.role for column in proposed.columns] == ["customer", "order", "date"]
    assert proposed.date_form == "mdy"


def test_a_small_file_does_not_wait_behind_a_large_one(acme: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_work, "TURN", timedelta(0))
    large, small = brought(acme, CDNOW.read_bytes()), brought(factories.organization("Globex"), FILE)
    for it in (large, small):
        bringing.check(it, bringing.mapping_of(it), moves_dates=False, by=None, now=NOW)

    turns: list[Any] = []
    while (claimed := import_work.claim(worker="Wanda", now=NOW + timedelta(seconds=len(turns)))) is not None:
        turns.append(claimed.pk)
        job = import_work._Job(claimed, "Wanda", lambda: NOW + timedelta(seconds=len(turns)))
        job.step()
        job.release()

    assert turns[:4] == [large.pk, small.pk, large.pk, small.pk]


def test_a_turn_ends_only_where_another_file_waits(acme: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_work, "TURN", timedelta(0))

    def turns(*organizations: Organization) -> int:
        for organization in organizations:
            it = brought(organization, FILE)
            bringing.check(it, bringing.mapping_of(it), moves_dates=False, by=None, now=NOW)
        return import_work.work(worker="Wanda", now=NOW)

    assert turns(acme) == 1
    assert turns(acme, factories.organization("Globex")) > 2
    assert set(Import.objects.values_list("state", flat=True)) == {ImportState.CHECKED}


def test_a_faulty_row_never_stops_the_list_of_faults_from_ending(
    acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_work, "MOST_FAULTS", 5)

    it = recorded(
        acme,
        "order,date,customer\n" + "".join(f"A-{n},soon,C\n" for n in range(20)) + "A,2026-01-01,C\n",
        date_form="ymd",
    )

    assert (it.rows_faulty, it.faults.count(), it.purchases_new) == (20, 5, 1)
    assert Interaction.objects.count() == 1

"""Bringing purchases in pages: a file, its columns, what it would do, its report; and what is refused, with advice."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from feedback import import_work
from feedback.models import Import, ImportChunk
from feedback.uploads import Limited
from organizations.models import AuditEntry, Organization
from tests import factories
from tests.feedback.files import CDNOW
from tests.feedback.importing import brought, checked, recorded

pytestmark = pytest.mark.django_db

FILE = "order,date,customer,email,name,store\nA-1,2026-01-05,C-1,anna@example.com,Anna Berg,Berlin\n"


@pytest.fixture
def acme(client: Client) -> Organization:
    made = factories.organization()
    client.force_login(factories.member(made).user)
    return made


def bring(client: Client, acme: Organization, content: str | bytes, name: str = "purchases.csv") -> Any:
    body = content.encode() if isinstance(content, str) else content
    return client.post(reverse("feedback:bring", args=[acme.slug]), {"file": SimpleUploadedFile(name, body)})


def form_of(client: Client, it: Import, **changes: str) -> dict[str, str]:
    """What the page of the columns sends as it stands, with `changes`; '' takes a tick away."""
    sheet = client.get(page_of(it, "import_columns")).context["sheet"]
    form = {
        "laid_out": sheet.signature,
        "encoding": sheet.mapping.encoding,
        "layout": sheet.layout,
        "cuts": sheet.cuts,
        "date_form": sheet.mapping.date_form,
        "decimal": sheet.mapping.decimal,
        "pattern": sheet.mapping.pattern,
        "has_header": "on" if sheet.mapping.has_header else "",
    }
    for column in sheet.columns:
        form |= {f"role-{column.place}": column.role, f"name-{column.place}": column.name}
        form |= {f"report-{column.place}": "on" if column.is_reported else ""}
    return form | changes


@pytest.mark.parametrize("odd", ["sto\0re", "sto\x1bre", "\u202estore", f"store{'e' * 600}"])
def test_a_heading_that_nobody_can_read_is_shown_as_far_as_it_can_be(
    client: Client, acme: Organization, odd: str
) -> None:
    brought = bring(client, acme, FILE.replace("store", odd))

    assert brought.status_code == 302
    page = client.get(brought["Location"])
    assert page.status_code == 200
    assert page.context["sheet"].columns[-1].heading == ("store" + "e" * 600 if len(odd) > 600 else "store")[:500]


def page_of(it: Import, name: str = "import") -> str:
    return reverse(f"feedback:{name}", args=[it.organization.slug, it.pk])


def say(client: Client, it: Import, do: str = "check", **changes: str) -> Any:
    return client.post(page_of(it, "import_columns"), form_of(client, it, **changes) | {"do": do})


def work() -> None:
    import_work.work(worker="Wanda", now=timezone.now())


def test_a_file_is_brought_mapped_checked_and_recorded(client: Client, acme: Organization) -> None:
    answer = bring(client, acme, FILE)
    it = acme.imports.get()
    assert answer.headers["Location"] == page_of(it, "import_columns")
    assert "Anna Berg" in client.get(page_of(it, "import_columns")).content.decode()

    say(client, it)
    work()
    page = client.get(page_of(it)).content.decode()
    assert "Record 1 new purchase" in page
    assert not acme.interactions.exists()

    client.post(page_of(it, "import_record"))
    work()
    page = client.get(page_of(it)).content.decode()
    assert 'data-import-state="done"' in page
    assert acme.interactions.get().attributes == {"store": "Berlin"}
    assert acme.name
    acme.refresh_from_db()
    assert acme.reporting_attributes == ["store"]


def test_the_purchases_of_cdnow_go_through_the_pages_as_they_are(
    client: Client, acme: Organization, freeze: Callable[[datetime], None]
) -> None:
    freeze(timezone.now())
    bring(client, acme, CDNOW.read_bytes(), "cdnow_sample.txt")
    it = acme.imports.get()
    page = client.get(page_of(it, "import_columns")).content.decode()
    assert "data-no-order" in page
    assert "00004 1997-01-01 1" in page

    say(client, it, pattern="kunde{customer}@example.invalid", moves_dates="on")
    work()
    client.post(page_of(it, "import_record"))
    work()

    it.refresh_from_db()
    assert (it.purchases_new, it.customers_new, acme.customers.count()) == (6919, 2357, 2357)
    newest = acme.interactions.latest("experienced_at").experienced_at
    assert acme.day_of(newest) == acme.day_of(timezone.now())
    assert "all dates were moved by" in client.get(page_of(it)).content.decode()
    assert "trial run" in client.get(reverse("feedback:imports", args=[acme.slug])).content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\n \n", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "This is a picture"),
        (b"PK\x03\x04", "This is a spreadsheet"),
        (b"\0\1\2\3" * 500, "This is not a text file"),
        (b"order,date\n" + b"x" * 200_000, "longer than 100,000 characters"),
    ],
)
def test_what_is_no_table_is_refused_beside_the_field(
    client: Client, acme: Organization, content: bytes, words: str
) -> None:
    answer = bring(client, acme, content, "purchases.csv")

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not acme.imports.exists()
    assert not ImportChunk.objects.exists()


def test_a_file_that_is_too_large_is_refused_with_the_limit(
    client: Client, acme: Organization, settings: Settings
) -> None:
    settings.IMPORT_MOST_BYTES = 2_000_000

    refused = bring(client, acme, b"order,date,customer\n" * 200_000)
    just_above = bring(client, acme, b"order,date,customer\n" * 110_000)

    for answer in (refused, just_above):
        assert answer.status_code == 422
        assert "larger than 2 MB" in answer.content.decode()
    assert not acme.imports.exists()


def test_files_that_wait_have_a_limit_until_one_is_recorded_or_cancelled(
    client: Client, acme: Organization, settings: Settings
) -> None:
    settings.IMPORT_MOST_WAITING_BYTES = 2_000_000
    large = b"order,date,customer\n" + b"A-1,2026-01-05,C-1\n" * 60_000
    globex = factories.organization("Globex")
    waiting = brought(globex, large), brought(acme, large)

    refused = bring(client, acme, large)
    assert refused.status_code == 422
    assert "more than 2 MB would wait" in refused.content.decode()
    assert set(Import.objects.all()) == set(waiting)
    assert bring(client, acme, FILE).status_code == 302

    client.post(page_of(waiting[1], "import_cancel"))
    assert bring(client, acme, large).status_code == 302


def test_a_large_file_is_taken_in_where_purchases_are_brought_and_nowhere_else(
    rf: RequestFactory, acme: Organization
) -> None:
    quentin = acme.members.select_related("user").get()

    def is_too_large(path: str) -> bool:
        request = rf.post(path)
        request.user, request.resolver_match = quentin.user, resolve(path)
        handler = Limited(request)
        handler.handle_raw_input(None, {}, 50_000_000, b"")
        return handler.is_too_large

    assert not is_too_large(reverse("feedback:bring", args=[acme.slug]))
    assert is_too_large(reverse("organizations:appearance", args=[acme.slug]))


def test_a_form_without_a_file_says_so(client: Client, acme: Organization) -> None:
    answer = client.post(reverse("feedback:bring", args=[acme.slug]))

    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()


def test_a_missing_column_is_told_on_the_page(client: Client, acme: Organization) -> None:
    it = brought(acme, "order,customer\nA-1,C-1\n")

    answer = say(client, it)

    assert answer.status_code == 422
    assert "Say which column is the date" in answer.content.decode()
    it.refresh_from_db()
    assert it.state == "mapping"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("order,date,customer\n", "no purchase below its first row"),
        ("date,customer," + ",".join(f"c{n}" for n in range(300)) + "\n2026-01-05,C-1" + ",x" * 300, "more than 60"),
    ],
)
def test_a_file_without_rows_or_with_too_many_columns_is_told_before_it_is_read(
    client: Client, acme: Organization, content: str, said: str
) -> None:
    answer = say(client, brought(acme, content), "check")

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_two_columns_as_the_date_are_told_on_the_page(client: Client, acme: Organization) -> None:
    it = brought(acme, "date,delivered,customer\n2026-01-01,2026-01-02,7\n")

    answer = say(client, it, **{"role-1": "date"})

    assert "Two columns are said to be the date" in answer.content.decode()


def test_an_ambiguous_date_is_asked_about_and_not_guessed(client: Client, acme: Organization) -> None:
    it = brought(acme, "date,customer\n01/02/2026,7\n03/02/2026,8\n")
    assert "data-ambiguous" in client.get(page_of(it, "import_columns")).content.decode()

    assert say(client, it).status_code == 422
    assert say(client, it, date_form="mdy").status_code == 302
    work()

    it.refresh_from_db()
    assert (str(it.first_on), str(it.last_on)) == ("2026-01-02", "2026-03-02")


def test_another_layout_shows_other_columns(client: Client, acme: Organization) -> None:
    it = brought(acme, "a b;2026-01-01\nc d;2026-01-02\n")

    sheet = say(client, it, "look", layout="|").context["sheet"]

    assert len(sheet.columns) == 1
    it.refresh_from_db()
    assert it.mapping["delimiter"] == ";"


def test_another_encoding_shows_other_letters(client: Client, acme: Organization) -> None:
    it = brought(acme, "date,customer,name\n2026-01-01,7,Źródło\n".encode("cp1250"))

    page = say(client, it, "look", encoding="cp1250").content.decode()

    assert "Źródło" in page


def test_columns_of_fixed_width_are_cut_by_hand(client: Client, acme: Organization) -> None:
    it = brought(acme, "20260101 7Anna\n20260102 8Bela\n")

    first = say(client, it, "look", layout="fixed", has_header="")
    assert first.status_code == 200
    sheet = say(client, it, "look", layout="fixed", has_header="", cuts="1, 9, 11").context["sheet"]

    assert sheet.mapping.cuts == (0, 8, 10)
    assert [column.role for column in sheet.columns][:2] == ["date", "customer"]


@pytest.mark.parametrize(
    "changes",
    [
        {"encoding": "rot13"},
        {"encoding": "utf-16"},
        {"layout": "x"},
        {"role-0": "king"},
        {"date_form": "never"},
        {"cuts": "9" * 5000, "layout": "fixed"},
        {"cuts": "-1, x, ½", "layout": "fixed"},
        {"name-2": "y" * 400, "role-2": "attribute"},
        {"pattern": "{customer.__class__}@x.example"},
        {"pattern": "{customer}\0@x.example", "role-3": "ignored"},
        {"decimal": "?"},
        {"laid_out": ""},
    ],
)
@pytest.mark.parametrize("do", ["look", "check"])
def test_rubbish_in_the_form_never_breaks_the_page(
    client: Client, acme: Organization, do: str, changes: dict[str, str]
) -> None:
    answer = say(client, brought(acme, FILE), do, **changes)

    assert answer.status_code in (200, 302, 422)


def test_faults_are_listed_and_downloaded_so_that_no_spreadsheet_runs_them(client: Client, acme: Organization) -> None:
    it = recorded(acme, FILE + "=1+1,2026-01-06,C-2,,,\nA-3,soon,C-3,,,\n")

    page = client.get(page_of(it)).content.decode()
    download = client.get(page_of(it, "import_faults")).getvalue().decode("utf-8-sig")

    assert "2 faulty rows" in page
    _head, formula, day = csv.reader(io.StringIO(download))
    assert formula[:3] == ["3", "order", "'=1+1"]
    assert day[:3] == ["4", "date", "soon"]
    assert day[3].startswith("This is not a date")


def test_what_was_said_about_the_columns_can_be_downloaded_for_the_command(client: Client, acme: Organization) -> None:
    it = recorded(acme, FILE)

    said = json.loads(client.get(page_of(it, "import_mapping")).content)

    assert said == it.mapping


def test_two_windows_at_once_confirm_once(client: Client, acme: Organization) -> None:
    it = checked(brought(acme, FILE))

    client.post(page_of(it, "import_record"))
    second = client.post(page_of(it, "import_record"), follow=True)

    told = second.content.decode()
    assert "This file has gone on meanwhile" in told
    assert "alert-danger" not in told
    assert AuditEntry.objects.filter(what="interactions.file_confirmed").count() == 1


def test_an_import_can_be_cancelled_and_says_so(client: Client, acme: Organization) -> None:
    it = brought(acme, FILE)

    page = client.post(page_of(it, "import_cancel"), follow=True).content.decode()

    assert "Nothing was recorded." in page


def test_a_page_under_work_asks_again_by_itself_and_a_finished_one_does_not(client: Client, acme: Organization) -> None:
    it = brought(acme, FILE)
    say(client, it)
    assert 'hx-trigger="every 2s"' in client.get(page_of(it)).content.decode()

    work()

    assert "hx-trigger" not in client.get(page_of(it)).content.decode()


@pytest.mark.parametrize(
    ("query", "found"), [({"q": "PURCH"}, 2), ({"q": "%"}, 0), ({"state": "done"}, 1), ({"state": "x", "sort": "x"}, 2)]
)
def test_files_are_found_by_name_and_state(
    client: Client, acme: Organization, query: dict[str, str], found: int
) -> None:
    brought(acme, FILE)
    recorded(acme, FILE)

    page = client.get(reverse("feedback:imports", args=[acme.slug]), query)

    assert len(page.context["page_obj"].object_list) == found


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_a_fixed_number_of_times(
    client: Client, acme: Organization, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(rows):
        brought(acme, FILE)

    with django_assert_num_queries(6):
        client.get(reverse("feedback:imports", args=[acme.slug]))


def test_the_web_process_keeps_little_of_a_large_file_in_memory(client: Client, acme: Organization) -> None:
    import tracemalloc

    from django.core.files.uploadedfile import TemporaryUploadedFile

    from feedback import bringing

    with TemporaryUploadedFile("large.csv", "text/csv", 0, "utf-8") as file:
        file.write(b"order,date,customer\n")
        for _number in range(200):
            file.write(b"A-1,2026-01-05,C-1\n" * 5000)
        file.seek(0)
        tracemalloc.start()
        it = bringing.bring(acme, file.chunks(), name="large.csv", by=None, now=timezone.now())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert it.size == 20 + 200 * 5000 * 19
    assert peak < it.size / 2

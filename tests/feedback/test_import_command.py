"""`manage.py import_interactions`: purchases from cron, told by a report and an exit code."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import load_command_class

from feedback.models import ImportState
from organizations.models import Organization
from tests.feedback.files import CDNOW
from tests.feedback.importing import recorded

pytestmark = pytest.mark.django_db(transaction=True)

Manage = Callable[..., "subprocess.CompletedProcess[str]"]
GOOD = "order,date,customer\nA-1,2026-01-05,C-1\nA-2,2026-01-06,C-2\n"


@pytest.fixture
def bring(acme: Organization, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Manage:
    """The command as cron calls it, in this very process, for a start of Python costs more than the import."""

    def run(content: str | bytes, *words: str) -> "subprocess.CompletedProcess[str]":
        file = tmp_path / "purchases.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        command, code = load_command_class("feedback", "import_interactions"), 0
        capsys.readouterr()
        try:
            command.run_from_argv(["manage.py", "import_interactions", str(file), "--organization", acme.slug, *words])
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return subprocess.CompletedProcess([], code, said.out, said.err)

    return run


def test_a_good_file_is_recorded_and_told(manage: Manage, acme: Organization, tmp_path: Path) -> None:
    file = tmp_path / "purchases.csv"
    file.write_text(GOOD)

    done = manage("import_interactions", str(file), "--organization", acme.slug)

    assert (done.returncode, done.stdout) == (0, "2 purchases: 2 new, 0 known already\n"), done.stderr
    assert acme.interactions.count() == 2
    assert acme.imports.get().state == ImportState.DONE


def test_faulty_rows_are_told_by_another_code_and_listed(bring: Manage, acme: Organization) -> None:
    done = bring(GOOD + "A-3,soon,C-3\n")

    assert done.returncode == 3
    assert "1 faulty row, left out:" in done.stdout
    assert "row 4, date: 'soon': This is not a date" in done.stdout
    assert acme.interactions.count() == 2


def test_a_dry_run_records_nothing(bring: Manage, acme: Organization) -> None:
    done = bring(GOOD, "--dry-run")

    assert (done.returncode, done.stdout) == (0, "2 purchases: 2 would be new, 0 known already\n")
    assert not acme.interactions.exists()


def test_the_columns_are_read_as_the_last_import_said(bring: Manage, acme: Organization, tmp_path: Path) -> None:
    said = recorded(acme, "nr,wann,wer\nA-1,01/02/2026,C-1\n", columns=columns(), date_form="dmy").mapping
    file = tmp_path / "columns.json"
    file.write_text(json.dumps(said))

    done = bring("wer,nr,wann\nC-1,A-2,03/04/2026\n", "--mapping", str(file))

    assert done.returncode == 0, done.stderr
    assert acme.day_of(acme.interactions.get(reference="A-2").experienced_at).isoformat() == "2026-04-03"


def columns() -> tuple[object, ...]:
    from feedback.mapping import Column

    return (Column("nr", "order"), Column("wann", "date"), Column("wer", "customer"))


def test_cdnow_goes_in_with_a_pattern_and_moved_dates(bring: Manage, acme: Organization) -> None:
    done = bring(CDNOW.read_bytes(), "--pattern", "kunde{customer}@example.invalid", "--move-dates")

    assert done.returncode == 0, done.stderr
    assert "6919 purchases: 6919 new" in done.stdout
    assert "all dates moved by" in done.stdout


@pytest.mark.parametrize(
    ("content", "words", "code", "said"),
    [
        ("", (), 1, "The file is empty"),
        (b"\x89PNG\r\n", (), 1, "This is a picture"),
        ("order,customer\nA-1,C-1\n", (), 1, "Say which column is the date"),
        ("date,customer\n01/02/2026,7\n", (), 1, "it cannot be told for certain"),
        ("date,customer\nsoon,7\n", ("--date-form", "ymd"), 1, "This is not a date"),
        (GOOD, ("--mapping", "/nowhere.json"), 2, "cannot be read"),
    ],
)
def test_what_cannot_be_recorded_ends_with_words(
    bring: Manage, acme: Organization, content: str | bytes, words: tuple[str, ...], code: int, said: str
) -> None:
    done = bring(content, *words)

    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not acme.interactions.exists()


def test_an_organization_that_is_not_there_is_a_wrong_call(manage: Manage, tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text(GOOD)

    done = manage("import_interactions", str(tmp_path / "file.csv"), "--organization", "nobody")

    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no organization nobody" in done.stderr

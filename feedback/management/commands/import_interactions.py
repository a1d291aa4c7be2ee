"""`manage.py import_interactions FILE --organization SLUG`: bring purchases from cron, with a report and an exit code.

Ends with 0 when every row is recorded, 3 when some are faulty and left out, 1 when nothing could be recorded.
"""

import json
import os
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from feedback import bringing, dates, import_faults, import_work, layouts, mapping
from feedback.mapping import Mapping, NotAMapping
from feedback.models import Import, ImportState
from feedback.scanning import Unreadable
from organizations import stopping
from organizations.models import Organization

FAULTY = 3
FAULTS_PRINTED = 100


class Command(BaseCommand):
    """Checked and recorded in this process; should it die, a worker goes on."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a text file with purchases; - reads standard input")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--mapping", type=Path, metavar="FILE", help="what the columns mean, from an import's page")
        parser.add_argument("--date-form", choices=dates.FORMS, help="where dates can be read in several ways")
        parser.add_argument("--pattern", help="addresses, such as customer{customer}@example.com")
        parser.add_argument("--dry-run", action="store_true", help="only check, and say what recording would do")
        parser.add_argument("--move-dates", action="store_true", help="trial run: the newest purchase is today")

    def handle(self, *_words: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization {options['organization']}.", returncode=2)
        it = self._brought(organization, options["file"], now=timezone.now())
        try:
            wanted = self._mapping(it, options)
            straight = not options["dry_run"]
            now = timezone.now()
            bringing.check(it, wanted, moves_dates=options["move_dates"], by=None, now=now, is_straight=straight)
        except NotAMapping as refusal:
            bringing.cancel(it, by=None, now=timezone.now())
            raise CommandError(import_faults.advice(refusal.code, column=refusal.column)) from refusal
        self._work(it)
        self._tell(it, is_dry=options["dry_run"])

    def _brought(self, organization: Organization, path: Path, *, now: datetime) -> Import:
        try:
            return bringing.bring(organization, _pieces(path), name=path.name, by=None, now=now)
        except OSError as fault:
            raise CommandError(f"{path} cannot be read: {fault.strerror}.", returncode=2) from fault
        except Unreadable as refusal:
            raise CommandError(import_faults.advice(refusal.code, value=refusal.value)) from refusal

    def _mapping(self, it: Import, options: dict[str, Any]) -> Mapping:
        """As a file says it, else as it looks; never by a guess that a person would have to confirm."""
        wanted = bringing.mapping_of(it)
        if options["mapping"]:
            try:
                given = mapping.of_json(json.loads(options["mapping"].read_text()))
            except OSError as fault:
                raise CommandError(f"{options['mapping']} cannot be read: {fault.strerror}.", returncode=2) from fault
            except ValueError as fault:
                raise NotAMapping("not_a_mapping") from fault
            rows = layouts.cells(bringing.sample(it, given.encoding), given)
            wanted = given.fitted(tuple(rows[0]) if rows else ())
        if options["date_form"]:
            wanted = replace(wanted, date_form=options["date_form"])
        if options["pattern"]:
            wanted = replace(wanted, pattern=options["pattern"])
        return wanted

    def _work(self, it: Import) -> None:
        worker = f"{socket.gethostname()[:60]}:{os.getpid()}:command"
        with stopping.orderly() as stop:
            it.refresh_from_db()
            while it.is_at_work and not stop():
                if not import_work.work(worker=worker, now=timezone.now(), stop=stop, only=it.pk):
                    # A worker has it at the moment, or it is to be tried again after a pause.
                    time.sleep(1)
                it.refresh_from_db()
        if it.is_at_work:
            raise CommandError("Stopped before the end; a worker goes on with it.")

    def _tell(self, it: Import, *, is_dry: bool) -> None:
        if it.state == ImportState.FAILED:
            raise CommandError(import_faults.advice(it.cause, value=it.cause_value))
        if is_dry:
            self._say(it.would_be_new or 0, "would be new", it.would_be_known)
            bringing.cancel(it, by=None, now=timezone.now())
        else:
            self._say(it.purchases_new, "new", it.purchases_known)
        if it.moved_by is not None:
            self.stdout.write(f"all dates moved by {_counted(it.moved_by, 'day')}")
        if not it.rows_faulty:
            return
        self.stdout.write(f"{_counted(it.rows_faulty, 'faulty row')}, left out:")
        for fault in it.faults.order_by("row", "pk")[:FAULTS_PRINTED]:
            where = f"row {fault.row}" + (f", {fault.column}" if fault.column else "")
            self.stdout.write(f"  {where}: {fault.value!r}: {import_faults.advice(fault.code)}")
        sys.exit(FAULTY if it.purchases else 1)

    def _say(self, new: int, word: str, known: int) -> None:
        self.stdout.write(f"{_counted(new + known, 'purchase')}: {new} {word}, {known} known already")


def _counted(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def _pieces(path: Path) -> Iterator[bytes]:
    if str(path) == "-":
        while piece := sys.stdin.buffer.read(bringing.CHUNK):
            yield piece
        return
    with path.open("rb") as file:
        while piece := file.read(bringing.CHUNK):
            yield piece

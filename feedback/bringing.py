"""A file with purchases → its import, from the first look to the word that records it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from feedback import guessing, lines, mapping, scanning
from feedback.guessing import Guess
from feedback.lines import Cells
from feedback.mapping import Mapping, NotAMapping
from feedback.models import Import, ImportChunk, ImportState
from organizations import audit
from organizations.models import Member, Organization

SOURCE = "csv"
CHUNK = 1_000_000
# Files of the same shop look alike: what was said about the last ones is proposed again.
_EARLIER = 20


class NotNow(Exception):
    """The import has gone on meanwhile, in another window or by another member."""


class NothingToRecord(Exception):
    """No row of the file is sound."""


@transaction.atomic
def bring(
    organization: Organization, pieces: Iterable[bytes], *, name: str, by: Member | None, now: datetime
) -> Import:
    """Keep a file's bytes and guess what its columns mean; `scanning.Unreadable` where it is no table, or too much."""
    it = Import.objects.create(
        organization=organization, by=by, name=_shown(name), source=SOURCE, size=0, lines=0, mapping={}, created_at=now
    )
    scanner, room = scanning.Scanner(most_bytes=settings.IMPORT_MOST_BYTES), _room(organization)
    for number, piece in enumerate(_even(pieces)):
        scanner.feed(piece)
        it.size += len(piece)
        _refuse_beyond(room, it)
        ImportChunk.objects.create(of=it, number=number, content=piece)
    scan = scanner.result()
    it.lines = scan.lines
    it.mapping = _proposed(it, guessing.guess(sample(it, scan.encoding), encoding=scan.encoding)).as_json()
    # The second of two at once waits here for the first, and finds less room.
    _refuse_beyond(_room(Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)), it)
    it.save(update_fields=["size", "lines", "mapping"])
    audit.record(organization, by=by, what="interactions.file_brought", about=it, now=now, detail={"size": it.size})
    return it


@transaction.atomic
def check(
    it: Import, wanted: Mapping, *, moves_dates: bool, by: Member | None, now: datetime, is_straight: bool = False
) -> None:
    """Have the whole file read by this mapping, and say what recording it would do.

    Nothing is recorded before somebody says so, but where it `is_straight`.
    """
    wanted.check()
    locked = _locked(it, ImportState.MAPPING, ImportState.CHECKED)
    locked.faults.all().delete()
    _set(
        locked,
        state=ImportState.CHECKING,
        mapping=wanted.as_json(),
        moves_dates=moves_dates,
        is_straight=is_straight,
        moved_by=None,
        purchases=None,
        rows_read=0,
        rows_faulty=0,
        rows_repeated=0,
        queued_at=now,
        **FREE,
    )
    detail = {"moves_dates": moves_dates}
    audit.record(locked.organization, by=by, what="interactions.file_mapped", about=locked, now=now, detail=detail)


@transaction.atomic
def record(it: Import, *, by: Member | None, now: datetime) -> None:
    """Have the sound rows of a checked file recorded."""
    locked = _locked(it, ImportState.CHECKED)
    if not locked.purchases:
        raise NothingToRecord(_("No row of this file can be recorded. Mend it, or say again what its columns mean."))
    _set(locked, state=ImportState.RECORDING, queued_at=now, moved_by=moved_by(locked, now=now), **FREE)
    audit.record(locked.organization, by=by, what="interactions.file_confirmed", about=locked, now=now)


@transaction.atomic
def cancel(it: Import, *, by: Member | None, now: datetime) -> None:
    """Leave the rest of the file; what has been recorded of it stays, and the file may be brought again."""
    locked = _locked(it, ImportState.MAPPING, ImportState.CHECKED, *Import.AT_WORK)
    _set(locked, state=ImportState.CANCELLED, finished_at=now, **FREE)
    detail = {"recorded": locked.purchases_new}
    audit.record(locked.organization, by=by, what="interactions.file_cancelled", about=locked, now=now, detail=detail)


def sample(it: Import, encoding: str) -> list[str]:
    """The first lines of the file, as they read in this encoding."""
    first = it.chunks.order_by("number").first()
    found = list(lines.lines([bytes(first.content)] if first else [], encoding))
    # A piece ends anywhere; the line that it cuts is no example.
    whole = found[:-1] if len(found) > 1 and it.size > CHUNK else found
    return whole[: guessing.SAMPLE_LINES]


def rows_of(found: Iterable[str], wanted: Mapping) -> Iterator[Cells]:
    """Lines taken apart as the mapping says."""
    return lines.fixed(found, wanted.cuts) if wanted.cuts else lines.delimited(found, wanted.delimiter)


def mapping_of(it: Import) -> Mapping:
    return mapping.of_json(it.mapping)


def moved_by(it: Import, *, now: datetime) -> int | None:
    """So many days bring the newest purchase to today."""
    if not it.moves_dates or it.last_on is None:
        return None
    return (it.organization.day_of(now) - it.last_on).days


def _room(organization: Organization) -> int:
    """For so many bytes more may wait."""
    waiting = organization.imports.exclude(state__in=Import.OVER).aggregate(bytes=Sum("size"))["bytes"]
    most: int = settings.IMPORT_MOST_WAITING_BYTES
    return most - (waiting or 0)


def _refuse_beyond(room: int, it: Import) -> None:
    if it.size > room:
        raise scanning.Unreadable("too_much_waits", f"{settings.IMPORT_MOST_WAITING_BYTES // 1_000_000} MB")


# Nobody works on it.
FREE: dict[str, Any] = {"worker": "", "lease_until": None, "attempts": 0}


def _locked(it: Import, *states: str) -> Import:
    locked = Import.objects.select_for_update(of=("self",)).select_related("organization").get(pk=it.pk)
    if locked.state not in states:
        raise NotNow(
            _("This file has gone on meanwhile (%(state)s). This page shows how it stands.")
            % {"state": locked.get_state_display()}
        )
    return locked


def _set(it: Import, **values: Any) -> None:
    for name, value in values.items():
        setattr(it, name, value)
    it.save(update_fields=[*values])


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in chunks of one size."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    if waiting:
        yield bytes(waiting)


def _proposed(it: Import, guess: Guess) -> Mapping:
    """As an earlier file with the same columns was read, else as it looks."""
    for earlier in _earlier(it.organization, guess.mapping):
        date_form = earlier.date_form if earlier.date_form in guess.date_forms else guess.mapping.date_form
        layout = {name: getattr(guess.mapping, name) for name in ("encoding", "delimiter", "cuts", "has_header")}
        return replace(earlier, date_form=date_form, **layout)
    return guess.mapping


def _earlier(organization: Organization, found: Mapping) -> Iterator[Mapping]:
    headings = tuple(column.heading for column in found.columns)
    said = organization.imports.filter(state=ImportState.DONE).order_by("-pk").values_list("mapping", flat=True)
    for value in said[:_EARLIER]:
        try:
            earlier = mapping.of_json(value)
            same = (earlier.has_header, len(earlier.columns), len(earlier.cuts))
            if same == (found.has_header, len(headings), len(found.cuts)) and not _unknown(earlier, headings):
                yield earlier.fitted(headings)
        except NotAMapping:
            continue


def _unknown(earlier: Mapping, headings: Sequence[str]) -> set[str]:
    return set(headings) - {column.heading for column in earlier.columns}


def _shown(name: str) -> str:
    return " ".join("".join(mark for mark in name if mark.isprintable()).split())[:200] or "purchases"

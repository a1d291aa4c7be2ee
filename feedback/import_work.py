"""Imports that wait → read, checked, recorded, a block at a time; whoever dies is followed by another.

The row of the import is the queue. Each block commits together with how far it came, under a lease that its worker
still holds, so a block counts once whoever does it.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from feedback import bringing, lines, purchase_rows, recording, staging
from feedback.lines import Cells
from feedback.models import Import, ImportChunk, ImportFault, ImportState
from feedback.purchase_rows import Fault, Reader, Row
from feedback.scanning import Unreadable
from organizations import audit, post

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
# Then the next import that waits has its turn, so that nobody waits behind somebody's whole history. Where none waits
# the turn goes on: each one reads past what the ones before have read.
TURN = timedelta(seconds=10)
ROWS_AT_ONCE = 20_000
# A block ends after so many pieces of the file as well: a few long rows weigh as much as many short ones.
CHUNKS_AT_ONCE = 4
# Sorting is one step; so many rows a second are sorted by any server.
_SORTED_A_SECOND = 20_000
MOST_ATTEMPTS = 5
MOST_FAULTS = 10_000

Clock = Callable[[], datetime]


class LostLease(Exception):
    """Somebody else works on it now, or it was cancelled."""


def work(
    *, worker: str, now: datetime, stop: Callable[[], bool] = lambda: False, seconds: float = 240, only: int = 0
) -> int:
    """Go on with imports until nothing waits, time is up, or the worker is told to stop; gives how many turns it took.

    `worker` names this run and no other; `only` is the one import to work on.
    """
    clock, turns, end = post.ticking(now), 0, now + timedelta(seconds=seconds)
    while not stop() and clock() < end and (it := claim(worker=worker, now=clock(), only=only)):
        _take_turn(it, worker, clock, lambda: stop() or clock() >= end, only=only)
        turns += 1
    return turns


@transaction.atomic
def claim(*, worker: str, now: datetime, only: int = 0) -> Import | None:
    """The import whose turn it is; those never begun first, then whoever waits longest."""
    order = (F("lease_until").asc(nulls_first=True), "queued_at", "pk")
    waiting = _waiting(now=now, only=only).select_for_update(skip_locked=True, of=("self",))
    found = waiting.select_related("organization", "by").order_by(*order).first()
    if found is None:
        return None
    found.worker, found.lease_until, found.attempts = worker, now + LEASE, found.attempts + 1
    found.save(update_fields=["worker", "lease_until", "attempts"])
    return found


def _waiting(*, now: datetime, only: int) -> QuerySet[Import]:
    waiting = Import.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now), state__in=Import.AT_WORK)
    return waiting.filter(pk=only) if only else waiting


def _take_turn(it: Import, worker: str, clock: Clock, stop: Callable[[], bool], *, only: int) -> None:
    job, end = _Job(it, worker, clock), clock() + TURN
    try:
        if it.attempts > MOST_ATTEMPTS:
            raise Unreadable("gave_up")
        while job.step() and not stop():
            if clock() >= end and _waiting(now=clock(), only=only).exists():
                break
        job.release()
    except LostLease:
        pass
    except Unreadable as refusal:
        job.fail(refusal)
    except Exception:
        # Tried again after a pause, by whoever comes; in the end it fails with its own words.
        logger.exception("import %s stumbled", it.pk)
        job.release(pause=LEASE)


class _Job:
    """One import in the hands of one worker."""

    def __init__(self, it: Import, worker: str, clock: Clock) -> None:
        self.it, self.worker, self.clock = it, worker, clock
        self._reader: tuple[Reader, Iterator[tuple[int, Cells]]] | None = None
        self.chunks = 0

    def step(self) -> bool:
        """The next block; False when nothing is left to do."""
        it = self.it
        if self._reader is None and not staging.is_there(it):
            self._begin()
        if it.purchases is None:
            if not self._read():
                self._sort()
        elif it.purchases_done < it.purchases:
            self._record()
        else:
            self._finish()
        return it.is_at_work

    def release(self, *, pause: timedelta = timedelta(0)) -> None:
        """Let go of it; it comes again after those that waited longer."""
        Import.objects.filter(pk=self.it.pk, worker=self.worker).update(worker="", lease_until=self.clock() + pause)

    def fail(self, refusal: Unreadable) -> None:
        self._advance(
            state=ImportState.FAILED,
            cause=refusal.code,
            cause_value=refusal.value[:120],
            finished_at=self.clock(),
            **bringing.FREE,
        )

    def _advance(self, *, lease: timedelta = LEASE, **changes: Any) -> None:
        """How far it has come, in the transaction of the block that brought it there."""
        changes = {"lease_until": self.clock() + lease, "attempts": 0} | changes
        mine = Import.objects.filter(pk=self.it.pk, worker=self.worker, state=self.it.state)
        if not mine.update(**changes):
            raise LostLease
        for name, value in changes.items():
            setattr(self.it, name, value)

    @transaction.atomic
    def _begin(self) -> None:
        """Also after a crash of the database: read anew, and what was recorded is found there already."""
        nothing: dict[str, Any] = {
            "rows_read": 0,
            "rows_faulty": 0,
            "rows_repeated": 0,
            "purchases": None,
            "purchases_done": 0,
        }
        self._advance(attempts=self.it.attempts, **nothing)
        self.it.faults.all().delete()
        staging.begin(self.it)

    def _read(self) -> bool:
        """Load a block of rows; False at the end of the file."""
        it = self.it
        reader, cells = self._reader or self._open()
        block: list[tuple[int, Cells]] = []
        self.chunks = 0
        for each in cells:
            block.append(each)
            if len(block) >= ROWS_AT_ONCE or self.chunks >= CHUNKS_AT_ONCE:
                break
        if not block:
            return False
        faulty: list[list[Fault]] = []
        with transaction.atomic():
            staging.load(it, self._sound(reader, block, faulty))
            self._advance(rows_read=block[-1][0], rows_faulty=it.rows_faulty + len(faulty))
            self._list([fault for faults in faulty for fault in faults])
        return True

    def _open(self) -> tuple[Reader, Iterator[tuple[int, Cells]]]:
        it, mapping = self.it, bringing.mapping_of(self.it)
        assert it.queued_at is not None
        found = lines.lines(self._pieces(), mapping.encoding)
        rows = bringing.rows_of(found, mapping)
        reader = Reader(mapping, zone=it.organization.zone, now=it.queued_at)
        self._reader = reader, purchase_rows.numbered(rows, mapping, after=it.rows_read)
        return self._reader

    def _sound(self, reader: Reader, block: list[tuple[int, Cells]], faulty: list[list[Fault]]) -> Iterator[Row]:
        for number, cells in block:
            found = reader.read(number, cells)
            if isinstance(found, Row):
                yield found
            elif found:
                faulty.append(found)

    def _pieces(self) -> Iterator[bytes]:
        number = 0
        while (chunk := ImportChunk.objects.filter(of=self.it, number=number).first()) is not None:
            self.chunks += 1
            number += 1
            yield bytes(chunk.content)

    def _list(self, faults: list[Fault]) -> None:
        room = MOST_FAULTS - self.it.faults.count() if faults else 0
        ImportFault.objects.bulk_create(
            ImportFault(of=self.it, row=each.row, column=each.column[:200], code=each.code, value=each.value)
            for each in faults[: max(room, 0)]
        )

    def _sort(self) -> None:
        """The file is read to its end: take out what stands twice, sort, and say what recording would do."""
        it = self.it
        self._advance(lease=LEASE + timedelta(seconds=it.rows_read / _SORTED_A_SECOND))
        with staging.patience():
            order = next((column for column in bringing.mapping_of(it).columns if column.role == "order"), None)
            room = max(MOST_FAULTS - it.faults.count(), 0)
            repeated, differing = staging.take_out_repeated(it, column=order.heading if order else "", most_faults=room)
            staging.sort(it)
            purchases, customers, customers_new, new, first_on, last_on = staging.outlook(it)
            faulty = it.rows_faulty + differing
            if not purchases and not faulty:
                raise Unreadable("no_rows")
            it.last_on = last_on
            self._advance(
                rows_faulty=faulty,
                rows_repeated=repeated,
                purchases=purchases,
                customers=customers,
                first_on=first_on,
                last_on=last_on,
                **self._outlook(new, customers_new),
            )

    def _outlook(self, new: int, customers_new: int) -> dict[str, Any]:
        it = self.it
        if it.state == ImportState.RECORDING:
            return {}
        assert it.queued_at is not None
        told = {"would_be_new": new, "customers_would_be_new": customers_new}
        told["moved_by"] = bringing.moved_by(it, now=it.queued_at)  # type: ignore[assignment]
        return told

    def _record(self) -> None:
        it = self.it
        assert it.purchases is not None
        if it.state == ImportState.CHECKING:
            self._checked()
            return
        first, last = it.purchases_done + 1, min(it.purchases_done + ROWS_AT_ONCE, it.purchases)
        with staging.patience():
            recording.one_at_a_time(it.organization_id)
            made = staging.record(it, first=first, last=last)
            self._advance(
                purchases_done=last,
                purchases_new=it.purchases_new + made.purchases_new,
                customers_new=it.customers_new + made.customers_new,
                customers_renewed=it.customers_renewed + made.customers_renewed,
            )

    def _checked(self) -> None:
        """Go on where nobody is to be asked, else wait for somebody's word."""
        if self.it.is_straight and self.it.purchases:
            self._advance(state=ImportState.RECORDING)
        else:
            self._advance(state=ImportState.CHECKED, **bringing.FREE)

    @transaction.atomic
    def _finish(self) -> None:
        it = self.it
        if it.state == ImportState.CHECKING:
            self._checked()
            return
        self._advance(state=ImportState.DONE, finished_at=self.clock(), **bringing.FREE)
        it.chunks.all().delete()
        staging.drop(it.pk)
        known = it.purchases_done - it.purchases_new
        detail = {"source": it.source, "new": it.purchases_new, "already_known": known, "import": it.pk}
        now = self.clock()
        audit.record(it.organization, by=it.by, what="interactions.recorded", about=it, now=now, detail=detail)

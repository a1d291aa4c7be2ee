"""A worker that is told to stop finishes the mail on the wire, and no more."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import RawValue
from typing import Any

from celery.signals import worker_shutting_down

# Shared with the pool's processes, which are forked later. Raw: a lock could be held by a process that was killed.
_worker_stops = RawValue("b", 0)


@worker_shutting_down.connect
def _told_to_stop(**_signal: Any) -> None:
    _worker_stops.value = 1


@contextmanager
def orderly() -> Iterator[Callable[[], bool]]:
    """Gives a question, `stop()`: has the worker been told to stop, or this very process been sent SIGTERM?"""
    told = threading.Event()
    with _instead_of_dying(told):
        yield lambda: bool(_worker_stops.value) or told.is_set()


@contextmanager
def _instead_of_dying(told: threading.Event) -> Iterator[None]:
    mine = threading.current_thread() is threading.main_thread()
    # A handler that somebody has set knows better than we what to do.
    if not mine or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

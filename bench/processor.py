"""CPU seconds, which tell more than the clock where others use the machine too."""

from collections.abc import Iterable
from contextlib import suppress

import psutil


def used(processes: Iterable[psutil.Process]) -> float:
    """So far, by these processes and by their children that have ended."""
    seconds = 0.0
    # Parents last: a child that ends meanwhile is counted with its parent.
    for process in sorted(processes, key=lambda one: one.pid, reverse=True):
        with suppress(psutil.NoSuchProcess):
            time = process.cpu_times()
            seconds += time.user + time.system + time.children_user + time.children_system
    return float(seconds)

"""Pokes of the clock: each looks into the tables for what is due, and may run twice."""

import os
import secrets
import socket

from celery import shared_task
from django.db import close_old_connections
from django.utils import timezone

from feedback import import_tidying, import_work, inviting, mailing, reminding
from organizations import stopping

# Kept between pokes, so that on a slow server the last organization's turn comes too.
_turn = mailing.Turn()


@shared_task
def bring(**_later: object) -> None:
    """Go on with files of purchases; any number of these may run at once."""
    close_old_connections()
    worker = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
    with stopping.orderly() as stop:
        import_work.work(worker=worker, now=timezone.now(), stop=stop)


@shared_task
def tidy_imports() -> None:
    import_tidying.sweep(now=timezone.now())


@shared_task
def invite() -> None:
    inviting.sweep(now=timezone.now())


@shared_task
def skip_history() -> None:
    inviting.skip_history(now=timezone.now())


@shared_task
def remind() -> None:
    reminding.sweep(now=timezone.now())


@shared_task
def send_mail(**_later: object) -> None:
    """Send what is due; any number of these may run at once."""
    close_old_connections()
    worker = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
    with stopping.orderly() as stop:
        mailing.work(worker=worker, now=timezone.now(), stop=stop, turn=_turn)


@shared_task
def settle_leases(**_later: object) -> None:
    """Put right what a dead worker left."""
    close_old_connections()
    mailing.settle_leases(now=timezone.now())

"""Several processes that send what is due; whoever is killed is replaced at once, as a pool would.

`python -m tests.feedback.mail_workers 4`. SIGTERM ends all of them in an orderly way.
"""

import os
import secrets
import signal
import sys
import time

import django

from config.servers import end_with_parent


def work() -> None:
    from django.utils import timezone

    from feedback import mailing
    from organizations import stopping

    with stopping.orderly() as stop:
        while not stop():
            worker = f"{os.getpid()}-{secrets.token_hex(4)}"
            if not mailing.work(worker=worker, now=timezone.now(), stop=stop):
                time.sleep(0.05)


def born() -> int:
    # Born in the moment in which its parent is killed, a child must not outlive it.
    die_with_parent = end_with_parent(signal.SIGKILL)
    child = os.fork()
    if child == 0:
        die_with_parent()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            work()
        finally:
            os._exit(0)
    return child


def main() -> None:
    children: set[int] = set()
    over = False

    def end(*_: object) -> None:
        nonlocal over
        over = True
        for child in children:
            os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    # Django is imported and no connection opened yet, so a child costs milliseconds.
    children |= {born() for _ in range(int(sys.argv[1]))}
    sys.stderr.write("at work\n")
    while children:
        gone, _ = os.wait()
        children.discard(gone)
        if not over:
            children.add(born())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    main()

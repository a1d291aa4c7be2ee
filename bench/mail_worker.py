"""One process that sends what is due, as a Celery worker's task does, and says how many and how fast."""

import json
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()


def main() -> None:
    from django.db import connection
    from django.utils import timezone

    from feedback import mailing

    connection.ensure_connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    began, cpu = time.time(), time.process_time()
    sent = mailing.work(worker=f"bench-{os.getpid()}", now=timezone.now(), seconds=120)
    facts = {"sent": sent, "began": began, "ended": time.time(), "cpu": time.process_time() - cpu}
    sys.stdout.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()

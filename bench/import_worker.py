"""One worker that takes in one file, and says how long it took and how much memory it needed at most."""

import json
import os
import resource
import sys
import time

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.utils import timezone

    from feedback import import_work

    began, cpu = time.perf_counter(), time.process_time()
    import_work.work(worker=f"bench {os.getpid()}", now=timezone.now(), seconds=800, only=int(sys.argv[1]))
    used = {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }
    print(json.dumps(used))

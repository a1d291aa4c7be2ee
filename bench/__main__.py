"""`make bench`: durable servers and a database of its own, then every module here, one figure a line.

`python -m bench [NAME …]` runs only the modules named. The figures go to .data/bench.json as well.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
import traceback
from pathlib import Path

from config import servers
from config.translations import compile_messages

ROOT = Path(__file__).resolve().parent.parent
# DATA=.data2 for a second one at the same time, as with `make run`.
HOME = Path(os.environ.get("DATA") or ROOT / ".data").absolute()
DATA, RESULT = HOME / "bench", HOME / "bench.json"
NOT_SUBJECTS = {"__main__", "report"}


def _subjects() -> list[str]:
    found = sorted(module.name for module in pkgutil.iter_modules([str(ROOT / "bench")]))
    return [name for name in found if name not in NOT_SUBJECTS]


def _prepare() -> None:
    """Settings as in production where speed depends on them: no DEBUG, hashed files, servers that wait for the disk."""
    for folder in ("static", "mailbox"):
        (DATA / folder).mkdir(parents=True, exist_ok=True)
    ours = servers.start(DATA, durable=True, end_with_us=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        LOCAL="true",
        DEBUG="false",
        LOG_LEVEL="WARNING",
        DATA=str(DATA),
        STATIC_ROOT=str(DATA / "static"),
        DATABASE_URL=ours.database_url,
        REDIS_URL=ours.redis_url,
        EMAIL_URL="smtp://127.0.0.1:9",
        MAILBOX_DIR="",
        SITE_URL="http://127.0.0.1:8000",
        ALLOWED_HOSTS="127.0.0.1,localhost,testserver",
        SECRET_KEY="a secret key that only the bench knows, and no server",
        LINK_KEYS="1:a link key that only the bench knows, and no server",
        ADDRESS_KEY="an address key that only the bench knows, and no server",
    )
    compile_messages()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command(
        "collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=["*.map", "libs", "types"]
    )
    # Each run starts from nothing, so that figures can be compared.
    call_command("flush", verbosity=0, interactive=False)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(_subjects()) or '(none yet)'}")
    wanted = parser.parse_args().names or _subjects()
    unknown = sorted(set(wanted) - set(_subjects()))
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; choose from {', '.join(_subjects())}")
    from bench.report import Report

    report = Report()
    if (busy := os.getloadavg()[0]) > (os.cpu_count() or 1) / 2:
        print(f"  Others use this machine (load {busy:.1f}): rates and times come out too bad, CPU times a little.")
    try:
        _prepare()
        for name in wanted:
            report.subject = name
            module = importlib.import_module(f"bench.{name}")
            if not hasattr(module, "run"):
                continue
            try:
                module.run(report)
            except Exception as fault:
                traceback.print_exc()
                report.fault(f"{type(fault).__name__}: {fault}")
    finally:
        servers.stop(DATA)
    report.write(RESULT)
    print(f"\n{len(report.figures)} figures, written to {RESULT}")
    return 0 if report.all_met else 1


if __name__ == "__main__":
    sys.exit(main())

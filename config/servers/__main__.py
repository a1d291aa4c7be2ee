"""The servers by hand: start, stop, status."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from config import servers


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.servers", description=servers.__doc__)
    parser.add_argument("action", choices=("start", "stop", "status"))
    parser.add_argument("--data", type=Path, default=Path(".data"), help="the data folder (default: .data)")
    parser.add_argument("--fast", action="store_true", help="for tests: do not wait for the disk")
    asked = parser.parse_args()
    try:
        if asked.action == "start":
            for name, url in asdict(servers.start(asked.data, durable=not asked.fast)).items():
                print(f"{name.upper()}={url}")
        elif asked.action == "stop":
            servers.stop(asked.data)
        else:
            for process in servers.running(asked.data.absolute()):
                print(process.pid, process.name())
    except servers.CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

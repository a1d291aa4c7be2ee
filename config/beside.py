"""A management command beside a running `make run`, with its servers and secrets: `python -m config.beside demo`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from config import servers

ROOT = Path(__file__).resolve().parent.parent


def write(data: Path, environment: dict[str, str]) -> None:
    """What the supervisor's own processes get, for whoever comes beside them; the secrets among it are ours alone."""
    servers.write_private(_file(data), json.dumps(environment))


def read(data: Path) -> dict[str, str] | None:
    """None where nothing runs on this data."""
    try:
        state = (data / "run" / "supervisor.state").read_text()
        environment: dict[str, str] = json.loads(_file(data).read_text())
    except (OSError, ValueError):
        return None
    return environment if state.startswith("running") else None


def _file(data: Path) -> Path:
    return data / "run" / "environment.json"


def main() -> None:
    data = Path(os.environ.get("DATA") or ROOT / ".data").absolute()
    environment = read(data)
    if environment is None:
        sys.exit(f"Nothing runs on {data}. Start it first, in another window: make run")
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, "manage.py", *sys.argv[1:]], os.environ | environment)  # noqa: S606 - a program of ours


if __name__ == "__main__":
    main()

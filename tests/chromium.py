"""Is there a browser for the journeys? Where we may, it is installed; else a message says what to install.

`python -m tests.chromium`
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The shell draws the same pages without windows around them, and costs a fifth less.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = (["chromium", "chromium-headless-shell"], ["chromium"])


def path() -> str | None:
    """CHROMIUM, or the system's browser."""
    return os.environ.get("CHROMIUM") or next((found for found in map(shutil.which, NAMES) if found), None)


def _is_debian() -> bool:
    release = Path("/etc/os-release")
    words = release.read_text().lower() if release.is_file() else ""
    # Ubuntu's package of this name only points to a snap.
    return "id=debian" in words and shutil.which("apt-get") is not None


def _install() -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def succeeds(*command: str) -> bool:
        return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode == 0

    install = ("apt-get", "install", "-y", "-q", "--no-install-recommends")
    return succeeds("apt-get", "update", "-q") and any(succeeds(*install, *packages) for packages in PACKAGES)


def main() -> int:
    if path():
        return 0
    if os.geteuid() == 0 and _is_debian() and _install() and path():
        return 0
    sys.stderr.write(
        "The journeys need a Chromium, and none was found.\n"
        "  Debian:  sudo apt-get install chromium\n"
        "  Fedora:  sudo dnf install chromium\n"
        "  others:  install Chromium or Chrome, and name it: make test CHROMIUM=/path/to/it\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())

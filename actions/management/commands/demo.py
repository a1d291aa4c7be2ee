"""`manage.py demo`: load the made-up shop once, and say how to sign in; `--remove` takes all of it away again."""

import json
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actions import demo, demo_removal


class Command(BaseCommand):
    help = "Load a made-up shop with eighteen months behind it, once, and print a sign-in for each role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", action="store_true", help="take away all of it, and nothing else")

    def handle(self, *args: Any, remove: bool = False, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError(
                "The demo has well-known sign-ins: it is for this machine alone. Set LOCAL=1 to load it."
            )
        if remove:
            self._remove()
        else:
            self._load()

    def _load(self) -> None:
        password = self._password()
        try:
            demo.load(password=password, now=timezone.now())
        except demo.AddressIsTaken as refusal:
            raise CommandError(str(refusal)) from refusal
        lines = [f"{role.value}\t{email}\t{password}" for role, (email, _name) in demo.PEOPLE.items()]
        self.stdout.write("\n".join(lines))
        self._tell_at_the_next_start("\n".join(lines))

    def _remove(self) -> None:
        is_removed = demo_removal.remove()
        self._file.unlink(missing_ok=True)
        self._tell_at_the_next_start("")
        self.stdout.write("The demo is gone." if is_removed else "There is no demo.")

    @property
    def _file(self) -> Path:
        return Path(settings.DATA) / "demo-password"

    def _password(self) -> str:
        """Made at random on this machine and kept beside its data."""
        if not self._file.exists():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)
            self._file.write_text(secrets.token_hex(5))
        return self._file.read_text().strip()

    def _tell_at_the_next_start(self, said: str) -> None:
        """`make run` prints what this command said when it ran it, and runs it once."""
        file = Path(settings.DATA) / "run" / "demo.json"
        if file.exists():
            file.write_text(json.dumps(json.loads(file.read_text()) | {"said": said}))

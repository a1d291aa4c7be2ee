"""`manage.py demo`: load the made-up shop once, and say how to sign in."""

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actions import demo


class Command(BaseCommand):
    help = "Load a small made-up shop, once, and print a sign-in for each role."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError(
                "The demo has well-known sign-ins: it is for this machine alone. Set LOCAL=1 to load it."
            )
        password = self._password()
        demo.load(password=password, now=timezone.now())
        for role, (email, _name) in demo.PEOPLE.items():
            self.stdout.write(f"{role.value}\t{email}\t{password}")

    def _password(self) -> str:
        """Made at random on this machine and kept beside its data."""
        file = Path(settings.DATA) / "demo-password"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_hex(5))
        return file.read_text().strip()

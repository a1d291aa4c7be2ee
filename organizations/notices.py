"""A kind of notice and its facts → subject, text and HTML in the reader's language, in the queue."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from organizations import post
from organizations.models import Notice, Organization


def write(
    kind: str,
    *,
    to: str,
    language: str,
    facts: dict[str, Any],
    now: datetime,
    organization: Organization | None = None,
) -> Notice:
    """Queue the notice of `kind` from templates/emails/notices; '' as language means the language spoken now."""
    facts = facts | {"site": settings.SITE_URL, "organization": organization}
    with translation.override(language or translation.get_language() or settings.LANGUAGE_CODE):
        subject = render_to_string(f"emails/notices/{kind}.subject.txt", facts)
        text = render_to_string(f"emails/notices/{kind}.txt", facts)
        html = render_to_string(f"emails/notices/{kind}.html", facts)
    return post.notify(
        to=to,
        kind=kind,
        subject=_one_line(subject),
        text=text.strip() + "\n",
        html=html,
        organization=organization,
        now=now,
    )


def _one_line(subject: str) -> str:
    """What a mail header takes: names come from people and may be long or hold invisible characters."""
    return "".join(character for character in " ".join(subject.split()) if character.isprintable())[:255]

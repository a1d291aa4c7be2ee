"""A member's browser, already signed in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from organizations.models import Member


def desk_of(member: Member, new_context: Callable[..., BrowserContext], site: str, **options: Any) -> Page:
    """A page of hers; the session comes from the cookie that signing in leaves behind."""
    client, name = Client(), settings.SESSION_COOKIE_NAME
    client.force_login(member.user)
    context = new_context(**options)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    return context.new_page()

"""A detractor answers; within seconds there is a case, somebody takes it, writes to her, and closes it with a cause.

A real browser, SMTP server, PostgreSQL, Valkey, worker and clock; nothing is faked.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from organizations.models import Organization, Role
from tests import factories
from tests.actions.unhappy import case_of
from tests.browsing import axe
from tests.desks import desk_of
from tests.feedback.asking import ask, path_of
from tests.smtp_sink import Sink

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def a_detractor_answers(acme: Organization, phone: Page, site: str) -> str:
    """On her phone; returns where she reads her mail."""
    invitation = ask(acme, now=datetime.now(UTC), name="Anna Berg")
    phone.goto(site + path_of(invitation))
    phone.locator('label:has(input[name="q-nps"][value="2"])').click()
    phone.locator('textarea[name="q-reason"]').fill("The parcel was torn")
    phone.get_by_role("button", name="Next").click()
    for question in ("product", "delivery", "checkout"):
        phone.locator(f'label:has(input[name="q-{question}"][value="4"])').click()
        expect(phone.locator(f'input[name="q-{question}"][value="4"]')).to_be_checked()
    phone.get_by_role("button", name="Send").click()
    expect(phone).to_have_url(re.compile(r"/thanks"))
    return str(invitation.customer.email)


def test_from_a_low_score_to_a_closed_case(
    live_site: str,
    mail_sink: Sink,
    celery_worker_process: Callable[..., Any],
    celery_beat_process: Callable[[], Any],
    new_context: Callable[..., BrowserContext],
    eventually: Callable[..., Any],
    browser_faults: list[str],
) -> None:
    celery_worker_process()
    celery_beat_process()
    acme = factories.organization("Acme Audio", now=datetime.now(UTC))
    cast = factories.cast(acme)
    phone = new_context(viewport={"width": 390, "height": 844}).new_page()
    address = a_detractor_answers(acme, phone, live_site)

    # Quentin finds the case on his board and gives it to Carla, who hears of it by a mail that names no customer.
    quentins = desk_of(cast[Role.QUALITY_MANAGER], new_context, live_site)
    case = quentins.get_by_role("link", name=re.compile(r"^Case \d+$"))
    eventually(
        lambda: quentins.goto(f"{live_site}/o/{acme.slug}/cases/board/") and case.count(), within=120, what="the case"
    )
    assert axe(quentins) == []
    case.click()
    expect(quentins.get_by_text("The parcel was torn")).to_be_visible()
    quentins.get_by_text("Give it to somebody").click()
    quentins.get_by_role("combobox", name="Owner").select_option(label="Carla")
    quentins.get_by_role("button", name="Give", exact=True).click()
    expect(quentins.get_by_text("Carla has it now.")).to_be_visible()
    carla = cast[Role.CASE_WORKER]
    notice = eventually(lambda: mail_sink.to(carla.user.email), within=120, what="the notice to Carla")[0]
    assert "Anna" not in notice.body()

    # She opens it from her home, takes it, and writes to Anna, who gets the mail.
    carlas = desk_of(carla, new_context, live_site)
    carlas.goto(f"{live_site}/o/{acme.slug}/cases/")
    assert axe(carlas) == []
    carlas.goto(f"{live_site}/o/{acme.slug}/")
    assert axe(carlas) == []
    carlas.get_by_role("link", name=re.compile(r"^Case \d+, Anna Berg$")).click()
    carlas.get_by_role("button", name="Take it").click()
    expect(carlas.get_by_text("It is yours.")).to_be_visible()
    carlas.get_by_label("Subject").fill("Your torn parcel")
    carlas.get_by_label("Your words").fill("We are sorry.\n\nA new one is on its way.")
    carlas.get_by_role("button", name="Send, and wait for her").click()
    expect(carlas.get_by_text("Your mail leaves in a moment.")).to_be_visible()
    reply = eventually(lambda: mail_sink.to(address), within=120, what="the reply")[0]
    assert "A new one is on its way." in reply.body()
    eventually(lambda: carlas.reload() and carlas.get_by_text("sent", exact=True).count(), within=120, what="its state")
    assert axe(carlas) == []

    # Closing without a cause is refused beside the field, with what she has chosen; then it is closed.
    carlas.get_by_label("How did it end?").select_option("put_right")
    carlas.locator("#close").get_by_role("button", name="Close the case").click()
    expect(carlas.locator("#close").get_by_text("Say what lay behind it")).to_be_visible()
    expect(carlas.get_by_label("How did it end?")).to_have_value("put_right")
    assert all("422" in fault for fault in browser_faults)
    browser_faults.clear()
    carlas.get_by_label("What lay behind it?").select_option("delivery")
    carlas.locator("#close").get_by_role("button", name="Close the case").click()
    expect(carlas.get_by_text("The case is closed.")).to_be_visible()

    # Vera sees that one case was opened and closed, and nothing of whose it was.
    veras = desk_of(cast[Role.VIEWER], new_context, live_site)
    veras.goto(f"{live_site}/o/{acme.slug}/cases/")
    expect(veras.get_by_text("1 of them is closed")).to_be_visible()
    assert "Anna" not in veras.content()
    assert axe(veras) == []


def test_a_case_is_dragged_to_another_column(live_site: str, new_context: Callable[..., BrowserContext]) -> None:
    acme = factories.organization("Acme Audio", now=datetime.now(UTC))
    cast = factories.cast(acme)
    case = case_of(acme, now=datetime.now(UTC))
    page = desk_of(cast[Role.CASE_WORKER], new_context, live_site)
    page.goto(f"{live_site}/o/{acme.slug}/cases/board/")

    card = page.locator("[data-case][draggable=true]")
    card.drag_to(page.locator('[data-column="waiting"]'))

    expect(page.locator('[data-column="waiting"] [data-case]')).to_be_visible()
    case.refresh_from_db()
    assert (case.state, case.owner) == ("waiting", cast[Role.CASE_WORKER])

    # Dropped on "closed" it asks for outcome and cause on its page.
    card.drag_to(page.locator('[data-column="closed"]'))
    expect(page).to_have_url(re.compile(rf"/cases/{case.pk}/#close"))

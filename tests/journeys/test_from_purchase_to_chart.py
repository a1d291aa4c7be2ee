"""The thread of the product, whole: a purchase comes in, the customer is asked, answers, and the dashboard shows it.

A real browser, SMTP server, PostgreSQL, Valkey, worker and clock; nothing is faked but the shop's file.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browsing import axe
from tests.smtp_sink import Mail, Sink

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

QUENTIN = "quentin@acme-audio.example"
PASSWORD = "a sentence nobody guesses"
CUSTOMERS = {"Anna": 10, "Bela": 9, "Chiara": 9, "David": 6, "Elif": 10, "Finn": 8}


def link_in(mail: Mail, pattern: str) -> str:
    found = re.search(rf"http://[^\s]*{pattern}[^\s]*", mail.body())
    assert found, mail.body()
    return found.group()


def six_purchases(folder: Path) -> Path:
    bought_on = (datetime.now(UTC) - timedelta(days=4)).date()
    rows = [f"A-{name},{bought_on},C-{name},{name.lower()}@customers.example,{name} Berg,en" for name in CUSTOMERS]
    file = folder / "purchases.csv"
    file.write_text("\n".join(["order,date,customer,email,name,language", *rows]))
    return file


def test_from_six_purchases_to_the_first_figure(
    live_site: str,
    mail_sink: Sink,
    celery_worker_process: Callable[..., Any],
    celery_beat_process: Callable[[], Any],
    page: Page,
    new_context: Callable[..., BrowserContext],
    eventually: Callable[..., Any],
    tmp_path: Path,
) -> None:
    celery_worker_process()
    celery_beat_process()

    # Quentin signs up, confirms his address from the mail, and founds his organization.
    page.goto(f"{live_site}/accounts/signup/")
    page.get_by_label("Your e-mail address").fill(QUENTIN)
    page.get_by_label("Your name").fill("Quentin Quality")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    welcome = eventually(lambda: mail_sink.to(QUENTIN), within=120, what="the mail that confirms his address")[0]
    page.goto(link_in(welcome, "/confirm-email/"))
    page.get_by_role("button", name="Yes, confirm").click()
    page.goto(f"{live_site}/organizations/new/")
    page.get_by_role("textbox", name=re.compile("^Name")).fill("Acme Audio")
    page.get_by_role("button", name="Create the organization").click()
    expect(page.get_by_role("heading", name="Welcome to Acme Audio")).to_be_visible()
    assert axe(page) == []

    # He makes the post-purchase survey from its template and publishes it.
    page.get_by_role("link", name="Choose a template").click()
    page.get_by_role("textbox", name=re.compile("^Name")).fill("After your purchase")
    page.get_by_role("button", name="Make the survey").click()
    page.goto(re.sub(r"/surveys/(\d+)/.*", r"/surveys/\1/publish/", page.url))
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("version 1").first).to_be_visible()
    home = re.sub(r"/surveys/.*", "/", page.url)

    # He brings six purchases of last week, and starts asking three days after a purchase.
    page.goto(f"{home}customers/bring/")
    page.get_by_label("File with purchases").set_input_files(six_purchases(tmp_path))
    page.get_by_role("button", name="Look at the file").click()
    expect(page.locator("[data-preview]")).to_contain_text("Anna Berg")
    page.get_by_role("button", name="Check the whole file").click()
    page.get_by_role("button", name="Record 6 new purchases").click(timeout=120_000)
    expect(page.locator('[data-import-state="done"]')).to_be_visible(timeout=120_000)
    page.goto(f"{home}touchpoints/new/")
    page.get_by_role("textbox", name=re.compile("^Name")).fill("After a purchase")
    page.get_by_role("combobox", name="Survey").select_option(label="After your purchase")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name=re.compile("^Start")).click()
    expect(page.get_by_text("running", exact=False).first).to_be_visible()

    # Six customers open their mail, each on her own phone, and answer by one tap in the mail and one on the page.
    page.goto(f"{home}dashboard/")
    expect(page.get_by_text("No answers yet").first).to_be_visible()
    for answered, (name, score) in enumerate(CUSTOMERS.items(), start=1):
        address = f"{name.lower()}@customers.example"
        mail = eventually(lambda address=address: mail_sink.to(address), within=120, what=f"the mail to {name}")[0]
        answer(new_context, mail, score)
        if answered < 5:
            expect(page.get_by_text(f"{answered} of 5 answers needed").first).to_be_visible(timeout=120_000)

    # Before the fifth the tile said how many are missing; now the figure is there, without a reload.
    nps = page.get_by_role("region", name=re.compile("^NPS How likely"))
    expect(nps).to_contain_text("+50", timeout=120_000)
    expect(nps).to_contain_text("n")
    assert axe(page) == []
    assert {recipient: count for recipient, count in mail_sink.per_recipient.items() if recipient != QUENTIN} == {
        f"{name.lower()}@customers.example": 1 for name in CUSTOMERS
    }


def answer(new_context: Callable[..., BrowserContext], mail: Mail, score: int) -> None:
    """She taps the score in the mail; nothing counts before she sends the page herself."""
    phone = new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    hers = phone.new_page()
    hers.goto(f"{link_in(mail, '/r/')}?s={score}")
    expect(hers.locator(f'input[name="q-nps"][value="{score}"]')).to_be_checked()
    hers.get_by_role("button", name="Next").click()
    for question in ("product", "delivery", "checkout"):
        hers.locator(f'label:has(input[name="q-{question}"][value="5"])').tap()
        expect(hers.locator(f'input[name="q-{question}"][value="5"]')).to_be_checked()
    hers.get_by_role("button", name="Send").click()
    expect(hers).to_have_url(re.compile(r"/thanks"))
    phone.close()

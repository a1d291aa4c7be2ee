"""Monday morning of a quality manager: her shop's file as it is, a trial run with it, and what comes of it by noon.

A real browser, SMTP server, PostgreSQL, Valkey, worker and clock; the purchases are those of a real shop.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from organizations.models import Role
from tests import factories
from tests.browsing import axe
from tests.desks import desk_of
from tests.feedback.files import CDNOW
from tests.smtp_sink import Mail, Sink

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Six answer; the first is unhappy.
SCORES = (2, 9, 10, 8, 10, 9)


def test_from_the_shops_file_to_a_closed_case(
    live_site: str,
    mail_sink: Sink,
    celery_worker_process: Callable[..., Any],
    celery_beat_process: Callable[[], Any],
    new_context: Callable[..., BrowserContext],
    eventually: Callable[..., Any],
) -> None:
    celery_worker_process()
    celery_beat_process()
    shop = factories.organization("CD Shop", now=datetime.now(UTC))
    cast = factories.cast(shop)
    survey = factories.survey(shop, now=datetime.now(UTC), by=cast[Role.QUALITY_MANAGER])
    page = desk_of(cast[Role.QUALITY_MANAGER], new_context, live_site)
    home = f"{live_site}/o/{shop.slug}/"

    # The file is as the shop wrote it: columns of fixed width, no names, no order numbers, no addresses.
    page.goto(f"{home}customers/bring/")
    page.get_by_label("File with purchases").set_input_files(CDNOW)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_label("Columns begin at")).to_have_value("1, 7, 12, 21, 24")
    expect(page.locator("[data-no-order]")).to_be_visible()
    assert axe(page) == []

    # It was guessed right but for one column: he takes the numbers of this file, and makes addresses by a pattern.
    page.get_by_label("Column 1 is").select_option(label="left out")
    page.get_by_label("Column 2 is").select_option(label="customer number")
    page.get_by_label("Name of the attribute in column 4").fill("quantity")
    page.get_by_label("E-mail addresses from a pattern").fill("customer{customer}@cds.example")
    page.get_by_role("checkbox", name="Trial run").check()
    expect(page.locator("[data-preview]")).to_contain_text("customer0001@cds.example")
    page.get_by_role("button", name="Check the whole file").click()
    page.get_by_role("button", name="Record 6,919 new purchases").or_(page.locator("[data-record]")).first.click(
        timeout=120_000
    )
    expect(page.locator('[data-import-state="done"]')).to_be_visible(timeout=120_000)
    expect(page.locator("[data-new]")).to_have_text("6,919")
    expect(page.locator("[data-report]")).to_contain_text("2,357")
    expect(page.get_by_text("Trial run: all dates were moved by")).to_be_visible()
    assert axe(page) == []

    # The same file once more changes nothing.
    page.goto(f"{home}customers/bring/")
    bring_again(page)
    expect(page.locator("[data-known]")).to_have_text("6,919", timeout=120_000)
    expect(page.locator("[data-would-be-new]")).to_have_text("0")

    # Before anybody is asked, a dry run tells whom a touchpoint would ask, and why not the others.
    page.goto(f"{home}touchpoints/new/")
    page.get_by_role("textbox", name=re.compile("^Name")).fill("After a purchase")
    page.get_by_role("combobox", name="Survey").select_option(label=survey.name)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name=re.compile("Dry run")).click()
    expect(
        page.get_by_role("heading", name=re.compile(r"Would have asked about \d+ of \d+ experiences"))
    ).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("asked recently"))).to_be_visible()
    assert axe(page) == []
    page.go_back()
    page.get_by_role("button", name=re.compile("^Start")).click()

    # Six customers open their mails and answer; the first is unhappy.
    mails = eventually(lambda: len(mail_sink.mails) > 5 and mail_sink.mails, within=120, what="mails to customers")
    for mail, score in zip(mails[:6], SCORES, strict=True):
        answer(new_context, mail, score)
    unhappy = mails[0].recipient

    # The dashboard tells it with its interval, and a click on the detractors leads to the answer behind them.
    page.goto(f"{home}dashboard/")
    nps = page.get_by_role("region", name=re.compile("^NPS How likely"))
    expect(nps).to_contain_text("+50", timeout=120_000)
    expect(nps).to_contain_text("low base")
    assert axe(page) == []
    nps.get_by_role("link", name=re.compile("^Detractors")).click()
    expect(page.get_by_role("row")).to_have_count(2)

    # A case has opened by itself. Carla takes it, writes to the customer, and closes it with outcome and cause.
    carlas = desk_of(cast[Role.CASE_WORKER], new_context, live_site)
    case = carlas.get_by_role("link", name=re.compile(r"^Case \d+"))
    eventually(lambda: carlas.goto(f"{home}cases/") and case.count(), within=120, what="the case")
    case.first.click()
    carlas.get_by_role("button", name="Take it").click()
    carlas.get_by_label("Subject").fill("Your order")
    carlas.get_by_label("Your words").fill("We are sorry, and send you a new one.")
    carlas.get_by_role("button", name="Send, and wait for her").click()
    reply = eventually(lambda: mail_sink.to(unhappy)[1:], within=120, what="the reply")[0]
    assert "send you a new one" in reply.body()
    carlas.get_by_label("How did it end?").select_option("put_right")
    carlas.get_by_label("What lay behind it?").select_option("product")
    carlas.locator("#close").get_by_role("button", name="Close the case").click()
    expect(carlas.get_by_text("The case is closed.")).to_be_visible()

    # The ledger accounts for every purchase of the file, and nobody had a second invitation.
    page.goto(f"{home}touchpoints/")
    page.get_by_role("link", name="After a purchase").first.click()
    expect(page.get_by_role("link", name="all on record").locator("xpath=..")).to_contain_text("6,919")
    asked = Counter(sent.recipient for sent in mail_sink.mails if sent.recipient.endswith("@cds.example"))
    assert asked.pop(unhappy) == 2
    assert set(asked.values()) == {1}


def bring_again(page: Page) -> None:
    """He says the same about it as the first time."""
    page.get_by_label("File with purchases").set_input_files(CDNOW)
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_label("Column 1 is").select_option(label="left out")
    page.get_by_label("Column 2 is").select_option(label="customer number")
    expect(page.locator("[data-preview]")).to_contain_text("0001 1997-01-01 1")
    page.get_by_role("button", name="Check the whole file").click()


def answer(new_context: Callable[..., BrowserContext], mail: Mail, score: int) -> None:
    phone = new_context(viewport={"width": 390, "height": 844})
    hers = phone.new_page()
    found = re.search(r"http://[^\s]*/r/[^\s]*", mail.body())
    assert found
    hers.goto(f"{found.group()}?s={score}")
    hers.get_by_role("button", name="Next").click()
    for question in ("product", "delivery", "checkout"):
        hers.locator(f'label:has(input[name="q-{question}"][value="4"])').click()
        expect(hers.locator(f'input[name="q-{question}"][value="4"]')).to_be_checked()
    hers.get_by_role("button", name="Send").click()
    expect(hers).to_have_url(re.compile(r"/thanks"))
    phone.close()

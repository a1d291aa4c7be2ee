"""The organization's own words in its mails: written side by side, looked at, tried on oneself, and sent."""

import email
import email.policy
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feedback import composing, mailing, wordings
from feedback.models import Customer, Invitation, MailWording, Message, Purpose
from feedback.wordings import Words
from organizations.models import AuditEntry, Member, Notice, Organization, Role
from surveys.models import Touchpoint
from tests import factories
from tests.feedback import mailings


@pytest.fixture
def acme(db: None) -> Organization:
    return factories.organization(sender_name="Rita from Acme")


@pytest.fixture
def touchpoint(acme: Organization) -> Touchpoint:
    return factories.touchpoint(acme)


@pytest.fixture
def quentin(acme: Organization, touchpoint: Touchpoint) -> Member:
    return acme.members.get(role=Role.QUALITY_MANAGER)


@pytest.fixture
def his(client: Client, quentin: Member) -> Client:
    client.force_login(quentin.user)
    return client


@pytest.fixture
def invitation(acme: Organization, touchpoint: Touchpoint, now: datetime) -> Invitation:
    anna = factories.customer(acme, "Anna Berg")
    headphones = factories.purchase(anna, days_ago=5, now=now, product="Headphones", store="Berlin")
    return factories.invitation(headphones, touchpoint=touchpoint, now=now)


def page_of(touchpoint: Touchpoint, name: str = "touchpoint_mail", **query: str) -> str:
    path = reverse(f"feedback:{name}", args=[touchpoint.organization.slug, touchpoint.pk])
    return path + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def mail_to(invitation: Invitation, now: datetime, purpose: Purpose = Purpose.INVITATION) -> Any:
    message = mailings.enqueue(invitation, now=now, purpose=purpose)
    [selected] = composing.ready(Message.objects.filter(pk=message.pk))
    return email.message_from_bytes(composing.compose(selected, now=now), policy=email.policy.default)


def body(mail: Any, kind: str = "plain") -> str:
    return str(mail.get_body((kind,)).get_content()).replace("\r\n", "\n")


def save(touchpoint: Touchpoint, by: Member, now: datetime, purpose: Purpose = Purpose.INVITATION, **of: Words) -> None:
    seen = wordings.revision(touchpoint, purpose)
    wordings.save(touchpoint, purpose, of, seen=seen, by=by, now=now)


OWN = Words(
    subject="{product|Your purchase}: a question from Rita",
    greeting="Dear {name|customer},",
    opening="You were in {{interaction:store|our shop}} on {date}.\n\nHow was it?",
    closing="Yours, {organization}",
)


def test_the_mail_says_what_the_organization_wrote(
    invitation: Invitation, touchpoint: Touchpoint, quentin: Member, now: datetime
) -> None:
    save(touchpoint, quentin, now, en=OWN)

    mail = mail_to(invitation, now)

    assert mail["Subject"] == "Headphones: a question from Rita"
    assert "Dear Anna Berg,\n\nYou were in Berlin on 12 March 2026.\n\nHow was it?\n" in body(mail)
    assert "Yours, Acme Audio" in body(mail)
    assert "on 12 March 2026.<br><br>How was it?" in body(mail, "html")


def test_what_we_do_not_know_of_her_leaves_no_hole(
    acme: Organization, touchpoint: Touchpoint, quentin: Member, now: datetime
) -> None:
    guest = factories.customer(acme)
    Customer.objects.filter(pk=guest.pk).update(name="")
    guest.refresh_from_db()
    ask = factories.invitation(factories.purchase(guest, days_ago=5, now=now), touchpoint=touchpoint, now=now)
    save(touchpoint, quentin, now, en=OWN)

    mail = mail_to(ask, now)

    assert mail["Subject"] == "Your purchase: a question from Rita"
    assert "Dear customer,\n\nYou were in our shop on" in body(mail)


def test_what_is_left_empty_is_said_in_our_words(
    invitation: Invitation, touchpoint: Touchpoint, quentin: Member, now: datetime
) -> None:
    save(touchpoint, quentin, now, en=Words(subject="A question"), de=OWN)

    mail = mail_to(invitation, now)

    assert mail["Subject"] == "A question"
    assert "Hello Anna Berg," in body(mail)


def test_invitation_and_reminder_have_words_of_their_own(
    invitation: Invitation, touchpoint: Touchpoint, quentin: Member, now: datetime
) -> None:
    save(touchpoint, quentin, now, purpose=Purpose.REMINDER, en=Words(subject="Once more"))

    assert mail_to(invitation, now)["Subject"] == "How are you getting on with Headphones?"
    assert mail_to(invitation, now, Purpose.REMINDER)["Subject"] == "Once more"


def test_a_change_holds_for_the_very_next_mail_and_what_was_said_before_can_be_told(
    invitation: Invitation, touchpoint: Touchpoint, quentin: Member, now: datetime
) -> None:
    save(touchpoint, quentin, now, en=Words(subject="First"))
    mail_to(invitation, now)
    save(touchpoint, quentin, now + timedelta(hours=1), en=Words(subject="Second"))

    assert mail_to(invitation, now)["Subject"] == "Second"
    assert list(MailWording.objects.order_by("pk").values_list("subject", "created_at")) == [
        ("First", now),
        ("Second", now + timedelta(hours=1)),
    ]
    assert AuditEntry.objects.filter(what="touchpoint.mail_worded", by=quentin).count() == 2


def test_saving_what_is_there_already_writes_nothing(touchpoint: Touchpoint, quentin: Member, now: datetime) -> None:
    save(touchpoint, quentin, now, en=OWN)
    save(touchpoint, quentin, now, en=OWN, de=Words())

    assert MailWording.objects.count() == 1


def test_two_who_write_at_once_do_not_overwrite_each_other_unseen(
    touchpoint: Touchpoint, quentin: Member, now: datetime
) -> None:
    save(touchpoint, quentin, now, en=Words(subject="Mine"))

    with pytest.raises(wordings.ChangedMeanwhile):
        wordings.save(touchpoint, Purpose.INVITATION, {"en": OWN}, seen=0, by=quentin, now=now)

    assert wordings.current(touchpoint, Purpose.INVITATION)["en"].subject == "Mine"


def test_no_words_can_add_a_header(
    invitation: Invitation, touchpoint: Touchpoint, quentin: Member, now: datetime
) -> None:
    save(touchpoint, quentin, now, en=Words(subject="Hi {name|}\r\nBcc: eve@evil.example\x00"))
    invitation.customer.name = "Anna\r\nX-Evil: 1"
    invitation.customer.save()

    mail = mail_to(invitation, now)

    assert mail["Bcc"] is mail["X-Evil"] is None
    assert mail["Subject"] == "Hi Anna X-Evil: 1 Bcc: eve@evil.example"


# --- the page ---


def typed(his: Client, touchpoint: Touchpoint, **fields: str) -> dict[str, str]:
    html = his.get(page_of(touchpoint)).content.decode()
    seen = re.search(r'name="seen" value="(\d+)"', html)
    assert seen is not None
    return {"seen": seen[1], "purpose": "invitation"} | {name.replace("_", "-"): text for name, text in fields.items()}


def test_the_page_offers_each_language_and_shows_our_own_words(his: Client, touchpoint: Touchpoint) -> None:
    html = his.get(page_of(touchpoint)).content.decode()

    assert 'name="subject-en"' in html
    assert 'name="opening-de"' in html
    assert 'placeholder="How are you getting on with {product}?"' in html
    assert 'placeholder="Guten Tag {name},"' in html


def test_words_are_saved_and_stand_there_again(his: Client, touchpoint: Touchpoint) -> None:
    answer = his.post(page_of(touchpoint), typed(his, touchpoint, subject_en="A question", closing_de="Ihre Rita"))

    assert answer.status_code == 302
    html = his.get(page_of(touchpoint)).content.decode()
    assert 'value="A question"' in html
    assert "Ihre Rita</textarea>" in html


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("Hello {nmae|you}", "“{nmae|you}” is not a word that we can fill in"),
        ("Hello {name}", "Say what stands there otherwise, after a bar: {name|instead}"),
        ("Hello {name|there", "A brace is missing or too many"),
        ("x" * 151, "At most 150 characters"),
        ("\x00", "Null characters are not allowed"),
    ],
)
def test_a_fault_is_shown_at_its_field_and_nothing_is_saved(
    his: Client, touchpoint: Touchpoint, text: str, advice: str
) -> None:
    fields = typed(his, touchpoint, subject_en=text, subject_de="Gut")

    answer = his.post(page_of(touchpoint), fields)

    assert answer.status_code == 422
    html = answer.content.decode()
    assert advice in html
    assert 'aria-invalid="true"' in html
    assert not MailWording.objects.exists()


def test_the_second_tab_is_told_that_the_first_has_saved(his: Client, touchpoint: Touchpoint) -> None:
    first, second = typed(his, touchpoint, subject_en="One"), typed(his, touchpoint, subject_en="Two")
    his.post(page_of(touchpoint), first)

    answer = his.post(page_of(touchpoint), second)

    assert "Somebody else has changed these words" in answer.content.decode()
    assert wordings.current(touchpoint, Purpose.INVITATION)["en"].subject == "One"


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 40])
def test_a_page_that_lost_a_part_on_its_way_is_refused(his: Client, touchpoint: Touchpoint, seen: str) -> None:
    answer = his.post(page_of(touchpoint), {"seen": seen, "subject-en": "Hi"})

    assert answer.status_code == 422
    assert not MailWording.objects.exists()


# --- the preview ---


def test_the_preview_shows_a_made_up_customer_in_what_is_being_written(his: Client, touchpoint: Touchpoint) -> None:
    fields = typed(his, touchpoint, subject_en="{product|It} again", opening_en="<b>So</b> {name|you}?")

    html = his.post(page_of(touchpoint, "mail_preview"), fields | {"language": "en"}).content.decode()

    assert "Reading lamp again" in html
    assert "&lt;b&gt;So&lt;/b&gt; Maria?" in html
    assert not MailWording.objects.exists()


def test_the_preview_shows_what_a_customer_reads_of_whom_we_know_nothing(his: Client, touchpoint: Touchpoint) -> None:
    html = his.get(page_of(touchpoint, "mail_preview", who="nobody", language="de")).content.decode()

    assert "Guten Tag," in html
    assert "Wie war es bei Acme Audio?" in html


def test_the_preview_shows_the_plain_text(his: Client, touchpoint: Touchpoint) -> None:
    html = his.get(page_of(touchpoint, "mail_preview", view="text")).content.decode()

    assert "<pre" in html
    assert "Hello Maria," in html


def test_the_preview_runs_no_script_and_stands_in_our_frames_alone(his: Client, touchpoint: Touchpoint) -> None:
    answer = his.get(page_of(touchpoint, "mail_preview"))

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy


def test_the_preview_of_broken_words_says_so(his: Client, touchpoint: Touchpoint) -> None:
    fields = typed(his, touchpoint, subject_en="{name")

    answer = his.post(page_of(touchpoint, "mail_preview"), fields | {"language": "en"})

    assert "Some words to fill in are not right yet" in answer.content.decode()


@pytest.mark.parametrize("query", [{"language": "xx"}, {"who": "somebody"}, {"view": "9" * 50}, {"purpose": "reply"}])
def test_a_strange_address_shows_the_ordinary_preview(
    his: Client, touchpoint: Touchpoint, query: dict[str, str]
) -> None:
    assert "Hello Maria," in his.get(page_of(touchpoint, "mail_preview", **query)).content.decode()


# --- a test to oneself ---


def ask_for_a_test(his: Client, of: Touchpoint, **fields: str) -> Any:
    path = reverse("feedback:test_mail", args=[of.organization.slug, of.survey_id])
    return his.post(path, {"language": "en", **fields})


def test_a_test_goes_to_whoever_asks_for_it_and_is_marked_as_one(
    his: Client, touchpoint: Touchpoint, quentin: Member
) -> None:
    ask_for_a_test(his, touchpoint)

    notice = Notice.objects.get()
    assert notice.to == quentin.user.email
    assert notice.subject == "Test: How are you getting on with Reading lamp?"
    assert "Hello Quentin," in notice.text
    assert "A test to you alone." in notice.text
    assert "A test to you alone." in notice.html
    assert not Message.objects.exists()
    assert AuditEntry.objects.filter(what="survey.tested_by_mail", by=quentin).count() == 1


def test_the_links_of_a_test_lead_to_the_preview_where_nothing_is_stored(his: Client, touchpoint: Touchpoint) -> None:
    ask_for_a_test(his, touchpoint, language="de")

    links = set(re.findall(r'href="([^"]+)"', Notice.objects.get().html))
    preview = reverse("surveys:preview", args=[touchpoint.organization.slug, touchpoint.survey_id])
    assert {preview} == {re.sub(r"^https?://[^/]+|\?.*$", "", link) for link in links}
    assert any("language=de" in link and link.endswith("&amp;s=9") for link in links)
    for link in links:
        assert his.get(link.replace("&amp;", "&").split("/", 3)[3].join(["/", ""])).status_code == 200


def test_a_test_of_a_touchpoint_is_in_its_own_words(
    his: Client, touchpoint: Touchpoint, quentin: Member, now: datetime
) -> None:
    save(touchpoint, quentin, now, purpose=Purpose.REMINDER, en=Words(subject="Once more"))

    ask_for_a_test(his, touchpoint, touchpoint=str(touchpoint.pk), purpose="reminder")

    assert Notice.objects.get().subject == "Test: Once more"


def test_the_button_leads_back_to_its_own_page_and_nowhere_else(his: Client, touchpoint: Touchpoint) -> None:
    here = page_of(touchpoint)

    assert ask_for_a_test(his, touchpoint, next=here).headers["Location"] == here
    assert "/surveys/" in ask_for_a_test(his, touchpoint, next="https://evil.example/o/x").headers["Location"]
    assert "/surveys/" in ask_for_a_test(his, touchpoint, next="//evil.example/o/x").headers["Location"]


def test_nobodys_inbox_is_filled_with_tests(his: Client, touchpoint: Touchpoint) -> None:
    for _ in range(21):
        answer = ask_for_a_test(his, touchpoint)

    assert Notice.objects.count() == 20
    assert "You have had 20 test mails within an hour" in his.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize("touchpoint_id", ["0", "x", "9" * 30, "\x00"])
def test_a_test_of_a_touchpoint_that_is_not_there_is_none(
    his: Client, touchpoint: Touchpoint, touchpoint_id: str
) -> None:
    assert ask_for_a_test(his, touchpoint, touchpoint=touchpoint_id).status_code in (400, 404)
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_the_mail_in_the_organizations_words(
    mail_sink: Any, invitation: Invitation, touchpoint: Touchpoint, quentin: Member, now: datetime
) -> None:
    save(touchpoint, quentin, now, en=OWN)
    mailings.enqueue(invitation, now=now)

    mailing.work(worker="w", now=now)

    assert mail_sink.mails[0].message["Subject"] == "Headphones: a question from Rita"

"""Signing up, confirming, signing in and out, forgetting, changing."""

import threading
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections
from django.test import Client
from pytest_django import Settings

from organizations.models import Member, Notice, User
from tests import factories
from tests.organizations.conftest import Company, link_in, notice_to

SIGN_UP = {"name": "Olga Olsen", "email": "olga@nordlicht.example", "password1": "seventeen blue bikes"}


@pytest.mark.django_db
def test_signing_up_ends_in_a_first_organization_once_the_address_is_confirmed(client: Client) -> None:
    answer = client.post("/accounts/signup/", SIGN_UP)

    assert answer.headers["Location"] == "/accounts/confirm-email/"
    olga = User.objects.get()
    assert (olga.email, olga.name, olga.language) == ("olga@nordlicht.example", "Olga Olsen", "en")
    link = link_in(notice_to(olga.email))
    assert client.post(link, follow=True).redirect_chain[-1] == ("/organizations/new/", 302)


@pytest.mark.django_db
def test_a_scanner_that_opens_the_link_confirms_nothing(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    link = link_in(notice_to(SIGN_UP["email"]))

    for scanner in (Client(), Client()):
        assert scanner.get(link).status_code == 200
        assert scanner.head(link).status_code == 200

    answer = Client().post("/accounts/login/", {"login": SIGN_UP["email"], "password": SIGN_UP["password1"]})
    assert answer.headers["Location"] == "/accounts/confirm-email/"


@pytest.mark.django_db
def test_a_link_confirms_once(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    link = link_in(notice_to(SIGN_UP["email"]))
    client.post(link)

    page = Client().get(link)

    assert "has been used already" in page.content.decode()
    assert Client().post(link).status_code == 404


@pytest.mark.django_db
def test_confirming_in_another_browser_leads_to_signing_in_and_on_to_where_one_was_going(client: Client) -> None:
    client.post("/accounts/signup/?next=/profile/", SIGN_UP)
    link = link_in(notice_to(SIGN_UP["email"]))
    phone = Client()

    page = phone.get(link)
    assert 'name="next" value="/profile/"' in page.content.decode()
    assert phone.post(link, {"next": "/profile/"}).headers["Location"] == "/profile/"


@pytest.mark.django_db
def test_an_address_that_has_an_account_is_told_so_by_mail_alone() -> None:
    factories.user("olga", email=SIGN_UP["email"])
    known, unknown = Client(), Client()

    answers = [
        known.post("/accounts/signup/", SIGN_UP),
        unknown.post("/accounts/signup/", SIGN_UP | {"email": "new@nordlicht.example"}),
    ]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (302, "/accounts/confirm-email/")
    ] * 2
    assert User.objects.filter(email=SIGN_UP["email"]).count() == 1
    assert notice_to(SIGN_UP["email"]).kind == "account_already_exists"


class Counting(Argon2PasswordHasher):
    """Making a password unreadable is what takes the time."""

    made = 0

    def encode(self, password: str, salt: str) -> str:
        Counting.made += 1
        return super().encode(password, salt)


@pytest.mark.django_db
def test_an_address_that_has_an_account_takes_as_long_as_a_new_one(settings: Settings) -> None:
    factories.user("olga", email=SIGN_UP["email"])
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    made = []

    for email in (SIGN_UP["email"], "new@nordlicht.example"):
        Counting.made = 0
        Client().post("/accounts/signup/", SIGN_UP | {"email": email})
        made.append(Counting.made)

    assert made == [1, 1]


@pytest.mark.django_db
def test_asking_for_a_new_password_says_the_same_for_known_and_unknown_addresses() -> None:
    factories.user("olga", email="olga@nordlicht.example")

    answers = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in ("olga@nordlicht.example", "nobody@nordlicht.example")
    ]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (302, "/accounts/password/reset/done/")
    ] * 2
    assert [notice_to(f"{name}@nordlicht.example").kind for name in ("olga", "nobody")] == [
        "password_reset_key",
        "unknown_account",
    ]


@pytest.mark.django_db
def test_a_forgotten_password_is_set_anew_and_its_owner_is_told(client: Client) -> None:
    olga = factories.user("olga", password="the old one is long", email="olga@nordlicht.example")
    client.post("/accounts/password/reset/", {"email": olga.email})
    form = client.get(link_in(notice_to(olga.email))).headers["Location"]

    done = client.post(form, {"password1": "a new and long one", "password2": "a new and long one"})

    assert done.headers["Location"] == "/accounts/password/reset/key/done/"
    assert notice_to(olga.email).kind == "password_reset"
    olga.refresh_from_db()
    assert olga.check_password("a new and long one")
    old_link = link_in(Notice.objects.get(kind="password_reset_key"))
    assert "used already" in Client().get(old_link).content.decode()


@pytest.mark.django_db
def test_links_in_mails_come_from_the_settings_whatever_host_the_request_claims(
    settings: Settings, client: Client
) -> None:
    settings.SITE_URL = "https://ask.nordlicht.example"
    settings.ALLOWED_HOSTS = ["evil.example", "testserver"]

    client.post("/accounts/signup/", SIGN_UP, headers={"host": "evil.example"})
    client.post("/accounts/password/reset/", {"email": SIGN_UP["email"]}, headers={"host": "evil.example"})
    client.post("/accounts/password/reset/", {"email": "who@nordlicht.example"}, headers={"host": "evil.example"})

    texts = [notice.text + notice.html for notice in Notice.objects.all()]
    assert len(texts) == 3
    assert all("https://ask.nordlicht.example/" in text and "evil.example" not in text for text in texts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "\thttps://evil.example",
        "/%09/evil.example\x00",
    ],
)
def test_nobody_is_led_to_another_site(client: Client, elsewhere: str) -> None:
    factories.user("olga", password=factories.PASSWORD, email="olga@nordlicht.example")
    credentials = {"login": "olga@nordlicht.example", "password": factories.PASSWORD, "next": elsewhere}

    led_to = client.post("/accounts/login/", credentials).headers["Location"]
    led_out = client.post("/accounts/logout/", {"next": elsewhere}).headers["Location"]

    for address in (led_to, led_out):
        assert address.startswith("/")
        assert address[1:2] not in ("/", "\\")


@pytest.mark.django_db
def test_whoever_wanted_a_page_gets_it_after_signing_in(acme: Company, client: Client) -> None:
    acme.vera.user.set_password(factories.PASSWORD)
    acme.vera.user.save()
    wanted = f"/o/{acme.slug}/settings/members/"

    asked = client.get(wanted).headers["Location"]
    answer = client.post(asked, {"login": acme.vera.user.email, "password": factories.PASSWORD, "next": wanted})

    assert asked == f"/accounts/login/?next={quote(wanted)}"
    assert answer.headers["Location"] == wanted


@pytest.mark.django_db
def test_signing_out_takes_a_post(acme: Company, signed_in: Callable[[Member], Client]) -> None:
    browser = signed_in(acme.vera)

    browser.get("/accounts/logout/")
    assert browser.get("/profile/").status_code == 200
    browser.post("/accounts/logout/")
    assert browser.get("/profile/").status_code == 302


@pytest.mark.django_db
def test_guessing_passwords_is_slowed_down(client: Client) -> None:
    factories.user("olga", password=factories.PASSWORD, email="olga@nordlicht.example")
    for _attempt in range(5):
        client.post("/accounts/login/", {"login": "olga@nordlicht.example", "password": "wrong"})

    page = client.post("/accounts/login/", {"login": "olga@nordlicht.example", "password": factories.PASSWORD})

    assert "Too many failed login attempts" in page.content.decode()


@pytest.mark.django_db
def test_too_many_sign_ups_from_one_place_get_a_kind_page(client: Client) -> None:
    answers = [client.post("/accounts/signup/", {}) for _attempt in range(21)]

    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert "Wait a few minutes" in answers[-1].content.decode()


@pytest.mark.django_db
def test_a_new_address_takes_the_password_and_counts_once_it_is_confirmed(client: Client) -> None:
    olga = factories.user("olga", password=factories.PASSWORD, email="olga@old.example")
    client.post("/accounts/login/", {"login": olga.email, "password": factories.PASSWORD})

    asks = client.post("/accounts/email/", {"email": "olga@new.example", "action_add": "1"}).headers["Location"]
    assert asks == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    assert client.get(asks).status_code == 200
    assert not Notice.objects.exists()
    client.post(asks, {"password": factories.PASSWORD})
    olga.refresh_from_db()
    assert olga.email == "olga@old.example"

    client.post(link_in(notice_to("olga@new.example")))
    olga.refresh_from_db()
    assert olga.email == "olga@new.example"
    assert notice_to("olga@old.example").kind == "email_changed"


@pytest.mark.django_db
def test_changing_the_password_tells_its_owner(client: Client) -> None:
    olga = factories.user("olga", password=factories.PASSWORD, email="olga@nordlicht.example")
    client.post("/accounts/login/", {"login": olga.email, "password": factories.PASSWORD})

    client.post(
        "/accounts/password/change/",
        {"oldpassword": factories.PASSWORD, "password1": "a new and long one", "password2": "a new and long one"},
    )

    olga.refresh_from_db()
    assert olga.check_password("a new and long one")
    assert notice_to(olga.email).kind == "password_changed"


@pytest.mark.django_db
def test_members_choose_the_language_they_are_spoken_to(acme: Company, signed_in: Callable[[Member], Client]) -> None:
    browser = signed_in(acme.vera)

    browser.post("/profile/", {"name": "Vera Vogel", "language": "de"})

    acme.vera.user.refresh_from_db()
    assert (acme.vera.user.name, acme.vera.user.language) == ("Vera Vogel", "de")
    assert browser.cookies["django_language"].value == "de"
    assert browser.get("/profile/").headers["Content-Language"] == "de"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "a" * 250 + "@nordlicht.example"),
        ("email", "olga\x00@nordlicht.example"),
        ("email", "x" * 1_000_000),
        ("name", ""),
        ("name", "Olga\x00"),
        ("name", "O" * 1_000_000),
        ("name", "Olga\x07Olsen"),
        ("name", "Win at https://evil.example"),
        ("password1", "short"),
        ("password1", "1234567890123"),
        ("password1", "password123456789" * 100_000),
        ("password1", "long enough\x00 but odd"),
    ],
)
def test_rubbish_at_sign_up_is_answered_beside_the_field(client: Client, field: str, value: str) -> None:
    page = client.post("/accounts/signup/", SIGN_UP | {field: value})

    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert f'id="error_1_id_{field}"' in page.content.decode() or f"id_{field}_error" in page.content.decode()
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"])
@pytest.mark.parametrize("rubbish", ["\x00", "x" * 300_000, "' OR 1=1 --", "\u202e\u0000ÿ", "a@b" * 400])
def test_rubbish_in_every_field_of_signing_in_is_no_fault_of_ours(client: Client, address: str, rubbish: str) -> None:
    fields = dict.fromkeys(("login", "password", "email", "name", "password1", "next"), rubbish)

    page = client.post(address, fields)

    assert page.status_code == 200
    assert page.context["form"].errors


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/accounts/confirm-email/rubbish/",
        "/accounts/confirm-email/MQ:1xYz:forged/",
        "/accounts/password/reset/key/1-forged-token/",
        "/accounts/password/reset/key/zzzzzzzzzzzzzzzzzzzzzzzz-x/",
        "/accounts/password/reset/key/0-set-password/",
    ],
)
def test_forged_links_get_a_kind_page(client: Client, address: str) -> None:
    page = client.get(address)

    assert page.status_code == 200
    assert "used already" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_one_address_signing_up_ten_times_at_once_makes_one_account() -> None:
    answers: list[int] = []
    ready = threading.Barrier(10)

    def sign_up_at_once() -> None:
        browser = Client(raise_request_exception=False)
        ready.wait()
        answers.append(browser.post("/accounts/signup/", SIGN_UP).status_code)
        connections.close_all()

    threads = [threading.Thread(target=sign_up_at_once) for _each in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302] * 10
    assert User.objects.count() == 1
    assert Member.objects.count() == 0

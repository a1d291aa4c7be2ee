"""Nothing crosses from one organization to another: every address is tried by strangers and by every role.

An address without its line in ADDRESSES fails, and so does a view under /o/<slug>/ that names no role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from organizations.models import Member, Role
from tests import factories
from tests.belongings import Belongings

VIEWER, CASE_WORKER, QUALITY_MANAGER, OWNER = Role.VIEWER, Role.CASE_WORKER, Role.QUALITY_MANAGER, Role.OWNER
WALLED = "o/<slug:slug>/"
WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "TRUNCATE", "MERGE")

Words = Callable[[Belongings], dict[str, Any]]


def nothing(it: Belongings) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Within:
    """A page of an organization: the lowest role that may see it, and whose ids are in its address."""

    role: Role
    words: Words = nothing


@dataclass(frozen=True)
class SignedIn:
    """A page of whoever is signed in; `why` it belongs to no organization."""

    why: str
    words: Words = nothing


@dataclass(frozen=True)
class Public:
    """A page for everybody; `why`."""

    why: str
    words: Words = nothing


@dataclass(frozen=True)
class Mailed:
    """A page opened by a link that carries its own authority."""

    words: Words


def survey(it: Belongings) -> dict[str, Any]:
    return {"pk": it.survey.pk}


def wording(it: Belongings) -> dict[str, Any]:
    return {"pk": it.survey.pk, "number": 1}


def touchpoint(it: Belongings) -> dict[str, Any]:
    return {"pk": it.touchpoint.pk}


def customer(it: Belongings) -> dict[str, Any]:
    return {"pk": it.customer.pk}


def import_waiting(it: Belongings) -> dict[str, Any]:
    return {"pk": it.import_waiting.pk}


def import_done(it: Belongings) -> dict[str, Any]:
    return {"pk": it.import_done.pk}


def message(it: Belongings) -> dict[str, Any]:
    return {"pk": it.message.pk}


def response(it: Belongings) -> dict[str, Any]:
    return {"pk": it.response.pk}


def case(it: Belongings) -> dict[str, Any]:
    return {"pk": it.case.pk}


def scored_question(it: Belongings) -> dict[str, Any]:
    return {"pk": it.scored_question.pk}


def colleague(it: Belongings) -> dict[str, Any]:
    return {"pk": it.colleague.pk}


def colleague_invite(it: Belongings) -> dict[str, Any]:
    return {"pk": it.colleague_invite.pk}


def answer(it: Belongings) -> dict[str, Any]:
    return {"token": it.answer_token}


ADDRESSES: dict[str, Within | SignedIn | Public | Mailed] = {
    "organizations:landing": Public("the front door"),
    "organizations:mine": SignedIn("where one chooses the organization"),
    "organizations:found": SignedIn("where there is no organization yet"),
    "organizations:profile": SignedIn("one's own name and language"),
    "organizations:join": Mailed(lambda it: {"token": it.join_token}),
    "organizations:logo": Public("mails and customers' pages show it", lambda it: {"name": "none.png"}),
    "organizations:settings": Within(OWNER),
    "organizations:appearance": Within(OWNER),
    "organizations:remove_logo": Within(OWNER),
    "organizations:members": Within(VIEWER),
    "organizations:invite": Within(OWNER),
    "organizations:leave": Within(VIEWER),
    "organizations:change_role": Within(OWNER, colleague),
    "organizations:remove": Within(OWNER, colleague),
    "organizations:resend_invite": Within(OWNER, colleague_invite),
    "organizations:withdraw_invite": Within(OWNER, colleague_invite),
    "organizations:record": Within(OWNER),
    "account_signup": Public("where accounts begin"),
    "account_login": Public("where one signs in"),
    "account_logout": Public("signs out whoever is here, by POST"),
    "account_inactive": Public("says that an account is off"),
    "account_reauthenticate": SignedIn("asks for one's own password"),
    "account_email": SignedIn("one's own address"),
    "account_email_verification_sent": Public("says that a mail is on its way"),
    "account_confirm_email": Public("the key in it is its authority", lambda it: {"key": "forged"}),
    "account_change_password": SignedIn("one's own password"),
    "account_set_password": SignedIn("one's own password"),
    "account_reset_password": Public("for those who cannot sign in"),
    "account_reset_password_done": Public("for those who cannot sign in"),
    "account_reset_password_from_key": Public("the key is its authority", lambda it: {"uidb36": "1", "key": "a-b"}),
    "account_reset_password_from_key_done": Public("for those who cannot sign in"),
    "mailbox:inbox": Public("development alone; not there in production"),
    "mailbox:mail": Public("development alone; not there in production", lambda it: {"name": "none"}),
    "mailbox:body": Public("development alone; not there in production", lambda it: {"name": "none"}),
    "surveys:list": Within(QUALITY_MANAGER),
    "surveys:start": Within(QUALITY_MANAGER),
    "surveys:upload": Within(QUALITY_MANAGER),
    "surveys:detail": Within(QUALITY_MANAGER, survey),
    "surveys:edit": Within(QUALITY_MANAGER, survey),
    "surveys:preview": Within(QUALITY_MANAGER, survey),
    "surveys:publish": Within(QUALITY_MANAGER, survey),
    "surveys:discard": Within(QUALITY_MANAGER, survey),
    "surveys:rename": Within(QUALITY_MANAGER, survey),
    "surveys:copy": Within(QUALITY_MANAGER, survey),
    "surveys:archive": Within(QUALITY_MANAGER, survey),
    "surveys:bring_back": Within(QUALITY_MANAGER, survey),
    "surveys:download": Within(QUALITY_MANAGER, wording),
    "respond:page": Mailed(answer),
    "respond:thanks": Mailed(answer),
    "respond:unsubscribe": Public("the token is its authority", lambda it: {"token": "forged"}),
    "respond:undo": Public("the token is its authority", lambda it: {"token": "forged"}),
    "respond:style": Public("a style sheet", lambda it: {"digest": "0", "colour": "066fd1"}),
    "feedback:customers": Within(CASE_WORKER),
    "feedback:bring": Within(QUALITY_MANAGER),
    "feedback:sample": Within(QUALITY_MANAGER),
    "feedback:imports": Within(QUALITY_MANAGER),
    "feedback:import": Within(QUALITY_MANAGER, import_done),
    "feedback:import_columns": Within(QUALITY_MANAGER, import_waiting),
    "feedback:import_mapping": Within(QUALITY_MANAGER, import_done),
    "feedback:import_record": Within(QUALITY_MANAGER, import_done),
    "feedback:import_cancel": Within(QUALITY_MANAGER, import_done),
    "feedback:import_faults": Within(QUALITY_MANAGER, import_done),
    "feedback:reporting_attributes": Within(QUALITY_MANAGER),
    "feedback:customers_export": Within(QUALITY_MANAGER),
    "feedback:customer": Within(CASE_WORKER, customer),
    "feedback:release": Within(QUALITY_MANAGER, customer),
    "feedback:customer_erase": Within(QUALITY_MANAGER, customer),
    "feedback:touchpoints": Within(QUALITY_MANAGER),
    "feedback:create_touchpoint": Within(QUALITY_MANAGER),
    "feedback:touchpoint": Within(QUALITY_MANAGER, touchpoint),
    "feedback:edit_touchpoint": Within(QUALITY_MANAGER, touchpoint),
    "feedback:start_touchpoint": Within(QUALITY_MANAGER, touchpoint),
    "feedback:pause_touchpoint": Within(QUALITY_MANAGER, touchpoint),
    "feedback:dry_run": Within(QUALITY_MANAGER, touchpoint),
    "feedback:ledger": Within(CASE_WORKER, touchpoint),
    "feedback:ledger_csv": Within(QUALITY_MANAGER, touchpoint),
    "feedback:touchpoint_mail": Within(QUALITY_MANAGER, touchpoint),
    "feedback:mail_preview": Within(QUALITY_MANAGER, touchpoint),
    "feedback:preview_page": Within(QUALITY_MANAGER, wording),
    "feedback:test_mail": Within(QUALITY_MANAGER, survey),
    "feedback:outbox": Within(QUALITY_MANAGER),
    "feedback:outbox_export": Within(QUALITY_MANAGER),
    "feedback:outbox_retry": Within(QUALITY_MANAGER),
    "feedback:outbox_arrived": Within(QUALITY_MANAGER, message),
    "feedback:outbox_again": Within(QUALITY_MANAGER, message),
    "feedback:responses": Within(CASE_WORKER),
    "feedback:responses_export": Within(QUALITY_MANAGER),
    "feedback:response": Within(CASE_WORKER, response),
    "feedback:response_exclude": Within(QUALITY_MANAGER, response),
    "feedback:response_include": Within(QUALITY_MANAGER, response),
    "feedback:response_erase": Within(QUALITY_MANAGER, response),
    "dashboards:dashboard": Within(VIEWER),
    "dashboards:changes": Within(VIEWER),
    "dashboards:definition": Within(VIEWER, scored_question),
    "dashboards:methods": Within(VIEWER),
    "actions:home": Within(VIEWER),
    "actions:cases": Within(VIEWER),
    "actions:board": Within(CASE_WORKER),
    "actions:case_figures": Within(VIEWER),
    "actions:cases_export": Within(QUALITY_MANAGER),
    "actions:case_rules": Within(QUALITY_MANAGER),
    "actions:case": Within(CASE_WORKER, case),
    "actions:case_take": Within(CASE_WORKER, case),
    "actions:case_assign": Within(CASE_WORKER, case),
    "actions:case_move": Within(CASE_WORKER, case),
    "actions:case_note": Within(CASE_WORKER, case),
    "actions:case_reply": Within(CASE_WORKER, case),
    "actions:case_due": Within(CASE_WORKER, case),
    "actions:case_close": Within(CASE_WORKER, case),
    "actions:case_reopen": Within(CASE_WORKER, case),
    "api:healthz": Public("says that this process lives"),
    "api:readyz": Public("says whether this process may get requests"),
}


@dataclass(frozen=True)
class Address:
    name: str
    route: str
    view: Any


def addresses() -> Iterator[Address]:
    yield from _addresses(get_resolver().url_patterns, "", "")


def _addresses(patterns: list[Any], route: str, namespace: str) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _addresses(pattern.url_patterns, here, inner)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{namespace}{pattern.name or here}", here, pattern.callback)


FOUND = {address.name: address for address in addresses()}


def of_kind(kind: type[Within | SignedIn | Public | Mailed], *, with_ids: bool = False) -> pytest.MarkDecorator:
    """One test for each address of that kind that is served."""
    served = {name: entry for name, entry in ADDRESSES.items() if isinstance(entry, kind) and name in FOUND}
    return pytest.mark.parametrize(
        "name", [name for name in served if not (with_ids and served[name].words is nothing)]
    )


@pytest.fixture
def ours(db: None) -> Belongings:
    return Belongings(factories.organization("Acme Audio"))


@pytest.fixture
def theirs(db: None) -> Belongings:
    return Belongings(factories.organization("Mallory Media"), mark="Hushhush")


def test_every_address_has_its_line_and_every_line_an_address() -> None:
    assert set(FOUND) - set(ADDRESSES) == set(), "addresses without a line in ADDRESSES"
    assert set(ADDRESSES) - set(FOUND) == set(), "lines in ADDRESSES without an address"


def test_no_two_addresses_share_a_name() -> None:
    names = [address.name for address in addresses()]

    assert sorted(names) == sorted(set(names))


def test_every_view_of_an_organization_names_the_role_in_its_line() -> None:
    named = {
        name: getattr(address.view, "needed_role", None) for name, address in FOUND.items() if WALLED in address.route
    }

    assert named == {name: entry.role for name, entry in ADDRESSES.items() if isinstance(entry, Within)}


def test_no_view_outside_names_a_role() -> None:
    outside = [address for address in FOUND.values() if WALLED not in address.route]

    assert [address.name for address in outside if hasattr(address.view, "needed_role")] == []


@of_kind(Within)
def test_strangers_are_sent_to_sign_in(name: str, ours: Belongings) -> None:
    address = _address(name, ours)

    for answer in _refused(Client(), address):
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, reverse("account_login"))


@of_kind(Within)
def test_another_organization_is_not_there(name: str, ours: Belongings, theirs: Belongings) -> None:
    address = _address(name, ours)

    for member in theirs.cast.values():
        for answer in _refused(_browser(member), address):
            assert answer.status_code == 404


@of_kind(Within)
def test_whoever_has_left_is_outside(name: str, ours: Belongings) -> None:
    address = _address(name, ours)
    otto = factories.member(ours.organization, Role.QUALITY_MANAGER, name="otto")
    Member.objects.filter(pk=otto.pk).update(left_at=factories.NOW)

    for answer in _refused(_browser(otto), address):
        assert answer.status_code == 404


@of_kind(Within)
@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_what_it_may(name: str, role: Role, ours: Belongings) -> None:
    address = _address(name, ours)
    browser = _browser(ours.cast[role])
    entry = ADDRESSES[name]
    assert isinstance(entry, Within)

    if role.may(entry.role):
        answer = browser.get(address)
        answer = browser.post(address) if answer.status_code == 405 else answer
        assert answer.status_code < 500
        assert answer.status_code not in (403, 404, 405)
    else:
        for answer in _refused(browser, address):
            assert answer.status_code == 403


def test_what_can_be_read_answers_whoever_asks_for_its_head_alone(ours: Belongings) -> None:
    browser = _browser(ours.cast[Role.OWNER])

    answers = {name: browser.head(_address(name, ours)) for name in ADDRESSES if name in FOUND}

    readable = {name: answer.headers["Allow"] for name, answer in answers.items() if answer.status_code == 405}
    assert [name for name, allowed in readable.items() if "GET" in allowed.split(", ")] == []


@of_kind(Within, with_ids=True)
def test_ids_of_another_organization_are_not_found_within_ones_own(
    name: str, ours: Belongings, theirs: Belongings
) -> None:
    entry = ADDRESSES[name]
    address = reverse(name, kwargs={"slug": ours.organization.slug, **entry.words(theirs)})

    for answer in _refused(_browser(ours.cast[Role.OWNER]), address):
        assert answer.status_code == 404


@of_kind(Within)
def test_ids_of_another_organization_in_the_query_show_nothing_of_it(
    name: str, ours: Belongings, theirs: Belongings
) -> None:
    foreign: dict[str, str | int] = {
        "survey": theirs.survey.pk,
        "touchpoint": theirs.touchpoint.pk,
        "customer": theirs.customer.pk,
        "response": theirs.response.pk,
        "question": theirs.scored_question.pk,
        "member": theirs.colleague.pk,
        "q": "",
    }

    answer = _browser(ours.cast[Role.OWNER]).get(_address(name, ours), foreign)

    assert answer.status_code < 500
    assert theirs.mark.lower() not in answer.getvalue().decode().lower()


@of_kind(SignedIn)
def test_ones_own_pages_take_a_sign_in(name: str, ours: Belongings) -> None:
    address = _address(name, ours)
    for answer in _refused(Client(), address):
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, reverse("account_login"))

    vera = ours.cast[Role.VIEWER]
    vera.user.set_password(factories.PASSWORD)
    vera.user.save()
    answer = _browser(vera).get(address)
    assert answer.status_code in (200, 302)
    assert not answer.headers.get("Location", "").startswith(reverse("account_login"))


@of_kind(Public)
def test_public_pages_are_open_and_looking_writes_nothing(name: str, ours: Belongings) -> None:
    address = _address(name, ours)

    with _no_writes():
        answer = Client().get(address)

    assert answer.status_code in (200, 302, 404, 405, 410, 503)
    assert not answer.headers.get("Location", "").startswith(reverse("account_login") + "?")


@of_kind(Mailed)
def test_mailed_links_open_without_a_sign_in_and_looking_writes_nothing(name: str, ours: Belongings) -> None:
    address = _address(name, ours)

    with _no_writes():
        answer = Client().get(address)

    assert answer.status_code in (200, 302, 303, 410)
    assert not answer.headers.get("Location", "").startswith(reverse("account_login"))


def _address(name: str, it: Belongings) -> str:
    entry = ADDRESSES[name]
    slug = {"slug": it.organization.slug} if isinstance(entry, Within) else {}
    return reverse(name, kwargs={**slug, **entry.words(it)})


def _browser(member: Member) -> Client:
    browser = Client()
    browser.force_login(member.user)
    return browser


def _refused(browser: Client, address: str) -> list[Any]:
    """What comes back by GET and by POST, as far as the address takes them; nothing may have been written."""
    with _no_writes():
        answers = [browser.get(address), browser.post(address, {"role": "owner", "name": "Mallory"})]
    taken = [answer for answer in answers if answer.status_code != 405]
    assert taken, "this address takes neither GET nor POST"
    return taken


@contextmanager
def _no_writes() -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    written = [query["sql"] for query in queries if query["sql"].lstrip().upper().startswith(WRITES)]
    assert written == []

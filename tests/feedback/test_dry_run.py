"""A dry run tells whom a touchpoint would ask: what it says is what the sweeps then do, and it writes nothing."""

import itertools
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from feedback import dry_run, inviting
from feedback.dry_run import DryRun, Settings
from feedback.eligibility import Manners
from feedback.models import Invitation, Message, Reason, Skip, Suppression, SuppressionReason
from feedback.replay import ASKED, Experience, replay
from organizations.models import Member, Organization, Role
from surveys.models import Touchpoint, TouchpointState
from tests import factories
from tests.examples import examples
from tests.factories import NOW

PEOPLE = ("anna", "bela", "chiara")


def counts(found: DryRun) -> dict[str, int]:
    return {line.outcome: line.count for line in found.lines}


def tried(touchpoint: Touchpoint, window: str = "90", *, now: datetime = NOW) -> dict[str, int]:
    settings = Settings.stored(touchpoint)
    return counts(dry_run.run(touchpoint.organization, settings, window=window, now=now))


@pytest.fixture
def draft(acme: Organization) -> Touchpoint:
    return factories.touchpoint(acme, state=TouchpointState.DRAFT, started_at=None)


@pytest.mark.django_db
def test_each_purchase_of_the_window_is_told_with_its_reason(acme: Organization, draft: Touchpoint) -> None:
    Touchpoint.objects.update(rules=[{"interaction": "store", "is": "Berlin"}])
    draft.refresh_from_db()
    anna = factories.customer(acme, "Anna Berg")
    factories.purchase(anna, days_ago=50, store="Berlin")
    factories.purchase(anna, days_ago=40, store="Berlin")
    factories.purchase(anna, days_ago=10, store="Berlin")
    factories.purchase(factories.customer(acme, "Bela Toth"), days_ago=10, store="Oslo")
    nameless = factories.customer(acme, "No Address", email="")
    type(nameless).objects.filter(pk=nameless.pk).update(address_key="")
    factories.purchase(nameless, days_ago=10, store="Berlin")
    carl = factories.customer(acme, "Carl Opt")
    Suppression.objects.create(
        organization=acme, address_key=carl.address_key, reason=SuppressionReason.OPTED_OUT, at=NOW
    )
    factories.purchase(carl, days_ago=10, store="Berlin")
    factories.purchase(factories.customer(acme, "Dora Today"), days_ago=1, store="Berlin")
    factories.purchase(factories.customer(acme, "Otto Old"), days_ago=300, store="Berlin")

    assert tried(draft) == {
        ASKED: 2,
        Reason.ASKED_RECENTLY: 1,
        Reason.NOT_MEANT: 1,
        Reason.NO_ADDRESS: 1,
        Reason.OPTED_OUT: 1,
        dry_run.NOT_DUE: 1,
    }
    assert tried(draft, "all")[ASKED] == 3
    assert (Invitation.objects.count(), Skip.objects.count(), Message.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_whoever_was_asked_just_before_the_window_is_left_in_peace_inside_it(
    acme: Organization, draft: Touchpoint
) -> None:
    anna = factories.customer(acme)
    factories.purchase(anna, days_ago=35)
    factories.purchase(anna, days_ago=20)

    assert tried(draft, "30") == {Reason.ASKED_RECENTLY: 1}


@pytest.mark.django_db
def test_the_quiet_period_goes_over_the_touchpoints_that_run(acme: Organization, draft: Touchpoint) -> None:
    factories.purchase(factories.customer(acme), days_ago=10)
    assert tried(draft) == {ASKED: 1}

    sooner = factories.touchpoint(acme, survey=factories.survey(acme, name="Delivery"), days_after=1)
    assert tried(draft) == {Reason.ASKED_RECENTLY: 1}
    assert tried(sooner) == {ASKED: 1}

    Touchpoint.objects.filter(pk=sooner.pk).update(state=TouchpointState.PAUSED)
    assert tried(draft) == {ASKED: 1}


@pytest.mark.django_db
def test_examples_are_the_latest_purchases_with_their_customers(acme: Organization, draft: Touchpoint) -> None:
    for number in range(8):
        factories.purchase(factories.customer(acme, f"Customer{number} Berg"), days_ago=20 - number)

    found = dry_run.run(acme, Settings.stored(draft), window="90", now=NOW)

    [line] = found.lines
    assert [each.customer.name for each in line.examples] == [f"Customer{number} Berg" for number in range(3, 8)]


@pytest.mark.django_db
def test_trying_what_would_happen_now_says_what_starting_does(acme: Organization, draft: Touchpoint) -> None:
    for number in range(12):
        buyer = factories.customer(acme, f"Customer{number} Berg")
        for days in range(number % 4 + 1):
            factories.purchase(buyer, days_ago=2 + number + 9 * days)
    Touchpoint.objects.update(rules=[{"customer": "language", "is": "en"}])
    draft.refresh_from_db()

    said = tried(draft, dry_run.NOW)
    Touchpoint.objects.update(state=TouchpointState.RUNNING, started_at=NOW)
    inviting.sweep(now=NOW)
    inviting.skip_history(now=NOW)

    done = Counter(Skip.objects.values_list("reason", flat=True)) + Counter({ASKED: Invitation.objects.count()})
    assert {outcome: count for outcome, count in said.items() if outcome != dry_run.NOT_DUE} == dict(done)
    assert said[ASKED] > 0
    draft.refresh_from_db()
    again = tried(draft, dry_run.NOW)
    assert again == {dry_run.DECIDED: done.total(), dry_run.NOT_DUE: said[dry_run.NOT_DUE]}


@pytest.mark.django_db
def test_a_dry_run_of_the_past_is_what_sweeping_every_day_would_have_done(
    acme: Organization, draft: Touchpoint
) -> None:
    purchases = [(number, day) for number in range(6) for day in range(number, 80, 5 + 7 * number)]
    buyers = [factories.customer(acme, f"Customer{number} Berg") for number in range(6)]
    for number, days_ago in purchases:
        factories.purchase(buyers[number], days_ago=days_ago)

    said = tried(draft, "all")
    Touchpoint.objects.update(state=TouchpointState.RUNNING, started_at=NOW)
    for days_ago in range(90, -1, -1):
        inviting.sweep(now=NOW - timedelta(days=days_ago))

    done = Counter(Skip.objects.values_list("reason", flat=True)) + Counter({ASKED: Invitation.objects.count()})
    assert {outcome: count for outcome, count in said.items() if outcome != dry_run.NOT_DUE} == dict(done)
    assert set(said) == {ASKED, Reason.ASKED_RECENTLY, dry_run.NOT_DUE}


@pytest.mark.django_db
def test_what_is_beyond_the_most_is_not_looked_at_and_that_is_said(
    acme: Organization, draft: Touchpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "MOST", 2)
    for number in range(4):
        factories.purchase(factories.customer(acme, f"Customer{number} Berg"), days_ago=10 + number)

    found = dry_run.run(acme, Settings.stored(draft), window="all", now=NOW)

    assert (found.total, found.is_cut) == (2, True)


@given(
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(0, 60)), max_size=40),
    st.integers(0, 20),
    st.integers(0, 40),
)
@settings(max_examples=examples(100))
def test_nobody_is_ever_asked_twice_within_the_quiet_period(
    bought: list[tuple[str, int]], days_after: int, quiet_period: int
) -> None:
    bought.sort(key=lambda each: each[1])
    experiences = [
        Experience(number, NOW + timedelta(days=day), who, frozenset({0})) for number, (who, day) in enumerate(bought)
    ]
    manners = Manners(days_after, quiet_period, days_after + 1)

    told = list(replay([manners], experiences, suppressed={}, until=NOW + timedelta(days=400)))

    assert sorted(experience.id for _place, experience, _outcome in told) == list(range(len(bought)))
    for who in PEOPLE:
        asked = [each.at for _place, each, outcome in told if outcome == ASKED and each.address_key == who]
        assert all(after - before >= timedelta(days=quiet_period) for before, after in itertools.pairwise(asked))


# --- its page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def quentin(acme: Organization, client: Client) -> Member:
    member = Member.objects.filter(organization=acme, role=Role.QUALITY_MANAGER).first() or factories.member(acme)
    client.force_login(member.user)
    return member


@pytest.mark.django_db
@pytest.mark.parametrize("window", ["", "?window=30", "?window=365", "?window=all", "?window=now", "?window=-1;drop"])
def test_its_page_takes_any_window(
    client: Client, acme: Organization, draft: Touchpoint, quentin: Member, window: str
) -> None:
    page = client.get(f"/o/{acme.slug}/touchpoints/{draft.pk}/dry-run/{window}")

    assert page.status_code == 200
    assert "Nothing is on record in this time." in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_its_page_takes_the_same_queries_for_one_purchase_and_for_three(
    client: Client,
    acme: Organization,
    draft: Touchpoint,
    quentin: Member,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        factories.purchase(factories.customer(acme, f"Customer{number} Berg"), days_ago=10)

    with django_assert_num_queries(9):
        page = client.get(f"/o/{acme.slug}/touchpoints/{draft.pk}/dry-run/?window=all")

    assert f"Would have asked about {count} of {count} experience{'s' if count > 1 else ''}" in page.content.decode()

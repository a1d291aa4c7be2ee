"""Drafts: begun, saved by one at a time, thrown away."""

import json
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from organizations.models import AuditEntry, Member, Organization
from surveys import archiving, documents, drafting, publishing, questionnaire, starters
from surveys.models import Basis, Survey, SurveyVersion
from surveys.questionnaire import Questionnaire
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def quentin(acme: Organization) -> Member:
    return factories.member(acme)


@pytest.fixture
def survey(acme: Organization, quentin: Member) -> Survey:
    wording = starters.STARTERS["post_purchase"].questionnaire()
    return drafting.create(
        acme, name="Post-purchase", basis="transactional", questionnaire=wording, by=quentin, now=NOW
    )


def reworded(version: SurveyVersion, text: str) -> Questionnaire:
    data = json.loads(version.document)
    data["pages"][0]["questions"][0]["text"]["en"] = text
    return questionnaire.parse(data)


def said(organization: Organization) -> list[str]:
    return list(AuditEntry.objects.filter(organization=organization).order_by("pk").values_list("what", flat=True))


def test_a_new_survey_begins_as_a_draft_that_nobody_sees(survey: Survey, acme: Organization) -> None:
    draft = survey.versions.get()

    assert (draft.number, draft.published_at, survey.published) == (1, None, None)
    assert survey.basis == Basis.TRANSACTIONAL
    assert documents.of(draft) == starters.STARTERS["post_purchase"].questionnaire()
    assert draft.digest == questionnaire.digest(documents.of(draft))
    assert said(acme) == ["survey.created"]


def test_what_is_saved_is_what_the_draft_says(survey: Survey, quentin: Member, acme: Organization) -> None:
    draft = survey.versions.get()
    wording = reworded(draft, "Would you buy here again?")

    saved = drafting.save(draft, wording, revision=0, by=quentin, now=NOW + timedelta(hours=1))

    assert documents.of(saved) == wording
    assert saved.digest == questionnaire.digest(wording)
    assert (saved.revision, saved.changed_at) == (1, NOW + timedelta(hours=1))
    assert said(acme)[-1] == "survey.draft_saved"


def test_saving_what_it_says_already_leaves_no_trace(survey: Survey, quentin: Member, acme: Organization) -> None:
    draft = survey.versions.get()

    saved = drafting.save(draft, documents.of(draft), revision=0, by=quentin, now=NOW)

    assert saved.revision == 0
    assert said(acme) == ["survey.created"]


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(survey: Survey, quentin: Member) -> None:
    draft = survey.versions.get()
    first = drafting.save(draft, reworded(draft, "First?"), revision=0, by=quentin, now=NOW)

    with pytest.raises(drafting.Stale) as refusal:
        drafting.save(draft, reworded(draft, "Second?"), revision=0, by=quentin, now=NOW)

    assert refusal.value.current == first
    assert documents.of(survey.versions.get()) == documents.of(first)


def test_a_published_version_takes_no_more_wording(survey: Survey, quentin: Member) -> None:
    draft = survey.versions.get()
    publishing.publish(draft, by=quentin, now=NOW)

    with pytest.raises(drafting.Stale):
        drafting.save(draft, reworded(draft, "Too late?"), revision=0, by=quentin, now=NOW)


def test_the_next_draft_begins_with_what_customers_see_now(survey: Survey, quentin: Member, acme: Organization) -> None:
    live = publishing.publish(survey.versions.get(), by=quentin, now=NOW)

    draft = drafting.continue_(survey, by=quentin, now=NOW)

    assert (draft.number, draft.document, draft.published_at) == (2, live.document, None)
    assert said(acme)[-1] == "survey.draft_begun"


def test_asking_for_a_draft_twice_gives_the_same_one(survey: Survey, quentin: Member) -> None:
    publishing.publish(survey.versions.get(), by=quentin, now=NOW)

    first = drafting.continue_(survey, by=quentin, now=NOW)
    second = drafting.continue_(survey, by=quentin, now=NOW)

    assert first == second


def test_throwing_a_draft_away_leaves_what_customers_see(survey: Survey, quentin: Member, acme: Organization) -> None:
    live = publishing.publish(survey.versions.get(), by=quentin, now=NOW)
    draft = drafting.continue_(survey, by=quentin, now=NOW)

    drafting.discard(draft, by=quentin, now=NOW)

    assert list(survey.versions.all()) == [live]
    assert said(acme)[-1] == "survey.draft_discarded"


def test_the_only_draft_cannot_be_thrown_away(survey: Survey, quentin: Member) -> None:
    with pytest.raises(drafting.NothingToGoBackTo):
        drafting.discard(survey.versions.get(), by=quentin, now=NOW)

    assert survey.versions.count() == 1


def test_a_copy_begins_with_the_newest_wording_and_is_counted_apart(survey: Survey, quentin: Member) -> None:
    twin = drafting.copy(survey, name="Post-purchase, France", by=quentin, now=NOW)

    assert twin.versions.get().document == survey.versions.get().document
    assert twin.questions.count() == 0
    assert (twin.name, twin.organization) == ("Post-purchase, France", survey.organization)


def test_renaming_is_recorded_with_both_names(survey: Survey, quentin: Member, acme: Organization) -> None:
    drafting.rename(survey, name="After buying", by=quentin, now=NOW)

    entry = AuditEntry.objects.filter(organization=acme).latest("pk")
    assert (entry.what, entry.detail) == ("survey.renamed", {"from": "Post-purchase", "to": "After buying"})
    assert Survey.objects.get(pk=survey.pk).name == "After buying"


def test_an_archived_survey_takes_no_new_wording(survey: Survey, quentin: Member) -> None:
    draft = survey.versions.get()
    archiving.archive(survey, by=quentin, now=NOW)

    with pytest.raises(drafting.IsArchived):
        drafting.save(draft, reworded(draft, "Still?"), revision=0, by=quentin, now=NOW)
    with pytest.raises(drafting.IsArchived):
        drafting.continue_(survey, by=quentin, now=NOW)


def test_a_survey_that_is_being_sent_is_not_archived(survey: Survey, acme: Organization, quentin: Member) -> None:
    factories.touchpoint(acme, survey=survey, name="After a delivery")

    with pytest.raises(archiving.StillAsking) as refusal:
        archiving.archive(survey, by=quentin, now=NOW)

    assert refusal.value.names == ["After a delivery"]
    assert Survey.objects.get(pk=survey.pk).archived_at is None


def test_an_archived_survey_comes_back(survey: Survey, acme: Organization, quentin: Member) -> None:
    archiving.archive(survey, by=quentin, now=NOW)
    archiving.bring_back(survey, by=quentin, now=NOW)

    assert Survey.objects.get(pk=survey.pk).archived_at is None
    assert said(acme)[-2:] == ["survey.archived", "survey.brought_back"]


def test_a_questionnaire_longer_than_256_kb_is_refused(survey: Survey, quentin: Member) -> None:
    draft = survey.versions.get()
    data = json.loads(draft.document)
    page = data["pages"][0]["questions"]
    page += [{"key": f"note_{n}", "kind": "statement", "text": {"en": "ä" * 2900}} for n in range(60)]

    with pytest.raises(drafting.TooLarge):
        drafting.save(draft, questionnaire.parse(data), revision=0, by=quentin, now=NOW)

    assert survey.versions.get().revision == 0


def test_a_published_version_is_read_once(
    survey: Survey, quentin: Member, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    live = publishing.publish(survey.versions.get(), by=quentin, now=NOW)
    first = documents.of(live)

    with django_assert_num_queries(0):
        assert documents.of_published(live.pk) is first

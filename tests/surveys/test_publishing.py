"""Publishing: checked, frozen, with a row for every lasting question."""

import hashlib
import json
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from organizations.models import AuditEntry, Member, Organization
from surveys import archiving, documents, drafting, publishing, questionnaire, starters
from surveys.models import Question, Survey, SurveyVersion
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def choices(*keys: str) -> list[dict[str, Any]]:
    return [{"key": key, "label": {"en": key.title()}} for key in keys]


def document(**changes: Any) -> dict[str, Any]:
    """How likely, why, and where she heard of us."""
    questions: dict[str, Any] = {
        "nps": {"key": "nps", "kind": "nps", "text": {"en": "How likely are you to recommend us?"}, "required": True},
        "why": {"key": "why", "kind": "text", "text": {"en": "What is the main reason?"}},
        "source": {
            "key": "source",
            "kind": "single_choice",
            "text": {"en": "Where did you hear of us?"},
            "choices": choices("friends", "press"),
        },
    }
    for key, change in changes.items():
        questions[key] = None if change is None else {**(questions.get(key) or {"key": key}), **change}
    asked = [question for question in questions.values() if question]
    return {"format": 1, "base_language": "en", "pages": [{"questions": asked}]}


@pytest.fixture
def quentin(acme: Organization) -> Member:
    return factories.member(acme)


@pytest.fixture
def survey(acme: Organization, quentin: Member) -> Survey:
    wording = questionnaire.parse(document())
    return drafting.create(
        acme, name="Post-purchase", basis="transactional", questionnaire=wording, by=quentin, now=NOW
    )


def draft_of(survey: Survey, by: Member, **changes: Any) -> SurveyVersion:
    draft = drafting.continue_(survey, by=by, now=NOW)
    wording = questionnaire.parse(document(**changes))
    return drafting.save(draft, wording, revision=draft.revision, by=by, now=NOW)


def published(survey: Survey, by: Member, **changes: Any) -> SurveyVersion:
    return publishing.publish(draft_of(survey, by, **changes), by=by, now=NOW)


def row(survey: Survey, key: str) -> Question:
    return survey.questions.get(key=key)


def test_what_is_published_is_byte_for_byte_what_the_draft_said(survey: Survey, quentin: Member) -> None:
    draft = survey.versions.get()

    version = publishing.publish(draft, by=quentin, now=NOW)

    stored = SurveyVersion.objects.get(pk=draft.pk)
    assert stored.document == draft.document
    assert stored.digest == hashlib.sha256(stored.document.encode()).hexdigest() == version.digest
    assert (stored.published_at, stored.published_by) == (NOW, quentin)
    assert survey.published == stored


def test_publishing_is_recorded_with_who_and_which(survey: Survey, acme: Organization, quentin: Member) -> None:
    version = publishing.publish(survey.versions.get(), by=quentin, now=NOW)

    entry = AuditEntry.objects.filter(organization=acme).latest("pk")
    assert (entry.what, entry.by, entry.at) == ("survey.published", quentin, NOW)
    assert entry.detail == {"name": survey.name, "version": 1, "digest": version.digest}


def test_the_database_refuses_to_change_a_published_version(survey: Survey, quentin: Member) -> None:
    version = publishing.publish(survey.versions.get(), by=quentin, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyVersion.objects.filter(pk=version.pk).update(document="{}")


def test_a_published_version_says_by_whom(survey: Survey) -> None:
    with pytest.raises(IntegrityError, match="published_version_says_when_and_by_whom"):
        survey.versions.update(published_at=NOW)


def test_every_question_gets_a_row_that_says_how_it_is_counted(survey: Survey, quentin: Member) -> None:
    version = publishing.publish(survey.versions.get(), by=quentin, now=NOW)

    rows = [
        (asked.key, asked.kind, asked.figure, asked.lowest, asked.highest, asked.choice_keys, asked.position)
        for asked in survey.questions.order_by("position")
    ]
    assert rows == [
        ("nps", "nps", "nps", 0, 10, [], 0),
        ("why", "text", "comments", None, None, [], 1),
        ("source", "single_choice", "choices", None, None, ["friends", "press"], 2),
    ]
    assert {asked.first_version for asked in survey.questions.all()} == {version}
    assert row(survey, "nps").title == "How likely are you to recommend us?"


def test_a_question_keeps_its_row_over_versions(survey: Survey, quentin: Member) -> None:
    first = published(survey, quentin)
    before = row(survey, "nps")

    second = published(survey, quentin, nps={"text": {"en": "Would you recommend us?"}})

    after = row(survey, "nps")
    assert after.pk == before.pk
    assert (after.title, after.first_version, after.last_version) == ("Would you recommend us?", first, second)


def test_a_question_that_is_no_longer_asked_keeps_its_row_and_its_last_version(survey: Survey, quentin: Member) -> None:
    first = published(survey, quentin)

    published(survey, quentin, why=None)

    assert row(survey, "why").last_version == first
    assert survey.questions.count() == 3


def test_choices_only_grow_so_that_a_histogram_keeps_its_places(survey: Survey, quentin: Member) -> None:
    published(survey, quentin)
    published(survey, quentin, source={"choices": choices("search", "press")})
    published(survey, quentin, source={"choices": choices("friends", "press", "radio")})

    assert row(survey, "source").choice_keys == ["friends", "press", "search", "radio"]


def test_a_key_does_not_become_another_kind_of_question(survey: Survey, quentin: Member) -> None:
    published(survey, quentin)
    draft = draft_of(survey, quentin, why={"kind": "csat"})

    with pytest.raises(publishing.NotPublishable) as refusal:
        publishing.publish(draft, by=quentin, now=NOW)

    assert [fault.code for fault in refusal.value.faults] == ["kind_changed"]
    assert "key" in str(refusal.value)
    assert SurveyVersion.objects.get(pk=draft.pk).published_at is None
    assert row(survey, "why").kind == "text"


def test_a_key_that_rested_for_a_version_keeps_its_kind_too(survey: Survey, quentin: Member) -> None:
    published(survey, quentin)
    published(survey, quentin, why=None)
    draft = draft_of(survey, quentin, why={"kind": "statement"})

    with pytest.raises(publishing.NotPublishable):
        publishing.publish(draft, by=quentin, now=NOW)


def test_an_unchanged_draft_is_refused_kindly(survey: Survey, quentin: Member) -> None:
    published(survey, quentin, why=None)
    draft = drafting.continue_(survey, by=quentin, now=NOW)

    with pytest.raises(publishing.NotPublishable) as refusal:
        publishing.publish(draft, by=quentin, now=NOW)

    assert [fault.code for fault in refusal.value.faults] == ["unchanged"]
    assert "version 1" in str(refusal.value)


def test_publishing_twice_is_refused(survey: Survey, quentin: Member) -> None:
    version = published(survey, quentin)

    with pytest.raises(publishing.NotPublishable) as refusal:
        publishing.publish(version, by=quentin, now=NOW)

    assert [fault.code for fault in refusal.value.faults] == ["already_published"]


def test_an_archived_survey_is_not_published(survey: Survey, quentin: Member) -> None:
    archiving.archive(survey, by=quentin, now=NOW)

    with pytest.raises(publishing.NotPublishable) as refusal:
        publishing.publish(survey.versions.get(), by=quentin, now=NOW)

    assert [fault.code for fault in refusal.value.faults] == ["archived"]


def test_what_was_changed_since_somebody_looked_is_not_published_unseen(survey: Survey, quentin: Member) -> None:
    draft = survey.versions.get()
    draft_of(survey, quentin, why=None)

    with pytest.raises(drafting.Stale):
        publishing.publish(draft, by=quentin, now=NOW, revision=draft.revision)

    assert survey.published is None


@pytest.mark.parametrize("key", list(starters.STARTERS))
def test_every_template_can_be_published_as_it_is(acme: Organization, quentin: Member, key: str) -> None:
    survey = factories.survey(acme, starter=key)

    asked = documents.of(factories.published(survey)).questions
    assert [row.key for row in survey.questions.order_by("position")] == [question.key for question in asked]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told(survey: Survey, quentin: Member) -> None:
    draft = survey.versions.get()
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def publish() -> None:
        together.wait(timeout=120)
        try:
            publishing.publish(draft, by=quentin, now=NOW)
            outcomes.append("published")
        except publishing.NotPublishable as refusal:
            outcomes.append(refusal.faults[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert sorted(outcomes) == ["already_published", "published"]
    assert survey.questions.count() == 3
    assert AuditEntry.objects.filter(what="survey.published").count() == 1


def test_the_digest_does_not_depend_on_the_order_of_names(survey: Survey, quentin: Member) -> None:
    draft = survey.versions.get()
    shuffled = dict(reversed(list(json.loads(draft.document).items())))

    same = drafting.save(draft, questionnaire.parse(shuffled), revision=0, by=quentin, now=NOW)

    assert (same.digest, same.revision) == (draft.digest, 0)

"""What holds for any questionnaire and any answers: same bytes, places of faults, and one truth about the path."""

import json
import pickle
import re
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys import kinds, path, questionnaire, rendering
from surveys.answers import NO_ANSWER, AnswerValue, Attributes
from surveys.document import Questionnaire
from surveys.faults import Fault
from surveys.questionnaire import FaultyQuestionnaire
from surveys.rendering import Block, Sheet
from tests.examples import examples
from tests.surveys.documents import (
    answers_to,
    any_answers,
    attributes,
    documents,
    good_answers,
    hostile_texts,
    questionnaires,
    rubbish,
)

pytestmark = pytest.mark.long

patient = settings(
    deadline=None, max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


# The document.


@patient
@given(documents())
def test_any_valid_document_comes_back_byte_for_byte(document: dict[str, Any]) -> None:
    parsed = questionnaire.parse(document)
    stored = questionnaire.to_json(parsed)

    again = questionnaire.read(stored)

    assert again == parsed
    assert questionnaire.to_json(again) == stored
    assert questionnaire.digest(again) == questionnaire.digest(parsed)
    assert pickle.loads(pickle.dumps(parsed)) == parsed
    assert hash(again) == hash(parsed)


@patient
@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_names_in_the_file_does_not_matter(document: dict[str, Any], random: Any) -> None:
    def shuffled(part: Any) -> Any:
        if isinstance(part, dict):
            names = list(part)
            random.shuffle(names)
            return {name: shuffled(part[name]) for name in names}
        return [shuffled(item) for item in part] if isinstance(part, list) else part

    assert questionnaire.to_json(questionnaire.parse(shuffled(document))) == questionnaire.to_json(
        questionnaire.parse(document)
    )


@settings(patient, max_examples=examples(60))
@given(documents(), st.data())
def test_every_fault_names_a_place_that_is_in_the_document(document: dict[str, Any], data: st.DataObject) -> None:
    broken = mutated(document, data)
    before = repr(broken)

    parsed, faults = parsed_or_faults(broken)

    assert (parsed is None) is bool(faults)
    for fault in faults:
        assert fault.message
        assert leads_somewhere(fault.where, broken), fault
    if parsed is not None:
        assert questionnaire.read(questionnaire.to_json(parsed)) == parsed
    assert repr(broken) == before


def parsed_or_faults(document: object) -> tuple[Questionnaire | None, tuple[Fault, ...]]:
    try:
        return questionnaire.parse(document), ()
    except FaultyQuestionnaire as refusal:
        return None, refusal.faults


def mutated(document: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    document = deepcopy(document)
    places = list(containers(document))
    for _ in range(data.draw(st.integers(1, 2))):
        part = data.draw(st.sampled_from(places))
        if isinstance(part, dict):
            name = data.draw(st.sampled_from([*part, "surprise"]))
            if data.draw(st.booleans()):
                part.pop(name, None)
            else:
                part[name] = data.draw(rubbish)
        else:
            part.insert(data.draw(st.integers(0, len(part))), data.draw(st.one_of(rubbish, st.sampled_from(places))))
    return deepcopy(document)


def containers(part: Any) -> Any:
    if isinstance(part, dict | list):
        yield part
        for inner in part.values() if isinstance(part, dict) else part:
            yield from containers(inner)


def leads_somewhere(where: str, document: Any) -> bool:
    """Its last step may be what is missing; everything before must be there. Names with dots may end it early."""
    part = document
    steps = re.findall(r"\[(\d+)\]|([^.\[\]]+)", where)
    for at, (index, name) in enumerate(steps):
        last = at == len(steps) - 1
        if index:
            if not (isinstance(part, list) and int(index) < len(part)):
                return False
            part = part[int(index)]
        elif isinstance(part, dict) and name in part:
            part = part[name]
        else:
            # A missing thing, or a name so odd that a message shortens it; a default that was filled in (endings).
            return last or not isinstance(part, list)
    return True


@patient
@given(rubbish)
def test_rubbish_is_refused_with_reasons(document: Any) -> None:
    with pytest.raises(FaultyQuestionnaire) as refusal:
        questionnaire.parse(document)
    assert refusal.value.faults


@patient
@given(st.one_of(st.text(), st.binary(), rubbish.map(lambda value: json.dumps(value))))
def test_a_file_with_rubbish_is_refused_with_reasons(text: str | bytes) -> None:
    with pytest.raises(FaultyQuestionnaire) as refusal:
        questionnaire.read(text)
    assert refusal.value.faults


# Path, page and judgement.


class Browser:
    """Sends what an HTML form sends. With a script, blocks appear and vanish as she answers; without, as the server
    last drew them."""

    def __init__(self, sheet: Sheet, *, script: bool) -> None:
        self.sheet, self.script = sheet, script
        self.values: dict[str, list[tuple[str, str]]] = {}

    def visible(self) -> list[Block]:
        if not self.script:
            return [block for block in self.sheet.blocks if block.on_path]
        seen: list[Block] = []
        for block in self.sheet.blocks:
            on_page = {earlier.key: self.sent(earlier.key) for earlier in seen}
            if block.show_if is None or script_holds(block.show_if, on_page):
                seen.append(block)
        return seen

    def sent(self, key: str) -> list[str]:
        return [value for name, value in self.values.get(key, []) if name == kinds.field(key)]

    def form(self) -> dict[str, list[str]]:
        fields: dict[str, list[str]] = {}
        pairs = [pair for block in self.visible() for pair in (*self.values.get(block.key, []), ("shown", block.key))]
        for name, value in (*self.sheet.carried, *pairs):
            fields.setdefault(name, []).append(value)
        return fields


def script_holds(condition: dict[str, Any], values: dict[str, list[str]]) -> bool:
    """The few lines that the page's script has, in Python."""
    if "all" in condition:
        return all(script_holds(part, values) for part in condition["all"])
    if "any" in condition:
        return any(script_holds(part, values) for part in condition["any"])
    if "not" in condition:
        return not script_holds(condition["not"], values)
    given = values.get(condition["answer"], [])
    if "answered" in condition:
        return bool(given) is condition["answered"]
    return any(value in condition["one_of"] for value in given)


@settings(patient, max_examples=examples(60))
@given(questionnaires, attributes, st.booleans(), st.data())
def test_page_path_and_judgement_agree_from_the_first_page_to_the_thanks(
    asked: Questionnaire, known: Attributes, script: bool, data: st.DataObject
) -> None:
    page: int | None = None
    answers: dict[str, AnswerValue] = {}
    faults: dict[str, Any] = {}
    ever_shown: set[str] = set()
    for _ in range(3 * len(asked.questions) + 10):
        sheet = rendering.sheet(asked, page, "de", answers, known, faults)
        browser = Browser(sheet, script=script)
        wills = {block.key: will_of(asked, block.key, answers, faults, data) for block in sheet.blocks}
        browser.values = {
            key: list(kinds.of(asked.question(key)).fields(asked.question(key), will)) for key, will in wills.items()
        }
        form = browser.form()
        shown = form.get("shown", [])
        ever_shown |= set(shown)
        answers = kinds.read_all(asked, form)

        judged = path.judge(asked, answers, known, pages=range(sheet.index + 1), shown=shown)

        on_this_page = {step.question.key for step in judged.path.steps if step.page == sheet.index and step.on_path}
        visible = {block.key for block in browser.visible()}
        if script:
            assert visible == on_this_page  # the script and the server see the same page
            assert not judged.unseen
        assert set(judged.unseen) == {key for key in on_this_page - visible if answers.get(key) is None}
        for key in judged.faults:  # requires exactly what was shown
            assert key in visible
            assert asked.question(key).required
            assert key not in answers
        missing = {key for key in visible & on_this_page if asked.question(key).required and key not in answers}
        assert set(judged.faults) == missing
        faults = judged.faults
        if not judged.is_complete:
            page = sheet.index
            continue
        page = judged.path.next_page(sheet.index)
        assert not (sheet.may_be_last and page is not None)
        if page is None:
            break
    else:
        pytest.fail("she never got to the end")

    final = path.judge(asked, answers, known, shown=shown)

    assert final.is_complete
    assert final.path.keys <= ever_shown
    assert set(final.path.required) <= set(final.accepted)
    assert set(final.accepted) <= final.path.keys  # hidden never stored
    thanks = rendering.thanks(asked, "de", answers, known)
    assert not re.search(r"\{\{|\}\}", f"{thanks.title}{thanks.text}")


def will_of(
    asked: Questionnaire, key: str, answers: dict[str, AnswerValue], faults: dict[str, Any], data: st.DataObject
) -> AnswerValue:
    """She may skip a question; told that it is required, she answers."""
    question = asked.question(key)
    if key in answers or not kinds.of(question).is_answered:
        return answers.get(key, NO_ANSWER)
    if key in faults or data.draw(st.booleans()):
        return data.draw(good_answers(question))
    return NO_ANSWER


@patient
@given(questionnaires, attributes, st.data())
def test_only_sound_answers_on_the_path_are_accepted(
    asked: Questionnaire, known: Attributes, data: st.DataObject
) -> None:
    answers = data.draw(answers_to(asked))

    judged = path.judge(asked, answers, known, pages=())

    again = path.judge(asked, judged.accepted, known, pages=())
    assert again.accepted == judged.accepted
    assert not again.faults
    for key, answer in judged.accepted.items():
        assert again.path.on(key)
        assert answers[key] == answer
        assert not kinds.of(asked.question(key)).faults(asked.question(key), answer)


@patient
@given(questionnaires, attributes, st.data())
def test_a_confirmed_response_lacks_nothing_that_was_asked_and_required(
    asked: Questionnaire, known: Attributes, data: st.DataObject
) -> None:
    answers = data.draw(answers_to(asked))

    judged = path.judge(asked, answers, known)

    walked = path.walk(asked, answers, known)
    for key in walked.required:
        assert (key in judged.faults) or (key in walked.answers)
    assert set(judged.faults) <= walked.keys
    if judged.is_complete:
        assert judged.accepted == dict(walked.answers)
    else:
        assert judged.page_to_mend is not None


@patient
@given(questionnaires, attributes, st.data())
def test_what_was_sent_for_a_hidden_question_changes_nothing(
    asked: Questionnaire, known: Attributes, data: st.DataObject
) -> None:
    answers = data.draw(answers_to(asked))
    walked = path.walk(asked, answers, known)
    hidden = [question for question in asked.questions if not walked.on(question.key)]

    tampered = answers | {question.key: data.draw(good_answers(question)) for question in hidden}

    assert path.walk(asked, tampered, known) == walked
    assert path.judge(asked, tampered, known).accepted == path.judge(asked, answers, known).accepted


@patient
@given(questionnaires, attributes, st.sampled_from(["en", "ar", "xx"]), st.data())
def test_every_page_can_be_drawn_and_shows_no_placeholder(
    asked: Questionnaire, known: Attributes, language: str, data: st.DataObject
) -> None:
    answers = data.draw(answers_to(asked))
    walked = path.walk(asked, answers, known)

    for page in [None, *walked.pages, 99]:
        sheet = rendering.sheet(asked, page, language, answers, known, path.judge(asked, answers, known).faults)
        drawn = {block.key for block in sheet.blocks if block.on_path}
        assert drawn == {step.question.key for step in walked.steps if step.on_path and step.page == sheet.index}
        for said in [sheet.title, *(said for block in sheet.blocks for said in (block.text, block.help))]:
            assert not re.search(r"\{\{|\}\}", said.text)
        assert 0 <= sheet.progress.percent <= 100
        json.dumps([block.show_if for block in sheet.blocks])
    assert len(rendering.sheets(asked, language, answers, known)) == len(asked.pages)


# The kinds.


@patient
@given(questionnaires, st.data())
def test_no_rubbish_in_a_form_breaks_a_question(asked: Questionnaire, data: st.DataObject) -> None:
    for question in asked.questions:
        kind = kinds.of(question)
        values = st.lists(st.one_of(hostile_texts, st.sampled_from(["", *kind.values(question)])), max_size=4)
        fields = {kinds.field(question.key): data.draw(values), kinds.other_field(question.key): data.draw(values)}

        answer = kind.read(question, fields)

        kind.faults(question, answer)
        assert "\x00" not in answer.text
        if kind.is_possible(question, answer):
            assert kind.read(question, fields_as_sent(kind.fields(question, answer))) == answer


def fields_as_sent(pairs: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


@patient
@given(questionnaires, any_answers)
def test_no_answer_breaks_an_export_or_a_page(asked: Questionnaire, answer: AnswerValue) -> None:
    for question in asked.questions:
        kind = kinds.of(question)
        columns = kind.columns(question, "fr", asked.base_language)
        assert len({column.name for column in columns}) == len(columns)
        for given_answer in (answer, None, NO_ANSWER):
            assert len(kind.cells(question, given_answer, "fr", asked.base_language)) == len(columns)
        for fault in kind.faults(question, answer):
            assert fault.where == question.key
            assert fault.message
        kind.control(question, answer, "fr", asked.base_language)
        kind.spoken(question, answer, "fr", asked.base_language)
        kind.fields(question, answer)


@patient
@given(questionnaires, st.data())
def test_a_good_answer_survives_the_form(asked: Questionnaire, data: st.DataObject) -> None:
    for question in asked.questions:
        answer = data.draw(good_answers(question))
        assert kinds.of(question).read(question, fields_as_sent(kinds.of(question).fields(question, answer))) == answer

"""Any valid questionnaire document, any answers to it, and any rubbish in their place (strategies for hypothesis)."""

import string
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from surveys import kinds
from surveys.answers import AnswerValue, Attributes
from surveys.document import Question, Questionnaire
from surveys.questionnaire import parse

Document = dict[str, Any]

BASES = ["en", "de", "ar", "tr"]
MORE_LANGUAGES = ["fr", "he", "sv", "pl", "pt-BR"]
ATTRIBUTES = ["first_name", "country", "order value", "größe"]
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}

keys = st.builds(
    str.__add__,
    st.sampled_from(string.ascii_lowercase),
    st.text(alphabet="abcxyz019_", max_size=6),
)
words = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="{}"),
    min_size=1,
    max_size=12,
)


@st.composite
def wordings(draw: st.DrawFn, languages: Sequence[str], pipes: Sequence[str] = ()) -> dict[str, str]:
    """In the base language (the first) and perhaps in others; `pipes` are what the text may repeat."""
    spoken = [languages[0], *draw(st.lists(st.sampled_from(languages), unique=True, max_size=2))]
    texts = {}
    for language in spoken:
        text = draw(words)
        if draw(st.booleans()) and pipes:
            pipe, fallback = draw(st.sampled_from(pipes)), draw(st.one_of(st.just(""), words)).replace("|", "/")
            text += " {{" + pipe + "|" + fallback + "}}"
        texts[language] = text
    return texts


def comparisons_with(question: Document) -> st.SearchStrategy[Document]:
    """A condition on one earlier question."""
    key, answered = question["key"], st.booleans().map(lambda value: {"answered": value})
    if question["kind"] in SCALES:
        lowest, highest = SCALES[question["kind"]]
        score = st.integers(lowest, highest)
        bands = st.sampled_from(["low", "middle", "high"])
        tests = st.one_of(
            answered,
            st.tuples(st.sampled_from(["is", "is_not", "at_least", "at_most"]), score).map(lambda pair: dict([pair])),
            st.lists(score, min_size=1, max_size=3).map(lambda scores: {"one_of": scores}),
            st.one_of(bands, st.lists(bands, min_size=1, max_size=2)).map(lambda band: {"band": band}),
        )
    elif "choices" in question:
        choice = st.sampled_from([choice["key"] for choice in question["choices"]])
        names = ["includes"] if question["kind"] == "multiple_choice" else ["is", "is_not", "includes"]
        tests = st.one_of(
            answered,
            st.tuples(st.sampled_from(names), choice).map(lambda pair: dict([pair])),
            st.lists(choice, min_size=1, max_size=3).map(lambda choices: {"one_of": choices}),
        )
    else:
        tests = answered
    return tests.map(lambda test: {"answer": key, **test})


@st.composite
def attribute_tests(draw: st.DrawFn) -> Document:
    source = draw(st.sampled_from(["customer", "interaction"]))
    value = st.one_of(words, st.integers(-5, 500), st.floats(-5, 500))
    test = draw(
        st.one_of(
            st.tuples(st.sampled_from(["is", "is_not"]), value),
            st.tuples(st.sampled_from(["at_least", "at_most"]), st.floats(-5, 500)),
            st.tuples(st.just("one_of"), st.lists(value, min_size=1, max_size=3)),
            st.tuples(st.just("contains"), words),
            st.tuples(st.just("known"), st.booleans()),
        )
    )
    return {source: draw(st.sampled_from(ATTRIBUTES)), test[0]: test[1]}


def conditions(earlier: Sequence[Document]) -> st.SearchStrategy[Document]:
    answerable = [question for question in earlier if question["kind"] != "statement"]
    leaf = attribute_tests()
    if answerable:
        leaf = st.one_of(
            st.sampled_from(answerable).flatmap(comparisons_with),
            st.sampled_from(answerable).flatmap(comparisons_with),
            leaf,
        )
    return st.recursive(
        leaf,
        lambda part: st.one_of(
            st.lists(part, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
            st.lists(part, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
            part.map(lambda negated: {"not": negated}),
        ),
        max_leaves=4,
    ).filter(lambda condition: _depth(condition) <= 5)


def _depth(condition: Any) -> int:
    if not isinstance(condition, dict):
        return 0
    parts = (
        condition.get("all") or condition.get("any") or [condition["not"]]
        if set(condition) & {"all", "any", "not"}
        else []
    )
    return 1 + max((_depth(part) for part in parts), default=0)


@st.composite
def questions(
    draw: st.DrawFn, key: str, languages: Sequence[str], earlier: Sequence[Document], pipes: Sequence[str]
) -> Document:
    kind = draw(st.sampled_from(sorted(kinds.KINDS)))
    question: Document = {"key": key, "kind": kind, "text": draw(wordings(languages, pipes))}
    if draw(st.booleans()):
        question["help"] = draw(wordings(languages, pipes))
    if kind != "statement" and draw(st.booleans()):
        question["required"] = draw(st.booleans())
    if draw(st.booleans()):
        question["show_if"] = draw(conditions(earlier))
    if kind in SCALES and draw(st.booleans()):
        points = draw(st.lists(st.integers(*SCALES[kind]), max_size=3, unique=True))
        question["labels"] = {str(point): draw(wordings(languages)) for point in points}
    if kind == "csat" and draw(st.booleans()):
        question["look"] = draw(st.sampled_from(["numbers", "stars", "smileys"]))
    if kind == "text" and draw(st.booleans()):
        question |= {"length": draw(st.sampled_from(["short", "long"])), "limit": draw(st.integers(1, 40))}
    if kind in ("single_choice", "multiple_choice"):
        question["choices"] = draw(choices(languages, several=kind == "multiple_choice"))
    if kind == "multiple_choice" and draw(st.booleans()):
        question["at_most"] = draw(st.integers(1, len(question["choices"])))
        question["at_least"] = draw(st.integers(1, question["at_most"]))
    return question


@st.composite
def choices(draw: st.DrawFn, languages: Sequence[str], *, several: bool) -> list[Document]:
    found: list[Document] = [
        {"key": key, "label": draw(wordings(languages))}
        for key in draw(st.lists(keys, min_size=1, max_size=4, unique=True))
    ]
    if draw(st.booleans()):
        found[-1]["other"] = True
    if several and draw(st.booleans()):
        found[0]["exclusive"] = True
    return found


@st.composite
def documents(draw: st.DrawFn) -> Document:
    base = draw(st.sampled_from(BASES))
    others = draw(st.lists(st.sampled_from(BASES + MORE_LANGUAGES), unique=True, max_size=2))
    languages = list(dict.fromkeys([base, *others]))
    names = iter(draw(st.lists(keys, min_size=8, max_size=8, unique=True)))
    asked: list[Document] = []
    pages: list[Document] = []
    for _ in range(draw(st.integers(1, 3))):
        before = list(asked)
        pipes = _pipes(before)
        page: Document = {"questions": []}
        for _ in range(draw(st.integers(1, 2 if pages else 3))):
            question = draw(questions(next(names), languages, asked, pipes))
            page["questions"].append(question)
            asked.append(question)
        if draw(st.booleans()):
            page["title"] = draw(wordings(languages, pipes))
        if draw(st.integers(0, 3)) == 0:
            page["show_if"] = draw(conditions(before))
        pages.append(page)
    document: Document = {"format": 1, "base_language": base, "languages": languages, "pages": pages}
    if draw(st.booleans()):
        document["endings"] = draw(endings(languages, asked))
    if draw(st.booleans()):
        document["submit"] = draw(wordings(languages))
    return document


@st.composite
def endings(draw: st.DrawFn, languages: Sequence[str], asked: Sequence[Document]) -> list[Document]:
    found: list[Document] = [{"key": "rest", "title": draw(wordings(languages, _pipes(asked)))}]
    if draw(st.booleans()):
        first = {"key": "some", "show_if": draw(conditions(asked)), "text": draw(wordings(languages, _pipes(asked)))}
        found.insert(0, first)
    return found


def _pipes(asked: Sequence[Document]) -> list[str]:
    answered = [f"answer:{question['key']}" for question in asked if question["kind"] != "statement"]
    return [*answered, "customer:first_name", "interaction: order value "]


questionnaires = documents().map(parse)

# What may stand in a JSON document or a form in place of what should.
rubbish: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.just(10**30),
        st.floats(),
        st.text(max_size=10),
        st.sampled_from(["", "\x00", "\ud800", "{{", "{{answer:a|b}}", "en", "x" * 5000]),
    ),
    lambda part: st.one_of(st.lists(part, max_size=3), st.dictionaries(st.text(max_size=5), part, max_size=3)),
    max_leaves=5,
)

hostile_texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["{{answer:a|b}}", "}}", "{{{", "\x00", "\ud83d", "%(x)s", "<script>", "9" * 5000, "x" * 11_000, "-0"]
    ),
)

scalars = st.one_of(
    st.none(), hostile_texts, st.integers(), st.floats(), st.booleans(), st.dates(), st.decimals(), st.just(Decimal(1))
)
attributes = st.builds(
    Attributes,
    st.dictionaries(st.sampled_from(ATTRIBUTES), scalars, max_size=4),
    st.dictionaries(st.sampled_from(ATTRIBUTES), scalars, max_size=4),
)


def good_answers(question: Question) -> st.SearchStrategy[AnswerValue]:
    """Answers that nothing is wrong with."""
    if question.scale:
        return st.sampled_from(question.scale.points).map(lambda score: AnswerValue(score=score))
    if question.choices:
        order = [choice.key for choice in question.choices]
        other = {choice.key for choice in question.choices if choice.is_other}
        several = question.kind == "multiple_choice"
        chosen = st.lists(st.sampled_from(order), min_size=1, max_size=len(order) if several else 1, unique=True)
        return chosen.map(
            lambda found: AnswerValue(
                choices=tuple(sorted(found, key=order.index)), text="mine" if other.intersection(found) else ""
            )
        ).filter(lambda answer: not kinds.of(question).faults(question, answer))
    if question.kind == "text":
        return st.sampled_from(["a", "ب", "9"]).map(lambda text: AnswerValue(text=text))
    return st.just(AnswerValue())


any_answers = st.one_of(
    st.builds(
        AnswerValue,
        score=st.one_of(st.none(), st.integers(-3, 12), st.integers()),
        choices=st.lists(st.one_of(keys, hostile_texts), max_size=3).map(tuple),
        text=st.one_of(st.just(""), hostile_texts),
        number=st.one_of(st.none(), st.decimals()),
        on=st.one_of(st.none(), st.dates()),
    ),
    st.integers(0, 10).map(lambda score: AnswerValue(score=score)),
)


@st.composite
def answers_to(draw: st.DrawFn, questionnaire: Questionnaire) -> dict[str, AnswerValue]:
    """Good ones, bad ones, none, and some to questions that do not exist."""
    found: dict[str, AnswerValue] = {}
    for question in questionnaire.questions:
        how = draw(st.sampled_from(["good", "good", "good", "any", "none"]))
        if how != "none":
            found[question.key] = draw(good_answers(question) if how == "good" else any_answers)
    if draw(st.booleans()):
        found["nobody_asked"] = draw(any_answers)
    return found

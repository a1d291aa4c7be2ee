"""A lasting key keeps its meaning: what a new version must not change, or the trend would mix two things."""

from collections.abc import Iterable, Iterator

from surveys.document import Choice, Question, Questionnaire
from surveys.faults import Fault, Problem, gettext_noop

KIND_CHANGED = Problem(
    "kind_changed",
    gettext_noop("“%(key)s” was another kind of question before. Give the new question a key of its own."),
)
SCALE_CHANGED = Problem(
    "scale_changed", gettext_noop("“%(key)s” was asked on another scale before. Give the question a new key.")
)
CHOICE_REUSED = Problem(
    "choice_key_reused",
    gettext_noop("The choice key “%(choice)s” meant “%(before)s” before. Give “%(now)s” a key of its own."),
)
OTHER_CHANGED = Problem(
    "choice_other_changed",
    gettext_noop("“%(choice)s” cannot change between “other” and a fixed choice. Give it a new key."),
)


def unsafe_changes(earlier: Iterable[Questionnaire], new: Questionnaire) -> tuple[Fault, ...]:
    """Why `new` must not follow the published versions `earlier` (oldest first); empty when it may."""
    versions = tuple(earlier)
    faults: dict[tuple[str, str], Fault] = {}
    for at, page in enumerate(new.pages):
        for position, question in enumerate(page.questions):
            where = f"pages[{at}].questions[{position}]"
            for fault in _of_question(question, where, versions, new.base_language):
                faults.setdefault((fault.where, fault.code), fault)
    return tuple(faults.values())


def _of_question(question: Question, where: str, versions: tuple[Questionnaire, ...], language: str) -> Iterator[Fault]:
    asked = [version.question(question.key) for version in versions if version.has(question.key)]
    for before in asked:
        if before.kind != question.kind:
            yield KIND_CHANGED.at(f"{where}.kind", key=question.key)
        elif before.scale != question.scale:
            yield SCALE_CHANGED.at(f"{where}.kind", key=question.key)
    same_kind = [before for before in asked if before.kind == question.kind]
    for at, choice in enumerate(question.choices):
        yield from _of_choice(choice, f"{where}.choices[{at}]", same_kind, language)


def _of_choice(choice: Choice, where: str, asked: list[Question], language: str) -> Iterator[Fault]:
    for before in asked:
        was = next((old for old in before.choices if old.key == choice.key), None)
        if was is None:
            continue
        if was.is_other != choice.is_other:
            yield OTHER_CHANGED.at(f"{where}.other", choice=choice.key)
        if _takes_the_place_of_another(choice, was, before) or (
            # It was gone in the meantime: a key that comes back must come back as what it was.
            not any(old.key == choice.key for old in asked[-1].choices)
            and _label(was, language) != _label(choice, language)
        ):
            now = _label(choice, language)
            yield CHOICE_REUSED.at(f"{where}.key", choice=choice.key, before=_label(was, language), now=now)


def _takes_the_place_of_another(choice: Choice, was: Choice, before: Question) -> bool:
    """It is worded as another choice was: labels were moved, and the keys stayed behind."""
    return any(
        _folded(text) != _folded(was.label.get(code) or "")
        and any(_folded(text) == _folded(old.label.get(code) or "") for old in before.choices if old.key != choice.key)
        for code, text in choice.label.pairs
    )


def _label(choice: Choice, language: str) -> str:
    return choice.label.get(language) or next((text for _, text in choice.label.pairs), "")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())

"""What differs between two versions of a questionnaire, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from surveys import languages, piping
from surveys.document import ChoiceDetails, Details, Question, Questionnaire
from surveys.faults import gettext_noop
from surveys.lasting import unsafe_changes
from surveys.wording import Wording

SENTENCES = {
    "language_added": gettext_noop("Language added: %(language)s."),
    "language_removed": gettext_noop("Language removed: %(language)s."),
    "base_language": gettext_noop("The base language is now %(language)s."),
    "added": gettext_noop("New question “%(question)s”."),
    "removed": gettext_noop("Question “%(question)s” is no longer asked."),
    "reworded": gettext_noop("Question “%(before)s” now reads “%(question)s”."),
    "retranslated": gettext_noop("Question “%(question)s” is worded differently in %(languages)s."),
    "help": gettext_noop("The explanation of “%(question)s” has changed."),
    "moved": gettext_noop("Question “%(question)s” stands at another place."),
    "now_required": gettext_noop("“%(question)s” must now be answered."),
    "now_optional": gettext_noop("“%(question)s” may now be left out."),
    "logic": gettext_noop("“%(question)s” is shown under another condition."),
    "choice_added": gettext_noop("“%(question)s” has a new choice “%(choice)s”."),
    "choice_removed": gettext_noop("“%(question)s” no longer offers “%(choice)s”."),
    "choice_reworded": gettext_noop("In “%(question)s” the choice “%(before)s” now reads “%(choice)s”."),
    "choices_reordered": gettext_noop("The choices of “%(question)s” stand in another order."),
    "options": gettext_noop("“%(question)s” looks different or has other limits."),
    "kind": gettext_noop("“%(question)s” is another kind of question."),
    "pages": gettext_noop("Pages begin elsewhere, or have another title or condition."),
    "endings": gettext_noop("The thanks at the end has changed."),
    "submit": gettext_noop("The button at the end is worded differently."),
}


@dataclass(frozen=True)
class Change:
    code: str
    key: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code]

    @property
    def message(self) -> str:
        return self.sentence % self.params


def changes(old: Questionnaire, new: Questionnaire) -> tuple[Change, ...]:
    """In the order of the new questionnaire; nothing when both say the same."""
    return (*_of_languages(old, new), *_of_questions(old, new), *_of_frame(old, new))


def _of_languages(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    for language in new.languages:
        if language not in old.languages:
            yield Change("language_added", params={"language": languages.name(language)})
    for language in old.languages:
        if language not in new.languages:
            yield Change("language_removed", params={"language": languages.name(language)})
    if old.base_language != new.base_language:
        yield Change("base_language", params={"language": languages.name(new.base_language)})


def _of_questions(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    moved = _moved(old, new)
    for question in new.questions:
        title = {"question": _title(question, new)}
        if not old.has(question.key):
            yield Change("added", question.key, title)
            continue
        yield from _of_question(old.question(question.key), question, old, new)
        if question.key in moved:
            yield Change("moved", question.key, title)
    for question in old.questions:
        if not new.has(question.key):
            yield Change("removed", question.key, {"question": _title(question, old)})


def _of_question(before: Question, now: Question, old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    title = {"question": _title(now, new)}
    if before.text.get(old.base_language) != now.text.get(new.base_language):
        yield Change("reworded", now.key, {"before": _title(before, old), **title})
    elif before.text != now.text:
        yield Change("retranslated", now.key, {**title, "languages": _differing(before.text, now.text)})
    flags = {
        "help": before.help != now.help,
        "kind": before.kind != now.kind,
        "now_required": now.required and not before.required,
        "now_optional": before.required and not now.required,
        "logic": before.show_if != now.show_if,
        "options": before.kind == now.kind and _without_choices(before.details) != _without_choices(now.details),
    }
    yield from (Change(code, now.key, title) for code, is_so in flags.items() if is_so)
    yield from _of_choices(before, now, old, new)


def _of_choices(before: Question, now: Question, old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    title = _title(now, new)
    earlier = {choice.key: choice for choice in before.choices}
    later = {choice.key: choice for choice in now.choices}
    for key, choice in later.items():
        params = {"question": title, "choice": _base(choice.label, new)}
        if key not in earlier:
            yield Change("choice_added", now.key, params)
        elif earlier[key] != choice:
            yield Change("choice_reworded", now.key, {**params, "before": _base(earlier[key].label, old)})
    for key, choice in earlier.items():
        if key not in later:
            yield Change("choice_removed", now.key, {"question": title, "choice": _base(choice.label, old)})
    if [key for key in earlier if key in later] != [key for key in later if key in earlier]:
        yield Change("choices_reordered", now.key, {"question": title})


def _of_frame(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    frames = [[(page.title, page.show_if) for page in questionnaire.pages] for questionnaire in (old, new)]
    if frames[0] != frames[1] or _page_breaks(old, new) != _page_breaks(new, old):
        yield Change("pages")
    if old.endings != new.endings:
        yield Change("endings")
    if old.submit != new.submit:
        yield Change("submit")


def _page_breaks(questionnaire: Questionnaire, other: Questionnaire) -> list[list[str]]:
    """The questions that both have, page by page."""
    pages = [[question.key for question in page.questions if other.has(question.key)] for page in questionnaire.pages]
    return [sorted(page) for page in pages if page]


def _moved(old: Questionnaire, new: Questionnaire) -> set[str]:
    """The fewest questions whose moving explains the new order."""
    order = {question.key: at for at, question in enumerate(old.questions)}
    common = [question.key for question in new.questions if question.key in order]
    runs: list[tuple[str, ...]] = [()]
    for key in common:
        runs.append((*_longest([run for run in runs if not run or order[run[-1]] < order[key]]), key))
    return set(common) - set(_longest(runs))


def _longest(runs: list[tuple[str, ...]]) -> tuple[str, ...]:
    return max(runs, key=lambda run: len(run))


def _title(question: Question, questionnaire: Questionnaire) -> str:
    return _base(question.text, questionnaire)


def _base(wording: Wording, questionnaire: Questionnaire) -> str:
    return piping.plain(wording.get(questionnaire.base_language) or "")


def _differing(before: Wording, now: Wording) -> str:
    codes = sorted({*before.languages, *now.languages})
    return ", ".join(languages.name(code) for code in codes if before.get(code) != now.get(code))


def _without_choices(details: Details) -> Details:
    return replace(details, choices=()) if isinstance(details, ChoiceDetails) else details


__all__ = ["Change", "changes", "unsafe_changes"]

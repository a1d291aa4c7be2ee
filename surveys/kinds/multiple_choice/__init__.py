"""As many choices as apply, within bounds; an exclusive one ("nothing of this") stands alone."""

from collections.abc import Mapping
from dataclasses import replace

from surveys.answers import AnswerValue
from surveys.document import ChoiceDetails, Question
from surveys.faults import Fault, Problem, gettext_noop
from surveys.kinds.chosen import ChosenKind, choice_details
from surveys.kinds.kind import Cell, Column
from surveys.reading import Reader

TOO_FEW = Problem("too_few_choices", gettext_noop("Choose at least %(least)s."))
TOO_MANY = Problem("too_many_choices", gettext_noop("Choose at most %(most)s."))
NOT_ALONE = Problem(
    "exclusive_not_alone", gettext_noop("One of these answers stands alone: choose only that one, or the others.")
)
BOUNDS_CROSSED = Problem("bounds_crossed", gettext_noop("“at_most” is less than “at_least”."))


class MultipleChoice(ChosenKind):
    name = "multiple_choice"
    title = gettext_noop("Several choices")
    hint = gettext_noop("A list to pick several from.")
    icon = "list-check"
    several = True
    tests = ("includes", "one_of", "answered")
    knows = ("at_least", "at_most")
    choice_flags = ("other", "exclusive")

    def details(self, reader: Reader, part: Mapping[str, object], where: str) -> ChoiceDetails:
        details = super().details(reader, part, where)
        most = max(1, len(details.choices))
        bounds = {
            name: reader.whole(part[name], f"{where}.{name}", lowest=1, highest=most)
            for name in ("at_least", "at_most")
            if name in part
        }
        least, at_most = bounds.get("at_least"), bounds.get("at_most")
        if least is not None and at_most is not None and at_most < least:
            reader.note(BOUNDS_CROSSED, f"{where}.at_most")
        return replace(details, at_least=least, at_most=at_most)

    def details_data(self, question: Question) -> dict[str, object]:
        details = choice_details(question)
        bounds = {"at_least": details.at_least, "at_most": details.at_most}
        return super().details_data(question) | {name: bound for name, bound in bounds.items() if bound is not None}

    def to_mend(self, question: Question, answer: AnswerValue) -> tuple[Fault, ...]:
        return (*super().to_mend(question, answer), *_out_of_bounds(question, answer))

    def _own_columns(self, question: Question, text: str, language: str, base: str) -> tuple[Column, ...]:
        return tuple(
            Column(f"{question.key}.{choice.key}", f"{text}: {choice.label.in_language(language, base)}")
            for choice in question.choices
        )

    def _own_cells(self, question: Question, answer: AnswerValue) -> tuple[Cell, ...]:
        return tuple(int(choice.key in answer.choices) for choice in question.choices)


def _out_of_bounds(question: Question, answer: AnswerValue) -> tuple[Fault, ...]:
    details, count = choice_details(question), len(answer.choices)
    if any(choice.is_exclusive and choice.key in answer.choices for choice in question.choices):
        return (NOT_ALONE.at(question.key),) if count > 1 else ()
    if details.at_least is not None and count < details.at_least:
        return (TOO_FEW.at(question.key, least=details.at_least),)
    if details.at_most is not None and count > details.at_most:
        return (TOO_MANY.at(question.key, most=details.at_most),)
    return ()


KIND = MultipleChoice()

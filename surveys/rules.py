"""Which interactions a touchpoint asks about: tests of attributes, all of which must hold."""

from collections.abc import Sequence

from surveys.answers import Attributes
from surveys.conditions import AttributeTest, attribute_passes, to_data
from surveys.faults import Fault, Problem, gettext_noop
from surveys.reading import Reader
from surveys.reading_conditions import condition

Rules = tuple[AttributeTest, ...]

MOST = 10

NOT_A_RULE = Problem(
    "not_a_rule",
    gettext_noop("A rule is one test of an attribute, such as {“interaction”: “store”, “is”: “Berlin”}."),
)


class FaultyRules(Exception):
    """What was given are no rules; each fault says where and how to mend it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, faults)))


def read(value: object) -> Rules:
    """From a list such as [{"interaction": "store", "is": "Berlin"}]; an empty one means every interaction."""
    reader = Reader()
    found: list[AttributeTest] = []
    for place, part in reader.items(value, "rules", most=MOST, least=0):
        before = len(reader.faults)
        test = condition(reader, part, place)
        if isinstance(test, AttributeTest):
            found.append(test)
        elif len(reader.faults) == before:
            reader.note(NOT_A_RULE, place)
    if reader.faults:
        raise FaultyRules(reader.faults)
    return tuple(found)


def written(rules: Rules) -> list[dict[str, object]]:
    return [to_data(rule) for rule in rules]


def mean(rules: Rules, attributes: Attributes) -> bool:
    """Whether the rules mean an interaction of which this is known."""
    return all(attribute_passes(attributes.get(rule.source, rule.name), rule.test, rule.operand) for rule in rules)

"""One choice out of several."""

from surveys.faults import gettext_noop
from surveys.kinds.chosen import ChosenKind


class SingleChoice(ChosenKind):
    name = "single_choice"
    title = gettext_noop("One choice")
    hint = gettext_noop("A list to pick one from, with “other” if you like.")
    icon = "circle-dot"
    several = False
    tests = ("is", "is_not", "one_of", "includes", "answered")


KIND = SingleChoice()

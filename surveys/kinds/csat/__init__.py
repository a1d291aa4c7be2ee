"""How satisfied she is, 1 to 5; 4 and 5 are satisfied."""

from surveys.faults import gettext_noop
from surveys.kinds.csat.words import LABELS, TEXTS
from surveys.kinds.scored import ScoredKind
from surveys.scales import CSAT


class Csat(ScoredKind):
    name = "csat"
    title = gettext_noop("Satisfaction (CSAT), 1 to 5")
    hint = gettext_noop("How content is she with one thing? As smileys, stars or numbers.")
    icon = "mood-smile"
    figure = "csat"
    on = CSAT
    looks = ("numbers", "stars", "smileys")
    texts = TEXTS
    labels = LABELS


KIND = Csat()

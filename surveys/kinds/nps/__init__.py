"""How likely she is to recommend us, 0 to 10: detractors, passives, promoters."""

from surveys.faults import gettext_noop
from surveys.kinds.nps.words import LABELS, TEXTS
from surveys.kinds.scored import ScoredKind
from surveys.scales import NPS


class Nps(ScoredKind):
    name = "nps"
    title = gettext_noop("Recommendation (NPS), 0 to 10")
    hint = gettext_noop("Would she recommend us? One number for loyalty, to follow over the years.")
    icon = "thumb-up"
    figure = "nps"
    on = NPS
    texts = TEXTS
    labels = LABELS


KIND = Nps()

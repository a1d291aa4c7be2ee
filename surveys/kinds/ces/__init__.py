"""How easy we made it for her, 1 to 7: agreement with a statement, high is easy."""

from surveys.faults import gettext_noop
from surveys.kinds.ces.words import LABELS, TEXTS
from surveys.kinds.scored import ScoredKind
from surveys.scales import CES


class Ces(ScoredKind):
    name = "ces"
    title = gettext_noop("Effort (CES), 1 to 7")
    hint = gettext_noop("How easy was it? For support cases, returns and sign-ups.")
    icon = "stairs"
    figure = "ces"
    on = CES
    texts = TEXTS
    labels = LABELS


KIND = Ces()

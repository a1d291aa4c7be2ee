"""Documents of older formats, made into today's in memory; the stored bytes stay as they are."""

from collections.abc import Callable, Mapping

from surveys.document import FORMAT
from surveys.faults import Fault, Problem, gettext_noop

Document = dict[str, object]
Upgrade = Callable[[Document], Document]

# From a format to the next one; each has a stored sample in the tests.
UPGRADES: Mapping[int, Upgrade] = {}

UNKNOWN_FORMAT = Problem(
    "unknown_format", gettext_noop("This document's format is not known here; formats 1 to %(newest)s are.")
)


def upgraded(
    document: Document, *, upgrades: Mapping[int, Upgrade] = UPGRADES, newest: int = FORMAT
) -> tuple[Document, Fault | None]:
    while (found := document.get("format")) != newest or isinstance(found, bool):
        step = upgrades.get(found) if isinstance(found, int) and not isinstance(found, bool) else None
        if step is None:
            return document, UNKNOWN_FORMAT.at("format", newest=newest)
        document = step(document)
    return document, None

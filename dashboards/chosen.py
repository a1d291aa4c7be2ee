"""What is looked at on the dashboard: a survey, perhaps one touchpoint or another segment of it, and a period."""

from dataclasses import dataclass

from dashboards.periods import Period
from dashboards.segment import TOUCHPOINT, Segment
from surveys.models import Survey, Touchpoint


@dataclass(frozen=True)
class Chosen:
    """As the filter bar's form has checked it."""

    survey: Survey
    touchpoint: Touchpoint | None
    period: Period
    by: str
    # A segment by anything but the touchpoint; there is one of both at most.
    part: Segment | None = None

    @property
    def segment(self) -> Segment | None:
        return Segment(TOUCHPOINT, str(self.touchpoint.pk)) if self.touchpoint else self.part

"""What is looked at on the dashboard: a survey, perhaps one touchpoint of it, and a period."""

from dataclasses import dataclass

from dashboards.periods import Period
from surveys.models import Survey, Touchpoint


@dataclass(frozen=True)
class Chosen:
    """As the filter bar's form has checked it."""

    survey: Survey
    touchpoint: Touchpoint | None
    period: Period
    by: str

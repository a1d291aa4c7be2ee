"""What dimensions and their values are called where people read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from dashboards.counting import OTHER
from dashboards.segment import ATTRIBUTE, CHANNEL, LANGUAGE, TOUCHPOINT, VERSION, Segment
from feedback.models import Channel
from surveys import languages
from surveys.models import Survey, SurveyVersion, Touchpoint

# Every response carries these; what an organization recorded itself says more of where the trouble is.
LAST = (CHANNEL, VERSION, LANGUAGE, TOUCHPOINT)


@dataclass(frozen=True)
class Labels:
    """Of one survey: names of its touchpoints, numbers of its versions, and the attributes chosen to report by."""

    touchpoints: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    chosen: Sequence[str] = ()

    @classmethod
    def of(cls, survey: Survey, touchpoints: Sequence[Touchpoint], values: Mapping[str, Sequence[str]]) -> "Labels":
        numbers = SurveyVersion.objects.filter(survey=survey).values_list("pk", "number")
        versions = {str(pk): number for pk, number in numbers} if VERSION in values else {}
        return cls(
            {str(it.pk): it.name for it in touchpoints},
            versions,
            values,
            survey.organization.reporting_attributes or (),
        )

    @property
    def dimensions(self) -> list[str]:
        """Those that tell answers apart: what the organization chose to report by, in its order, then all others."""
        several = [name for name, values in self.values.items() if len(values) > 1]
        return sorted(several, key=lambda name: (*self._place(name), name))

    def _place(self, name: str) -> tuple[int, int]:
        if name in LAST:
            return 2, LAST.index(name)
        attribute = name.removeprefix(ATTRIBUTE)
        return (0, self.chosen.index(attribute)) if attribute in self.chosen else (1, 0)

    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """To choose a segment from, by dimension; touchpoints are chosen by themselves."""
        return [
            (
                self.dimension(name),
                sorted(
                    ((str(Segment(name, value)), self.value(name, value)) for value in self.values[name]),
                    key=lambda choice: choice[1].casefold(),
                ),
            )
            for name in self.dimensions
            if name != TOUCHPOINT
        ]

    def dimension(self, dimension: str) -> str:
        fixed = {
            TOUCHPOINT: _("touchpoint"),
            LANGUAGE: _("language"),
            CHANNEL: _("channel"),
            VERSION: _("version"),
        }
        return fixed.get(dimension) or dimension.removeprefix(ATTRIBUTE)

    def value(self, dimension: str, value: str) -> str:
        if dimension == TOUCHPOINT:
            return self.touchpoints.get(value, value)
        if dimension == VERSION and value in self.versions:
            return _("version %(number)s") % {"number": self.versions[value]}
        if dimension == LANGUAGE and languages.is_language(value):
            return languages.name(value)
        if dimension == CHANNEL and value in Channel.values:
            return str(Channel(value).label)
        return _("other") if value == OTHER else value

"""What an address asks of the list of responses, and the address that asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from organizations.numbers import number
from surveys.scales import Band

PERIODS = (7, 30, 90, 365)
SORTS = ("newest", "oldest", "lowest", "highest")
COMPLETE, UNFINISHED = "complete", "unfinished"
COUNTED, LEFT_OUT = "yes", "no"
LONGEST_WORDS = 120


@dataclass(frozen=True, slots=True)
class Wanted:
    """Conditions that must all hold; rubbish in an address asks for nothing.

    Band, score and choice are about the question where one is named; without one, a band is about the leading score.
    """

    words: str = ""
    survey: int | None = None
    question: int | None = None
    band: Band | None = None
    score: int | None = None
    choice: str = ""
    touchpoint: int | None = None
    version: int | None = None
    language: str = ""
    channel: str = ""
    attribute: str = ""
    value: str = ""
    days: int | None = None
    start: date | None = None
    end: date | None = None
    state: str = ""
    counted: str = ""
    sort: str = "newest"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Wanted":
        days, sort = number(query.get("days")), query.get("sort", "")
        asked = cls(
            words=_text(query.get("q")),
            survey=number(query.get("survey")),
            question=number(query.get("question")),
            band=_band(query.get("band")),
            score=number(query.get("score"), most=100),
            choice=_text(query.get("choice")),
            touchpoint=number(query.get("touchpoint")),
            version=number(query.get("version")),
            language=_text(query.get("language")),
            channel=_text(query.get("channel")),
            attribute=_text(query.get("attribute")),
            value=_text(query.get("value")),
            days=days if days in PERIODS else None,
            start=_day(query.get("start")),
            end=_day(query.get("end")),
            state=_one_of(query.get("state"), COMPLETE, UNFINISHED),
            counted=_one_of(query.get("counted"), COUNTED, LEFT_OUT),
            sort=sort if sort in SORTS else "newest",
        )
        return asked._without_orphans()

    def _without_orphans(self) -> "Wanted":
        """A score or a choice says nothing without its question, a value without its attribute."""
        kept = self if self.question is not None else replace(self, score=None, choice="")
        return kept if kept.attribute else replace(kept, value="")

    @property
    def is_narrow(self) -> bool:
        return self != Wanted(sort=self.sort)

    @property
    def query(self) -> str:
        """As an address says it."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        said["q"] = said.pop("words")
        if self.sort == "newest":
            said.pop("sort")
        return urlencode({name: str(value) for name, value in said.items() if value not in (None, "")})

    def without(self, *names: str) -> "Wanted":
        usual = Wanted()
        return replace(self, **{name: getattr(usual, name) for name in names})._without_orphans()

    def first_day(self, today: date) -> date | None:
        """The later of both beginnings, where there are two."""
        recent = today - timedelta(days=self.days - 1) if self.days else None
        return max(filter(None, (recent, self.start)), default=None)


def _text(said: str | None) -> str:
    return (said or "").replace("\0", "").strip()[:LONGEST_WORDS]


def _band(name: str | None) -> Band | None:
    return Band(name) if name in list(Band) else None


def _one_of(name: str | None, *names: str) -> str:
    return name if name in names else ""


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None

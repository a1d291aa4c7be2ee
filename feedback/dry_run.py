"""A touchpoint's settings → whom they would have asked, and why not the others; nothing is sent or written."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback import eligibility, inviting, suppressing
from feedback.eligibility import Facts, Manners
from feedback.judging import experiences_of
from feedback.models import Interaction, Invitation, Reason, Skip
from feedback.replay import ASKED, Experience, replay
from organizations.models import Organization
from surveys import touchpoints
from surveys.models import Touchpoint
from surveys.rules import Rules
from surveys.touchpoints import Timing

NOW, ALL = "now", "all"
DAYS = (30, 90, 365)
USUAL = "90"
EXAMPLES = 5
# Beyond, a page would keep somebody waiting; the latest ones tell enough, and the page says how many they are.
MOST = 200_000
NOT_DUE, DECIDED = "not_due", "decided"
_ORDER = (ASKED, *Reason.values, NOT_DUE, DECIDED)


@dataclass(frozen=True)
class Settings:
    """What a dry run tries; `touchpoint` is the id of one that is stored, or None."""

    manners: Manners
    rules: Rules
    touchpoint: int | None = None

    @classmethod
    def of(cls, timing: Timing, rules: Rules, *, touchpoint: int | None) -> "Settings":
        return cls(Manners(timing.days_after, timing.quiet_period, timing.only_younger_than), rules, touchpoint)

    @classmethod
    def stored(cls, touchpoint: Touchpoint) -> "Settings":
        return cls.of(touchpoints.timing_of(touchpoint), touchpoints.rules_of(touchpoint), touchpoint=touchpoint.pk)


@dataclass(frozen=True)
class Line:
    """One outcome, how many interactions it is, and some of the latest."""

    outcome: str
    label: str
    count: int
    share: float
    examples: Sequence[Interaction] = ()


@dataclass(frozen=True)
class DryRun:
    """`looked_at` is less than what is on record where that would take too long."""

    window: str
    total: int
    asked: int
    lines: Sequence[Line]
    since: datetime | None
    is_cut: bool = False

    @property
    def most(self) -> int:
        return MOST


def windows() -> list[tuple[str, str]]:
    days = [(str(n), ngettext("the last %(days)s day", "the last %(days)s days", n) % {"days": n}) for n in DAYS]
    return [*days, (ALL, _("everything on record")), (NOW, _("what would happen if it started now"))]


def window_of(said: str | None) -> str:
    return said if said in (NOW, ALL, *map(str, DAYS)) else USUAL


def run(organization: Organization, settings: Settings, *, window: str, now: datetime) -> DryRun:
    """`window` is one of `windows()`."""
    if window == NOW:
        return _now(organization, settings, now=now)
    since = None if window == ALL else now - timedelta(days=int(window))
    return _past(organization, settings, window=window, since=since, now=now)


# --- as if each purchase had come in on its day -----------------------------------------------------------------------


def _past(
    organization: Organization, settings: Settings, *, window: str, since: datetime | None, now: datetime
) -> DryRun:
    """This touchpoint together with the others that run, since the quiet period goes over all of them."""
    played = [settings, *_others(organization, settings)]
    manners = [each.manners for each in played]
    loaded = _loaded(organization, played, since=_warm_up(since, manners))
    experiences, is_cut = loaded[-MOST:], len(loaded) > MOST
    counted = [each for each in experiences if since is None or each.at > since]
    tally = _Tally()
    decisions = replay(manners, experiences, suppressed=suppressing.every_reason(organization), until=now)
    for place, experience, outcome in decisions:
        if place == 0 and (since is None or experience.at > since):
            tally.add(outcome, experience.id)
    for experience in counted:
        if not settings.manners.is_due(experience.at, now=now):
            tally.add(NOT_DUE, experience.id)
    first = counted[0].at if counted else None
    return tally.told(organization, window=window, since=first, is_cut=is_cut)


def _others(organization: Organization, settings: Settings) -> list[Settings]:
    running = organization.touchpoints.running().filter(survey__archived_at__isnull=True)
    return [Settings.stored(each) for each in running.order_by("pk") if each.pk != settings.touchpoint]


def _warm_up(since: datetime | None, manners: Sequence[Manners]) -> datetime | None:
    """Who was asked just before the window is left in peace inside it."""
    if since is None:
        return None
    return since - timedelta(days=max(each.quiet_period + each.days_after for each in manners))


def _loaded(organization: Organization, played: Sequence[Settings], *, since: datetime | None) -> list[Experience]:
    found = (
        organization.interactions.all() if since is None else organization.interactions.filter(experienced_at__gt=since)
    )
    # One more than is looked at says that there are more.
    latest = found.order_by("-experienced_at", "-pk")[: MOST + 1]
    experiences = list(experiences_of(latest, [each.rules for each in played]))
    experiences.reverse()
    return experiences


# --- as it would be decided this minute -------------------------------------------------------------------------------


def _now(organization: Organization, settings: Settings, *, now: datetime) -> DryRun:
    manners, tally, open_ones = settings.manners, _Tally(newest_first=True), organization.interactions.all()
    if settings.touchpoint is not None:
        asked = Invitation.objects.filter(touchpoint=settings.touchpoint).count()
        tally.counts[DECIDED] = asked + Skip.objects.filter(touchpoint=settings.touchpoint).count()
        open_ones = inviting.open_ones(organization, settings.touchpoint)
    since = now - timedelta(days=manners.only_younger_than)
    latest = open_ones.filter(experienced_at__gt=since).order_by("-experienced_at", "pk")[: MOST + 1]
    experiences = list(experiences_of(latest, [settings.rules]))
    is_cut, experiences = len(experiences) > MOST, experiences[:MOST]
    _decide(organization, manners, experiences, tally, now=now)
    # What is left of all is history; counting it by itself would ask of each of a million whether it was decided.
    old = 0 if is_cut else max(0, organization.interactions.count() - tally.counts.total())
    tally.counts[Reason.TOO_LONG_AGO] += old
    if old:
        history = open_ones.filter(experienced_at__lte=since).order_by("-experienced_at").values_list("pk", flat=True)
        tally.latest[Reason.TOO_LONG_AGO].extend(history[:EXAMPLES])
    return tally.told(organization, window=NOW, since=None, is_cut=is_cut)


def _decide(
    organization: Organization, manners: Manners, experiences: Sequence[Experience], tally: "_Tally", *, now: datetime
) -> None:
    suppressed = suppressing.every_reason(organization)
    asked = _asked_lately(organization, since=now - timedelta(days=manners.quiet_period))
    for experience in experiences:
        key = experience.address_key
        if not manners.is_due(experience.at, now=now):
            tally.add(NOT_DUE, experience.id)
            continue
        facts = Facts(experience.at, bool(key), suppressed.get(key), asked.get(key), 0 in experience.meant)
        reason = eligibility.reason_to_skip(facts, manners, now=now)
        if reason is None:
            asked[key] = now
        tally.add(reason or ASKED, experience.id)


def _asked_lately(organization: Organization, *, since: datetime) -> dict[str, datetime]:
    rows = organization.invitations.filter(created_at__gt=since).values_list("address_key")
    return dict(rows.annotate(last=Max("created_at")).order_by())


class _Tally:
    """How often each outcome came, and the latest few of it."""

    def __init__(self, *, newest_first: bool = False) -> None:
        self._newest_first = newest_first
        self.counts: Counter[str] = Counter()
        self.latest: Mapping[str, deque[int]] = defaultdict(lambda: deque(maxlen=EXAMPLES))

    def add(self, outcome: str, interaction: int) -> None:
        self.counts[outcome] += 1
        latest = self.latest[outcome]
        if not (self._newest_first and len(latest) == EXAMPLES):
            latest.append(interaction)

    def told(self, organization: Organization, *, window: str, since: datetime | None, is_cut: bool) -> DryRun:
        total = self.counts.total()
        examples = _examples(organization, [pk for latest in self.latest.values() for pk in latest])
        lines = [
            Line(
                outcome,
                label(outcome),
                self.counts[outcome],
                100 * self.counts[outcome] / total,
                [examples[pk] for pk in self.latest[outcome] if pk in examples],
            )
            for outcome in _ORDER
            if self.counts[outcome]
        ]
        return DryRun(window, total, self.counts[ASKED], lines, since, is_cut)


def _examples(organization: Organization, keys: Iterable[int]) -> dict[int, Interaction]:
    return organization.interactions.select_related("customer").in_bulk(list(keys))


def label(outcome: str) -> str:
    if outcome in Reason.values:
        return str(Reason(outcome).label)
    return {ASKED: _("would be asked"), NOT_DUE: _("not due yet"), DECIDED: _("decided already")}[outcome]

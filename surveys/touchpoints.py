"""Survey → Touchpoint: after which moment it is sent, how long after, and how often at the most."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organizations import audit
from organizations.models import Member, Organization
from surveys import drafting
from surveys.models import BOUNDS, Survey, Touchpoint, TouchpointState
from surveys.rules import Rules, read, written


@dataclass(frozen=True)
class Timing:
    """All in days, but the number of reminders."""

    days_after: int = 3
    quiet_period: int = 30
    open_for: int = 30
    only_younger_than: int = 30
    reminders: int = 0
    days_between: int = 7


class NeverInTime(Exception):
    """It would ask later than it may: nobody would ever be asked."""

    def __init__(self) -> None:
        super().__init__(
            _("We may only ask about experiences younger than this, so it must be more than the days after.")
        )


class RemindsTooLate(Exception):
    """The last reminder would lead to a page that is closed."""

    def __init__(self, timing: Timing) -> None:
        super().__init__(
            ngettext(
                "The last reminder would leave on day %(day)s, and the link works for %(open)s day only.",
                "The last reminder would leave on day %(day)s, and the link works for %(open)s days only.",
                timing.open_for,
            )
            % {"day": timing.reminders * timing.days_between, "open": timing.open_for}
        )


class OutOfBounds(Exception):
    """A number that is too small or too large; `name` is the setting's."""

    def __init__(self, name: str, lowest: int, highest: int) -> None:
        self.name = name
        field = Touchpoint._meta.get_field(name)
        assert isinstance(field, models.Field)
        super().__init__(
            _("“%(name)s” must be a number from %(lowest)s to %(highest)s.")
            % {"name": field.verbose_name, "lowest": lowest, "highest": highest}
        )


class NotStartable(Exception):
    """There is nothing to send."""


class SurveyIsFixed(Exception):
    """A touchpoint that was started keeps its survey."""

    def __init__(self) -> None:
        super().__init__(
            _("This touchpoint was started with another survey, and its figures belong to that. Make a new touchpoint.")
        )


@transaction.atomic
def create(
    organization: Organization,
    *,
    name: str,
    survey: Survey,
    by: Member,
    now: datetime,
    timing: Timing | None = None,
    rules: Rules = (),
) -> Touchpoint:
    """Asks nobody until it is started."""
    timing = timing or Timing()
    check(timing)
    settings = {"name": name, "rules": _readable(rules), **asdict(timing)}
    touchpoint = Touchpoint.objects.create(organization=organization, survey=survey, created_at=now, **settings)
    detail = {"survey": survey.pk, **settings}
    audit.record(organization, by=by, what="touchpoint.created", about=touchpoint, now=now, detail=detail)
    return touchpoint


@transaction.atomic
def edit(
    touchpoint: Touchpoint,
    *,
    name: str | None = None,
    survey: Survey | None = None,
    timing: Timing | None = None,
    rules: Rules | None = None,
    by: Member,
    now: datetime,
) -> Touchpoint:
    """Holds for whoever is asked from now on; what is not told stays as it is."""
    if timing is not None:
        check(timing)
    touchpoint = _lock(touchpoint)
    if survey is not None and survey.pk != touchpoint.survey_id and touchpoint.started_at is not None:
        raise SurveyIsFixed
    told = {
        "name": name,
        "survey_id": survey.pk if survey is not None else None,
        "rules": _readable(rules) if rules is not None else None,
        **(asdict(timing) if timing is not None else {}),
    }
    wanted = {key: value for key, value in told.items() if value is not None}
    changes = {key: [getattr(touchpoint, key), value] for key, value in wanted.items()}
    changes = {key: [was, new] for key, (was, new) in changes.items() if was != new}
    if changes:
        for key, (_was, new) in changes.items():
            setattr(touchpoint, key, new)
        touchpoint.save(update_fields=list(changes))
        _record(touchpoint, "touchpoint.changed", by=by, now=now, changes=changes)
    return touchpoint


@transaction.atomic
def start(touchpoint: Touchpoint, *, by: Member, now: datetime) -> Touchpoint:
    """From now on it asks; starting twice is starting once."""
    survey = drafting.lock(touchpoint.survey)
    touchpoint = _lock(touchpoint)
    if touchpoint.state == TouchpointState.RUNNING:
        return touchpoint
    if survey.pk != touchpoint.survey_id:
        raise NotStartable(_("The survey of this touchpoint was just changed. Look at it once more, then start it."))
    if survey.archived_at is not None:
        raise NotStartable(_("“%(survey)s” is archived. Bring it back before you start.") % {"survey": survey})
    if not survey.versions.published().exists():
        raise NotStartable(_("“%(survey)s” has no published version yet. Publish it first.") % {"survey": survey})
    touchpoint.state = TouchpointState.RUNNING
    touchpoint.started_at = touchpoint.started_at or now
    touchpoint.save(update_fields=["state", "started_at"])
    _record(touchpoint, "touchpoint.started", by=by, now=now)
    return touchpoint


@transaction.atomic
def pause(touchpoint: Touchpoint, *, by: Member, now: datetime) -> Touchpoint:
    """Nobody new is asked; links that were sent still work."""
    touchpoint = _lock(touchpoint)
    if touchpoint.state == TouchpointState.RUNNING:
        touchpoint.state = TouchpointState.PAUSED
        touchpoint.save(update_fields=["state"])
        _record(touchpoint, "touchpoint.paused", by=by, now=now)
    return touchpoint


def timing_of(touchpoint: Touchpoint) -> Timing:
    return Timing(**{field.name: getattr(touchpoint, field.name) for field in fields(Timing)})


def rules_of(touchpoint: Touchpoint) -> Rules:
    return read(touchpoint.rules)


def check(timing: Timing) -> None:
    """Refuses what the database would not take, with how to mend it."""
    for name, (lowest, highest) in BOUNDS.items():
        if not lowest <= getattr(timing, name) <= highest:
            raise OutOfBounds(name, lowest, highest)
    if timing.days_after >= timing.only_younger_than:
        raise NeverInTime
    if timing.reminders and timing.reminders * timing.days_between >= timing.open_for:
        raise RemindsTooLate(timing)


def _readable(rules: Rules) -> list[dict[str, object]]:
    """As they are stored, and only if they can be read again: the sweeps rely on it."""
    data = written(rules)
    read(data)
    return data


def _record(touchpoint: Touchpoint, what: str, *, by: Member, now: datetime, **detail: Any) -> None:
    detail = {"name": touchpoint.name} | detail
    audit.record(touchpoint.organization, by=by, what=what, about=touchpoint, now=now, detail=detail)


def _lock(touchpoint: Touchpoint) -> Touchpoint:
    return (
        Touchpoint.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organization", "survey")
        .get(pk=touchpoint.pk)
    )

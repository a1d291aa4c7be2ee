"""Purchases → who comes back: retention, churn, repeat purchases, cohorts."""

from collections.abc import Hashable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from dashboards import kpi
from dashboards.dispositions import rate
from dashboards.distribution import count_of
from dashboards.kpi import Kpi
from dashboards.survival import percentile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WINDOWS = (30, 91, 182, 365)
Purchase = tuple[Hashable, date]


class Movement(NamedTuple):
    """Customers at both ends of a period, as counts."""

    at_start: int
    at_end: int
    new: int
    retained: int
    in_period: int
    repeated: int

    @property
    def reactivated(self) -> int:
        """Active at the end, not at the start, and no new customer: E - N - retained."""
        return self.at_end - self.new - self.retained


def movement(purchases: Sequence[Purchase], *, start: date, end: date, window_days: int) -> Movement:
    """Who was active at the start and at the end of a period, who is new, who stayed, who bought twice.

    Formula: Active(t) = bought in [t - L, t); S, E, N new in [start, end) and active at its end, retained = |S ∩ E|.
    Takes: (customer, day) of every purchase from the full history; the half-open period; L = window_days.
    Refuses: a period that does not end after its start, a window below 1 day.
    Source: set arithmetic; Gupta et al. 2006, Journal of Service Research 9(2).
    """
    if not (start < end and window_days >= 1):
        raise ValueError(f"need start < end and a window of at least 1 day; got {start}, {end}, {window_days}")
    window, first, times = timedelta(days=window_days), dict[Hashable, date](), dict[Hashable, int]()
    at_start, at_end = set[Hashable](), set[Hashable]()
    for customer, day in purchases:
        first[customer] = min(day, first.get(customer, day))
        if start - window <= day < start:
            at_start.add(customer)
        if end - window <= day < end:
            at_end.add(customer)
        if start <= day < end:
            times[customer] = times.get(customer, 0) + 1
    new = sum(start <= first[customer] for customer in at_end)
    repeated = sum(count >= 2 for count in times.values())
    return Movement(len(at_start), len(at_end), new, len(at_start & at_end), len(times), repeated)


def retention_rate(m: Movement) -> Kpi:
    """Share of the customers active at the start who are active at the end.

    Formula: |Active(start) ∩ Active(end)|/|Active(start)|.
    Takes: a movement; the period should be as long as the window, a shorter one makes retention high. Gives percent.
    Source: Gupta et al. 2006, Journal of Service Research 9(2); a fact of all customers, hence no interval.
    """
    return rate(m.retained, m.at_start, "retention")


def churn_rate(m: Movement) -> Kpi:
    """Share of the customers active at the start who are not active at the end.

    Formula: 1 - retention.
    Takes: a movement. Gives percent.
    Source: Gupta et al. 2006, Journal of Service Research 9(2).
    """
    return rate(m.at_start - m.retained, m.at_start, "churn")


def repeat_purchase_rate(m: Movement) -> Kpi:
    """Share of the customers of a period who bought at least twice in it.

    Formula: customers with >= 2 purchases/customers with >= 1.
    Takes: a movement. Gives percent.
    Source: Fader and Hardie 2009, Journal of Interactive Marketing 23(1).
    """
    return rate(m.repeated, m.in_period, "repeat_purchase")


def classic_retention(start: int, end: int, new: int) -> Kpi:
    """Retention from three counts, right only where nobody came back after a pause.

    Formula: (E - N)/S.
    Takes: customers at the start S, at the end E, new among them N. Gives percent; above 100 shows reactivations.
    Refuses: negative and fractional counts, more new customers than there are at the end.
    Source: Gupta et al. 2006, Journal of Service Research 9(2).
    """
    s, e, n = count_of(start, "customers at the start"), count_of(end, "customers at the end"), count_of(new, "new")
    if n > e:
        raise ValueError(f"new = {n} is more than the {e} customers at the end")
    return rate(e - n, s, "classic_retention")


def activity_window(gaps_in_days: Sequence[float]) -> int | None:
    """How long a customer counts as active after a purchase, in days.

    Formula: 90th percentile of the gaps between purchases of repeat buyers, to the nearest of 30, 91, 182, 365.
    Takes: gaps in days. Gives None without repeat buyers.
    Source: Platzer and Reutterer 2016, Marketing Science 35(5), on inter-purchase times.
    """
    if not gaps_in_days:
        return None
    gap = percentile(sorted(gaps_in_days), 0.9)
    return min(WINDOWS, key=lambda window: abs(window - gap))


def history_is_short(first_day: date, start: date, window_days: int) -> bool:
    """Whether the history before the period is under two windows, so that old customers would look new.

    Formula: start - first day < 2·L.
    Takes: the first day of the history, the start of the period, L in days.
    Source: convention of this product; no published source known.
    """
    return (start - first_day).days < 2 * window_days


class Cohorts(NamedTuple):
    """Customers by month of their first purchase (rows) who bought again so many months later (columns).

    months: first month of each cohort as YYYY-MM; size: customers in it; active[i, j]: those of cohort i who bought j
    months later. Months that have not come yet are in seen as False.
    """

    months: list[str]
    size: "NDArray[np.int64]"
    active: "NDArray[np.int64]"
    seen: "NDArray[np.bool_]"

    def share(self, cohort: int, months_later: int) -> Kpi:
        """Share of a cohort that bought in that month, in percent; None where the month has not come yet."""
        if not self.seen[cohort, months_later]:
            return kpi.missing(kpi.NO_DATA, method="cohort", unit="percent")
        return rate(int(self.active[cohort, months_later]), int(self.size[cohort]), "cohort")


def cohorts(customers: Sequence[Hashable], days: "NDArray[np.datetime64] | Sequence[date]") -> Cohorts:
    """Retention by cohort: of those who first bought in a month, how many bought again in each later month.

    Formula: active[c, k] = customers with first month c and a purchase in month c + k; size[c] = active[c, 0].
    Takes: customer and day of every purchase, two lists of one length from the full history.
    Refuses: lists of unequal length.
    Source: Fader and Hardie 2009, Journal of Interactive Marketing 23(1).
    """
    import numpy as np

    if len(customers) != len(days):
        raise ValueError(f"{len(customers)} customers for {len(days)} days")
    if not len(customers):
        return Cohorts([], np.zeros(0, np.int64), np.zeros((0, 0), np.int64), np.zeros((0, 0), np.bool_))
    places: dict[Hashable, int] = {}
    who = np.fromiter((places.setdefault(c, len(places)) for c in customers), np.int64, len(customers))
    month = np.asarray(days, dtype="datetime64[D]").astype("datetime64[M]").astype(np.int64)
    base, width = int(month.min()), int(month.max() - month.min()) + 1
    first = np.full(len(places), month.max())
    np.minimum.at(first, who, month)
    # Each customer counts once a month.
    keys = np.sort(who * width + month - base)
    once = keys[np.concatenate([[True], keys[1:] != keys[:-1]])]
    cohort = first[once // width] - base
    active = np.bincount(cohort * width + once % width - cohort, minlength=width * width).reshape(width, width)
    months = [str(np.datetime64(base + i, "M")) for i in range(width)]
    seen = np.arange(width)[:, None] + np.arange(width)[None, :] < width
    return Cohorts(months, active[:, 0], active, seen)

"""What became of the invitations: response metrics after AAPOR, simplified."""

from dataclasses import dataclass, fields
from fractions import Fraction

from dashboards import kpi
from dashboards.distribution import count_of
from dashboards.kpi import Kpi


@dataclass(frozen=True, slots=True)
class Dispositions:
    """Invitations by their final outcome, and how many were seen to open and to start.

    Takes: whole numbers. ineligible, bounced, refused, partial and completed exclude each other; opened and started are
    recorded events. Completed answered to the end; partial answered the KPI question; refused opted out or broke off
    before it.
    Refuses: negative and fractional counts, more outcomes than were sent.
    Source: AAPOR Standard Definitions, 10th edition 2023.
    """

    sent: int
    ineligible: int
    bounced: int
    opened: int
    started: int
    partial: int
    completed: int
    refused: int

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, count_of(getattr(self, field.name), field.name))
        outcomes = self.ineligible + self.bounced + self.partial + self.completed + self.refused
        if outcomes > self.sent:
            raise ValueError(f"{outcomes} outcomes (ineligible to refused) of {self.sent} sent: an outcome counts once")

    @property
    def eligible(self) -> int:
        return self.sent - self.ineligible

    @property
    def delivered(self) -> int:
        return self.eligible - self.bounced


def rate(x: int, n: int, method: str) -> Kpi:
    """A share of a complete list, in percent: a fact without an interval; None where the list is empty.

    Formula: 100·x/n.
    Takes: x of n, whole numbers; the method it is named by. Gives percent.
    Source: Cochran 1977, Sampling Techniques, 2.6: a census has no sampling error.
    """
    if not n:
        return kpi.missing(kpi.NO_DATA, method=method, unit="percent")
    return Kpi(100 * x / n, Fraction(100 * x, n), n, method=method, unit="percent")


def response_rate(d: Dispositions) -> Kpi:
    """Response rate, the headline: who answered the KPI question, of all who could have.

    Formula: RR2 = (completed + partial)/(sent - ineligible); bounced counts as not answered.
    Takes: dispositions of a list of known customers; an open link has no response rate. Gives percent.
    Source: AAPOR Standard Definitions 2023, RR2; customers from an order list are known to be eligible.
    """
    return rate(d.completed + d.partial, d.eligible, "aapor_rr2")


def complete_response_rate(d: Dispositions) -> Kpi:
    """Share of the eligible who answered to the end.

    Formula: RR1 = completed/(sent - ineligible).
    Takes: dispositions. Gives percent.
    Source: AAPOR Standard Definitions 2023, RR1.
    """
    return rate(d.completed, d.eligible, "aapor_rr1")


def response_rate_delivered(d: Dispositions) -> Kpi:
    """Response rate of delivered mails: larger, the habit of marketing.

    Formula: (completed + partial)/delivered, delivered = eligible - bounced.
    Takes: dispositions. Gives percent.
    Source: AAPOR Standard Definitions 2023 (no response rate: those not reached are left out).
    """
    return rate(d.completed + d.partial, d.delivered, "response_rate_delivered")


def cooperation_rate(d: Dispositions) -> Kpi:
    """Share of those who decided that answered to the end.

    Formula: COOP1 = completed/(completed + partial + refused).
    Takes: dispositions. Gives percent.
    Source: AAPOR Standard Definitions 2023, COOP1.
    """
    return rate(d.completed, d.completed + d.partial + d.refused, "aapor_coop1")


def refusal_rate(d: Dispositions) -> Kpi:
    """Share of the eligible who refused.

    Formula: REF1 = refused/(sent - ineligible).
    Takes: dispositions. Gives percent.
    Source: AAPOR Standard Definitions 2023, REF1.
    """
    return rate(d.refused, d.eligible, "aapor_ref1")


def delivery_rate(d: Dispositions) -> Kpi:
    """Share of the eligible whose mail arrived.

    Formula: delivered/eligible.
    Takes: dispositions. Gives percent.
    Source: SMTP outcomes, RFC 5321; no survey rate.
    """
    return rate(d.delivered, d.eligible, "delivery_rate")


def open_rate(d: Dispositions) -> Kpi:
    """Recorded opens of delivered mails: privacy proxies open all, image blockers none; never a denominator.

    Formula: opened/delivered.
    Takes: dispositions. Gives percent.
    Source: recorded events; no survey rate.
    """
    return rate(d.opened, d.delivered, "open_rate")


def start_rate(d: Dispositions) -> Kpi:
    """Share of delivered mails after which somebody started.

    Formula: started/delivered.
    Takes: dispositions. Gives percent.
    Source: recorded events; no survey rate.
    """
    return rate(d.started, d.delivered, "start_rate")


def completion_rate(d: Dispositions) -> Kpi:
    """Share of those who started that answered to the end; not a response rate.

    Formula: completed/started; 100 minus it is the break-off rate.
    Takes: dispositions. Gives percent.
    Source: Callegaro, Lozar Manfreda and Vehovar 2015, Web Survey Methodology, 3.
    """
    return rate(d.completed, d.started, "completion_rate")


def breakoff_rate(d: Dispositions) -> Kpi:
    """Share of those who started that did not answer to the end.

    Formula: 1 - completed/started.
    Takes: dispositions. Gives percent.
    Source: Callegaro, Lozar Manfreda and Vehovar 2015, Web Survey Methodology, 3.
    """
    return rate(d.started - d.completed, d.started, "breakoff_rate")

"""What this app tells on a customer's history and beside a response: her cases."""

from django.urls import reverse
from django.utils.translation import gettext as _

from actions.models import Case
from feedback.models import Customer, Response
from feedback.timeline import MOST_OF_A_KIND, Event


def events(customer: Customer) -> list[Event]:
    """When each was opened and closed; one query."""
    cases = Case.objects.filter(customer=customer).select_related("organization", "owner__user").order_by("-pk")
    told = []
    for case in cases[:MOST_OF_A_KIND]:
        told.append(_opened(case))
        if case.closed_at is not None:
            title = _("Case %(number)s closed") % {"number": case.pk}
            told.append(Event(case.closed_at, title, case.get_outcome_display(), "circle-check", _url(case)))
    return told


def about(response: Response) -> list[Event]:
    """The case of this response, where there is one."""
    cases = Case.objects.filter(response=response).select_related("organization", "owner__user")
    return [_opened(case) for case in cases]


def _opened(case: Case) -> Event:
    owner = str(case.owner) if case.owner else _("nobody yet")
    detail = _("%(state)s · owner: %(owner)s") % {"state": case.get_state_display(), "owner": owner}
    return Event(case.opened_at, _("Case %(number)s opened") % {"number": case.pk}, detail, "lifebuoy", _url(case))


def _url(case: Case) -> str:
    return reverse("actions:case", args=[case.organization.slug, case.pk])

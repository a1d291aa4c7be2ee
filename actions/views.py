"""Home: the first steps until the first answer is there, then what to do now; for viewers the dashboard."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions import cases, first_steps, loop
from actions.cases import Wanted
from organizations.models import Role
from organizations.wall import MemberRequest, role_required

MOST_LISTED = 8


@require_safe
@role_required(Role.VIEWER)
def home(request: MemberRequest, slug: str) -> HttpResponse:
    if not request.member.may(Role.CASE_WORKER):
        return redirect("dashboards:dashboard", slug)
    if request.member.may(Role.QUALITY_MANAGER):
        steps = first_steps.steps(request.organization)
        upcoming = next((number for number, step in enumerate(steps) if not step.is_done), None)
        if upcoming is not None:
            return render(request, "actions/home.html", {"steps": steps, "upcoming": upcoming})
    return _what_to_do(request)


def _what_to_do(request: MemberRequest) -> HttpResponse:
    now, member = timezone.now(), request.member
    mine = cases.find(member, Wanted(owner=cases.ME), now=now).select_related(*cases.RELATED)
    free = cases.find(member, Wanted(owner=cases.NOBODY), now=now).select_related(*cases.RELATED)
    context = {
        "now": now,
        "waiting": loop.waiting(request.organization, now=now),
        "own": loop.waiting(request.organization, now=now, owner=member),
        "mine": mine[:MOST_LISTED],
        "free": free[:MOST_LISTED],
    }
    return render(request, "actions/today.html", context)

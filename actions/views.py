"""Home: the first steps until the first answer is there, then the dashboard."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from actions import first_steps
from organizations.models import Role
from organizations.wall import MemberRequest, role_required


@require_GET
@role_required(Role.VIEWER)
def home(request: MemberRequest, slug: str) -> HttpResponse:
    steps = first_steps.steps(request.organization)
    may_do_them = request.member.may(Role.QUALITY_MANAGER)
    if not may_do_them or all(step.is_done for step in steps):
        return redirect("dashboards:dashboard", slug)
    upcoming = next(number for number, step in enumerate(steps) if not step.is_done)
    return render(request, "actions/home.html", {"steps": steps, "upcoming": upcoming})

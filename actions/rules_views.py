"""The page on which quality managers say when cases open, when they are due and who gets them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions import rules
from actions.forms import RulesForm
from organizations.models import Role
from organizations.wall import MemberRequest, role_required


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def case_rules(request: MemberRequest, slug: str) -> HttpResponse:
    organization = request.organization
    form = RulesForm(request.POST or None, organization=organization)
    if request.method == "POST" and form.is_valid():
        try:
            rules.change(organization, **form.wanted(), by=request.member, now=timezone.now())
        except rules.NobodyNamed as refusal:
            form.add_error("first_owner", str(refusal))
        else:
            messages.success(request, _("Saved. It holds for the cases that open from now on."))
            return redirect("actions:case_rules", slug)
    context = {"form": form, "younger_than": rules.ONLY_YOUNGER_THAN_DAYS}
    return render(request, "actions/case_rules.html", context, status=422 if form.is_bound else 200)

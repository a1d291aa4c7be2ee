"""The wording and its order, edited in one form; every button keeps what was typed."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organizations import faults as fault_pages
from organizations.models import Role
from organizations.wall import MemberRequest, role_required
from surveys import cards, changes, documents, drafting, editing, kinds, languages, questionnaire
from surveys.editing import Data
from surveys.faults import Fault
from surveys.models import Survey, SurveyVersion
from surveys.survey_views import in_words

SALT = "surveys.editor"


@dataclass(frozen=True)
class Desk:
    """What lies on the editor's desk: it travels with the form, signed, so that nothing unsaved is stored."""

    survey: int
    seen: int  # the version that was opened
    revision: int
    data: Data
    beside: str  # the second language shown
    opened: str  # the question that is open where not all can be
    changed: bool = False

    @classmethod
    def fresh(cls, version: SurveyVersion, beside: str) -> "Desk":
        data: Data = questionnaire.to_data(documents.of(version))
        others = [code for code in data["languages"] if code != data["base_language"]]
        beside = beside if beside in others else ""
        return cls(version.survey_id, version.pk, version.revision, data, beside, opened="")

    @classmethod
    def posted(cls, request: MemberRequest, survey: Survey) -> "Desk | None":
        """None for what is not ours, or belongs to another survey."""
        try:
            desk = cls(**signing.loads(request.POST.get("desk", ""), salt=SALT))
        except (signing.BadSignature, TypeError):
            return None
        if desk.survey != survey.pk:
            return None
        form = {name: value for name, value in request.POST.items() if isinstance(value, str)}
        data = editing.typed(desk.data, form, desk.shown)
        return replace(desk, data=data, changed=desk.changed or data != desk.data)

    @property
    def shown(self) -> list[str]:
        return [self.data["base_language"], *([self.beside] if self.beside else [])]

    def token(self) -> str:
        return str(signing.dumps(vars(self), salt=SALT, compress=True))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def edit(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(request.organization.surveys, pk=pk)
    if survey.archived_at is not None and request.method != "POST":
        messages.error(request, str(drafting.IsArchived()))
        return redirect("surveys:detail", slug, survey.pk)
    if request.method != "POST":
        newest = survey.versions.latest("number")
        return _show(request, survey, Desk.fresh(newest, request.GET.get("beside", "")))
    desk = Desk.posted(request, survey)
    if desk is None:
        return fault_pages.bad_request(request)
    button = request.POST.get("do", "save")
    return _save(request, survey, desk) if button == "save" else _show(request, survey, _pressed(desk, request, button))


def _pressed(desk: Desk, request: MemberRequest, button: str) -> Desk:
    verb, _colon, rest = button.partition(":")
    if verb == "show":
        others = [code for code in desk.data["languages"] if code != desk.data["base_language"]]
        return replace(desk, beside=rest if rest in others else "")
    if verb == "open":
        return replace(desk, opened=rest)
    if verb == "add-language":
        rest = request.POST.get("new-language", "")
        button = f"{verb}:{rest}"
    data = editing.pressed(desk.data, button)
    if verb == "add" and data != desk.data:
        desk = replace(desk, opened=_newest_key(desk.data, data))
    if verb == "add-language" and rest in data["languages"]:
        desk = replace(desk, beside=rest if rest != data["base_language"] else desk.beside)
    if desk.beside not in data["languages"]:
        desk = replace(desk, beside="")
    return replace(desk, data=data, changed=desk.changed or data != desk.data)


def _newest_key(before: Data, after: Data) -> str:
    known = {question["key"] for _place, question in editing.questions(before)}
    return next(str(question["key"]) for _place, question in editing.questions(after) if question["key"] not in known)


def _save(request: MemberRequest, survey: Survey, desk: Desk) -> HttpResponse:
    taken = {row.key: row.choice_keys for row in survey.questions.filter(parent=None)}
    try:
        wording = questionnaire.parse(editing.finished(desk.data, taken))
        drafting.revise(survey, wording, seen=desk.seen, revision=desk.revision, by=request.member, now=timezone.now())
    except questionnaire.FaultyQuestionnaire as faulty:
        return _show(request, survey, desk, faults=faulty.faults)
    except drafting.Stale as refusal:
        return _show_both(request, survey, desk, wording, refusal)
    except (drafting.TooLarge, drafting.IsArchived) as refusal:
        return _show(request, survey, desk, refusal=str(refusal))
    messages.success(request, _("Saved. Customers see it when you publish it."))
    response = redirect("surveys:edit", request.organization.slug, survey.pk)
    if desk.beside:
        response["Location"] += f"?beside={desk.beside}"
    return response


def _show_both(
    request: MemberRequest, survey: Survey, desk: Desk, mine: questionnaire.Questionnaire, refusal: drafting.Stale
) -> HttpResponse:
    """Hers stays in the form, and words tell how the other one differs: saving again is a choice with open eyes."""
    theirs = refusal.current
    told = in_words(changes.changes(documents.of(theirs), mine))
    desk = replace(desk, seen=theirs.pk, revision=theirs.revision)
    return _show(request, survey, desk, refusal=str(refusal), theirs=theirs, mine_changes=told)


def _show(
    request: MemberRequest, survey: Survey, desk: Desk, *, faults: tuple[Fault, ...] = (), **more: Any
) -> HttpResponse:
    data = desk.data
    opened = desk.opened or _place_of_first(data, faults)
    present, base = data["languages"], data["base_language"]
    context = {
        "survey": survey,
        "wording": data,
        "sheet": cards.sheet(data, shown=desk.shown, faults=faults, opened=opened),
        "summary": [(cards.anchor(fault.where), _where(data, fault), documents.said(fault)) for fault in faults],
        "token": desk.token(),
        "changed": desk.changed,
        "base": base,
        "beside": desk.beside,
        "others": [(code, languages.name(code)) for code in present if code != base],
        "addable": [(code, languages.name(code)) for code in languages.KNOWN if code not in present],
        "kinds": list(kinds.KINDS.values()),
        "draft": survey.versions.drafts().first(),
        **more,
    }
    return render(request, "surveys/edit.html", context)


def _where(data: Data, fault: Fault) -> str:
    """«Question 3», as the cards are numbered."""
    for number, (place, _question) in enumerate(editing.questions(data), start=1):
        if fault.where == place or fault.where.startswith(f"{place}."):
            return _("Question %(number)s") % {"number": number}
    return ""


def _place_of_first(data: Data, faults: tuple[Fault, ...]) -> str:
    """The key of the first question with a fault, to open it."""
    places = {place: question["key"] for place, question in editing.questions(data)}
    hits = [key for fault in faults for place, key in places.items() if fault.where.startswith(f"{place}.")]
    return hits[0] if hits else ""

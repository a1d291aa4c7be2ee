"""The survey editor: every change is kept at once and can be taken back; every button works without a script too."""

import json
from dataclasses import dataclass, replace
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organizations import faults as fault_pages
from organizations.models import Role
from organizations.wall import MemberRequest, role_required
from surveys import (
    asked_if,
    buttons,
    cards,
    changes,
    drafting,
    editing,
    editor_words,
    kinds,
    languages,
    mending,
    revising,
)
from surveys.editing import Data
from surveys.editor_desk import Desk
from surveys.faults import Fault
from surveys.models import Survey, SurveyVersion
from surveys.revising import Seen
from surveys.survey_views import in_words

# The usual ones first.
GALLERY = sorted(kinds.KINDS, key="nps csat ces text single_choice multiple_choice statement".find)
BAR = "editor-bar"  # what a pause in typing has drawn anew; everything else brings the whole form


@dataclass(frozen=True)
class Pressed:
    """«up:pages[0].questions[2]»"""

    verb: str
    rest: str

    @classmethod
    def of(cls, request: MemberRequest) -> "Pressed":
        verb, _colon, rest = request.POST.get("do", "typed").partition(":")
        if verb == "add-language":
            rest = request.POST.get("new-language", "")
        return cls(verb, rest)


@require_http_methods(["GET", "HEAD", "POST"])
@csp_update({"frame-src": ["'self'"]})
@role_required(Role.QUALITY_MANAGER)
def edit(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(request.organization.surveys, pk=pk)
    if request.method != "POST":
        if survey.archived_at is not None:
            messages.error(request, str(drafting.IsArchived()))
            return redirect("surveys:detail", slug, survey.pk)
        newest = survey.versions.latest("number")
        desk = Desk.fresh(newest, beside=request.GET.get("beside", ""), opened=request.GET.get("open", ""))
        return _page(request, survey, desk, newest)
    shown = Desk.posted(request, survey)
    if shown is None:
        return fault_pages.bad_request(request)
    pressed = Pressed.of(request)
    desk = shown.typed(request)
    if desk.theirs is not None and pressed.verb != "overwrite":
        pressed_on = replace(desk, data=buttons.pressed(desk.data, request.POST.get("do", "")))
        return _conflict(request, survey, pressed_on, survey.versions.latest("number"))
    try:
        version, said = _changed(request, survey, shown, desk, pressed)
    except drafting.Stale as refusal:
        return _conflict(request, survey, desk, refusal.current)
    except (drafting.TooLarge, drafting.IsArchived) as refusal:
        return _unsaved(request, survey, desk, survey.versions.latest("number"), refusal=str(refusal))
    return _answer(request, survey, _desk_after(desk, version, pressed), version, pressed, said)


def _changed(
    request: MemberRequest, survey: Survey, shown: Desk, desk: Desk, pressed: Pressed
) -> tuple[SurveyVersion, str]:
    """What was typed is one step, what was pressed the next."""
    by, now = request.member, timezone.now()
    seen = Seen(*desk.theirs) if desk.theirs is not None else desk.seen_state
    what = "overwrite" if desk.theirs is not None else "typed"
    place = editing.changed_question(shown.data, desk.data)
    version = revising.keep(survey, desk.data, seen=seen, what=what, place=place, by=by, now=now)
    seen = Seen(version.pk, version.revision)
    if pressed.verb in ("undo", "redo"):
        step = revising.to_undo(version) if pressed.verb == "undo" else revising.to_redo(version)
        version = (revising.undo if pressed.verb == "undo" else revising.redo)(survey, seen=seen, by=by, now=now)
        if step is None:
            return version, _("There is nothing to take back.")
        sentence = _("Taken back: %(what)s.") if pressed.verb == "undo" else _("Made again: %(what)s.")
        return version, sentence % {"what": editor_words.of_step(step.what)}
    if pressed.verb not in buttons.BUTTONS:
        return version, ""
    # The places are those that were on the screen, so it is pressed on what was shown.
    after = buttons.pressed(desk.data, f"{pressed.verb}:{pressed.rest}")
    said = editor_words.of_press(pressed.verb, pressed.rest, desk.data, after)
    return revising.keep(survey, after, seen=seen, what=pressed.verb, by=by, now=now), said


def _desk_after(desk: Desk, version: SurveyVersion, pressed: Pressed) -> Desk:
    after = Desk.fresh(version, beside=desk.beside, opened=desk.opened)
    if pressed.verb == "show":
        return after.beside_of(pressed.rest)
    if pressed.verb == "open":
        return replace(after, opened=pressed.rest[:60])
    if pressed.verb == "add-language":
        after = after.beside_of(pressed.rest)
    if pressed.verb in ("add", "duplicate"):
        known = {question["key"] for _place, question in editing.questions(desk.data)}
        new = [question["key"] for _place, question in editing.questions(after.data) if question["key"] not in known]
        after = replace(after, opened=new[0] if new else after.opened)
    elif pressed.verb in buttons.BUTTONS:
        touched = dict(editing.questions(desk.data)).get(pressed.rest.partition("/")[0].partition(".choices")[0])
        after = replace(after, opened=touched["key"] if touched is not None and pressed.verb != "remove" else "")
    return after


def _answer(
    request: MemberRequest, survey: Survey, desk: Desk, version: SurveyVersion, pressed: Pressed, said: str
) -> HttpResponse:
    if not getattr(request, "htmx", False):
        if said:
            messages.success(request, said)
        words = {name: value for name, value in (("beside", desk.beside), ("open", desk.opened)) if value}
        anchor = f"#question-{desk.opened}" if desk.opened else ""
        address = reverse("surveys:edit", args=[request.organization.slug, survey.pk])
        return redirect(f"{address}?{urlencode(words)}{anchor}" if words else address)
    if request.htmx.target == BAR:  # type: ignore[attr-defined]  # django-htmx puts it there
        response = render(request, "surveys/_editor_bar.html", _context(survey, desk, version, is_partial=True))
    else:
        offers_undo = pressed.verb in ("remove", "remove-language")
        response = _page(request, survey, desk, version, said=said, offers_undo=offers_undo)
    is_new = pressed.verb in ("add", "duplicate") and desk.opened
    focus = f"open-question-{desk.opened}" if is_new else ""
    response["HX-Trigger"] = json.dumps({"editor:kept": {"said": said, "focus": focus, "number": version.number}})
    return response


def _conflict(request: MemberRequest, survey: Survey, desk: Desk, theirs: SurveyVersion) -> HttpResponse:
    """Hers stays in the form, and words tell how the other one differs: saving over it is a choice with open eyes."""
    desk = replace(desk, theirs=(theirs.pk, theirs.revision))
    other, mine = editing.presentable(revising.held(theirs)), editing.presentable(desk.data)
    conflict = {
        "said": editor_words.of_theirs(theirs),
        "theirs": theirs,
        "changes": in_words(changes.changes(other, mine)) if other is not None and mine is not None else None,
    }
    return _unsaved(request, survey, desk, theirs, conflict=conflict)


def _unsaved(request: MemberRequest, survey: Survey, desk: Desk, version: SurveyVersion, **why: Any) -> HttpResponse:
    if getattr(request, "htmx", False) and request.htmx.target == BAR:  # type: ignore[attr-defined]  # as above
        context = _context(survey, desk, version, is_partial=True, **why)
        return render(request, "surveys/_editor_bar.html", context)
    return _page(request, survey, desk, version, **why)


def _page(request: MemberRequest, survey: Survey, desk: Desk, version: SurveyVersion, **more: Any) -> HttpResponse:
    return render(request, "surveys/edit.html", _context(survey, desk, version, is_partial=False, **more))


def _context(survey: Survey, desk: Desk, version: SurveyVersion, *, is_partial: bool, **more: Any) -> dict[str, Any]:
    data = desk.data
    faults = tuple(mending.in_plain_words(fault, data) for fault in editing.faults_of(data))
    present, base = data["languages"], data["base_language"]
    context = {
        "survey": survey,
        "version": version,
        "draft": version if version.published_at is None else None,
        "desk": desk,
        "token": desk.token(),
        "wording": data,
        "saved_at": editor_words.clock(version.changed_at, survey.organization),
        "to_mend": editor_words.to_mend(data, faults),
        "undo": _step(revising.to_undo(version)),
        "redo": _step(revising.to_redo(version)),
        "base": base,
        "beside": desk.beside,
        "others": [(code, languages.name(code), editing.missing(data, code)) for code in present if code != base],
        "is_partial": is_partial,
        **more,
    }
    return context if is_partial else context | _cards(desk, faults)


def _cards(desk: Desk, faults: tuple[Fault, ...]) -> dict[str, Any]:
    data: Data = desk.data
    first = next((question["key"] for _place, question in editing.questions(data)), "")
    sheet = cards.sheet(data, shown=desk.shown, faults=faults, opened=desk.opened or _faulty(data, faults) or first)
    return {
        "sheet": sheet,
        "kinds": [kinds.KINDS[name] for name in GALLERY],
        "known_details": asked_if.KNOWN_DETAILS.items(),
        "addable": [(code, languages.name(code)) for code in languages.KNOWN if code not in data["languages"]],
    }


def _faulty(data: Data, faults: tuple[Fault, ...]) -> str:
    """The key of the first question with something to mend."""
    places = {place: str(question["key"]) for place, question in editing.questions(data)}
    return next((key for fault in faults for place, key in places.items() if fault.where.startswith(f"{place}.")), "")


def _step(step: Any) -> str:
    return editor_words.of_step(step.what) if step is not None else ""

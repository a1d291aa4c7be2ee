"""The page where an owner sets logo and colour, and sees at once whether they can be read."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from organizations import appearance as verbs
from organizations import colours, logo_picture, logos, preferences
from organizations.forms import AppearanceForm, ColourField
from organizations.models import Organization, Role
from organizations.wall import MemberRequest, role_required

WHY_NOT: dict[str, str | Promise] = {
    "empty": gettext_lazy("The file is empty. Choose the picture once more."),
    "too_heavy": gettext_lazy("The file has more than 2 MB. Save it smaller: 640 dots across are enough."),
    "svg": gettext_lazy("SVG can hold programs and is shown by few mail programs. Save the logo as PNG."),
    "unknown": gettext_lazy("This is neither a PNG nor a JPEG picture. Save the logo as one of them."),
    "broken": gettext_lazy("The picture is damaged: its end is missing, or it cannot be read. Save it once more."),
    "too_small": gettext_lazy("The picture is too small to be seen. Take one of at least 16 dots each way."),
    "too_large": gettext_lazy("The picture has too many dots. Save it smaller: 640 dots across are enough."),
    "too_long": gettext_lazy("The picture is a line: one side is more than 20 times the other. Cut it to the logo."),
    "too_detailed": gettext_lazy("The picture has too much detail for a logo. Take a simpler one."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.OWNER)
def appearance(request: MemberRequest, slug: str) -> HttpResponse:
    organization = request.organization
    if request.headers.get("HX-Request") == "true" and request.method != "POST":
        return render(request, "organizations/_look.html", _look(organization, _typed(request, organization)))
    form = AppearanceForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        initial={"colour": organization.colour},
    )
    if request.method == "POST" and form.is_valid() and _save(request, form):
        messages.success(request, _("Saved."))
        return redirect("organizations:appearance", slug)
    context = _look(organization, _typed(request, organization)) | {"form": form}
    return render(request, "organizations/appearance.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(Role.OWNER)
def remove_logo(request: MemberRequest, slug: str) -> HttpResponse:
    verbs.remove_logo(request.organization, by=request.member, now=timezone.now())
    messages.success(request, _("The logo is gone; your name stands in its place."))
    return redirect("organizations:appearance", slug)


def _save(request: MemberRequest, form: AppearanceForm) -> bool:
    """Both or nothing: the picture is read before anything is stored."""
    now, file = timezone.now(), form.cleaned_data["logo"]
    if file is not None:
        try:
            verbs.set_logo(request.organization, _bytes(file), by=request.member, now=now)
        except logo_picture.NotALogo as refusal:
            form.add_error("logo", str(WHY_NOT[refusal.code]))
            return False
    preferences.change(request.organization, by=request.member, now=now, colour=form.cleaned_data["colour"])
    return True


def _bytes(file: UploadedFile[bytes]) -> bytes:
    # One byte more than is allowed tells a file that is too large from one that just fits.
    return bytes(file.read(logo_picture.MOST_BYTES + 1))


def _typed(request: MemberRequest, organization: Organization) -> str:
    """The colour that is being tried out; what is no colour leaves the one we have."""
    wanted = request.POST.get("colour", "") or request.GET.get("colour", "")
    try:
        return ColourField().clean(wanted)
    except ValidationError:
        return organization.colour


def _look(organization: Organization, colour: str) -> dict[str, object]:
    """How a button and a link look in this colour, on light and on dark ground, and how well each can be read."""
    on_button = colours.text_on(colour)
    grounds = []
    for label, ground in ((_("Light"), colours.LIGHT_GROUND), (_("Dark"), colours.DARK_GROUND)):
        ink = colours.ink(colour, ground)
        grounds.append(
            {
                "label": label,
                "ground": ground,
                "ink": ink,
                "on_ink": colours.text_on(ink),
                "is_changed": ink != colour,
                "contrast": colours.contrast(ink, ground),
            }
        )
    logo = organization.logo
    return {
        "colour": colour,
        "on_button": on_button,
        "button_contrast": colours.contrast(colour, on_button),
        "grounds": grounds,
        "logo": {"address": logos.address(logo), "size": logos.shown_size(logo)} if logo else None,
    }

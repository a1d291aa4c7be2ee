"""Forms of members and organizations; faults stand beside their field."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from organizations import founding, record, slugs
from organizations.fields import OneLineField, TimeZoneField
from organizations.models import Member, Organization, Role

# The choices of HTML colour fields, and what mail programs understand.
COLOUR = {"type": "color", "class": "form-control form-control-color"}
LANGUAGE_HELP = _("The language of our pages for members who chose none, and of mails to you.")
SENDER_NAME_HELP = _("Your customers see it as the sender: a person or a team is answered more often than a company.")
SENDER_ADDRESS_HELP = _("Answers to your mails arrive here.")


class LanguageField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=settings.LANGUAGES, **{"label": _("Language"), **kwargs})


class EmailAddressField(forms.EmailField):
    """An address that fits the column; small letters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 254, **kwargs})

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).lower()


class FoundForm(forms.Form):
    """A new organization."""

    name = OneLineField(label=_("Name of your organization"), max_length=120, help_text=_("As your customers know it."))
    slug = forms.CharField(
        label=_("Address"),
        max_length=slugs.LONGEST,
        required=False,
        help_text=_(
            "Small letters, digits and dashes. Leave it empty and we take one from the name. It stays as it is."
        ),
    )
    time_zone = TimeZoneField()
    language = LanguageField(help_text=LANGUAGE_HELP)
    sender_name = OneLineField(label=_("Sender name"), max_length=120, help_text=SENDER_NAME_HELP)
    sender_address = EmailAddressField(label=_("Sender address"), help_text=SENDER_ADDRESS_HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs |= {"autocomplete": "organization", "data-slug-source": "id_slug"}
        self.fields["slug"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["time_zone"].widget.attrs["data-guess-time-zone"] = ""

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].strip().lower()
        if not slug:
            return ""
        if not slugs.SHAPE.match(slug):
            raise ValidationError(_("Only small letters, digits and single dashes between them, such as blue-bikes."))
        if len(slug) < slugs.SHORTEST:
            raise ValidationError(_("At least two characters."))
        if slug in slugs.RESERVED:
            raise ValidationError(_("This word is one of our own pages. Take another one."))
        if founding.is_taken(slug):
            raise ValidationError(_("Another organization has this address. Take another one."))
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("name") and data.get("slug") == "":
            data["slug"] = slugs.suggest(data["name"], taken=founding.is_taken)
        return data


class SettingsForm(forms.Form):
    """What owners may change of their organization."""

    name = OneLineField(label=_("Name"), max_length=120)
    time_zone = TimeZoneField(help_text=_("Days begin and end here. Answers that came in keep their day."))
    language = LanguageField(help_text=LANGUAGE_HELP)
    sender_name = OneLineField(label=_("Sender name"), max_length=120, help_text=SENDER_NAME_HELP)
    sender_address = EmailAddressField(label=_("Sender address"), help_text=SENDER_ADDRESS_HELP)
    minimum_group = forms.IntegerField(
        label=_("Minimum group"),
        min_value=Organization.SMALLEST_GROUP,
        max_value=Organization.LARGEST_GROUP,
        help_text=_(
            "No figure is shown from fewer answers than this (3 to 20), so that nobody can be guessed from it."
        ),
    )


class ColourField(forms.RegexField):
    """#rrggbb, in small letters."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = {"invalid": _("A colour such as #066fd1."), "required": _("A colour such as #066fd1.")}
        given: dict[str, Any] = {"label": _("Colour"), "widget": forms.TextInput(attrs=COLOUR), "error_messages": wrong}
        super().__init__(r"^#[0-9a-fA-F]{6}\Z", **given | kwargs)

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).lower()


class AppearanceForm(forms.Form):
    """What customers see of the organization."""

    colour = ColourField(help_text=_("For buttons and lines on the pages and in the mails that your customers see."))
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        allow_empty_file=True,
        help_text=_("PNG or JPEG, at most 2 MB. We make it small, so that it shows at once on any phone."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )


class InviteForm(forms.Form):
    """A colleague's address and what she may do."""

    email = EmailAddressField(label=_("E-mail address of your colleague"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class ProfileForm(forms.Form):
    """How we call you, and in which language."""

    name = OneLineField(label=_("Your name"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As each organization has it")), *settings.LANGUAGES],
    )


class DayField(forms.DateField):
    """An optional day of our times; the browser's own calendar picks it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"required": False, "widget": widget, **kwargs})
        self.validators += [
            MinValueValidator(date(1970, 1, 1), _("A day from 1970 on.")),
            MaxValueValidator(date(2199, 12, 31), _("A day before the year 2200.")),
        ]


class RecordFilter(forms.Form):
    """Which part of the record; faults in the address narrow nothing and are shown."""

    member = forms.TypedChoiceField(label=_("Who"), required=False, coerce=int, empty_value=None)
    place = forms.ChoiceField(label=_("About"), required=False)
    since = DayField(label=_("From"))
    until = DayField(label=_("Until"))

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Member.objects.filter(organization=organization).select_related("user").order_by("user__name", "id")
        self.fields["member"].choices = [("", _("Everybody")), *((member.pk, str(member)) for member in members)]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", _("Everything")), *record.places(organization)]  # type: ignore[attr-defined]

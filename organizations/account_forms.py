"""The forms of signing up and in: allauth's rules, our words, one message beside each fault."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.internal.flows.signup import prevent_enumeration
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from organizations.fields import OneLineField
from organizations.models import User

GOOD_PASSWORD = _(
    "At least 10 characters. Several words that do not belong together are easy to remember and hard to guess."
)


def _tell(form: forms.Form, **labels: Any) -> None:
    for name, label in labels.items():
        if name in form.fields:
            form.fields[name].label = label
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class SignUpForm(allauth_forms.SignupForm):  # type: ignore[misc]  # allauth ships no types
    """Name, e-mail, password."""

    field_order = ("name", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = OneLineField(label=_("Your name"), max_length=120)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.order_fields(self.field_order)
        _tell(self, email=_("Your e-mail address at work"), password1=_("Password"))
        self.fields["password1"].help_text = GOOD_PASSWORD

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        spoken = translation.get_language() or settings.LANGUAGE_CODE
        user.language = spoken if spoken in dict(settings.LANGUAGES) else ""
        user.save(update_fields=["name", "language"])

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            # The time of an answer tells as well: a password is made unreadable here as for a new account.
            make_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                return super().try_save(request)  # type: ignore[no-any-return]
        except IntegrityError:
            # Somebody signed up with this address between our look and our write.
            return None, prevent_enumeration(request, email=self.cleaned_data["email"])


class SignInForm(allauth_forms.LoginForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tell(self, login=_("E-mail address"), password=_("Password"))
        self.fields["password"].help_text = ""


class ResetForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tell(self, email=_("E-mail address"))


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tell(self, password1=_("New password"), password2=_("New password once more"))
        self.fields["password1"].help_text = GOOD_PASSWORD


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tell(
            self,
            oldpassword=_("Present password"),
            password1=_("New password"),
            password2=_("New password once more"),
        )
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = GOOD_PASSWORD


class SetPasswordForm(allauth_forms.SetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tell(self, password1=_("New password"), password2=_("New password once more"))
        self.fields["password1"].help_text = GOOD_PASSWORD


class ChangeEmailForm(allauth_forms.AddEmailForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tell(self, email=_("New e-mail address"))


class PasswordAgainForm(allauth_forms.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _tell(self, password=_("Password"))
        self.fields["password"].help_text = ""

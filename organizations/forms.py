"""Forms of members and organizations."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from organizations.models import User


class SignUpForm(forms.Form):
    """What sign-up asks besides e-mail and password."""

    name = forms.CharField(label=_("Your name"), max_length=120)

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])

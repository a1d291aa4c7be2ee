"""How people sign in: allauth's decisions, in our words, through our queue and with our links."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from organizations import links, notices
from organizations.models import User

LONGEST_EMAIL = 254
LONGEST_PASSWORD = 256


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-up, verification and reset for members."""

    def clean_email(self, email: str) -> str:
        if len(email) > LONGEST_EMAIL:
            raise ValidationError(_("This address is too long. An e-mail address has at most 254 characters."))
        return email

    def clean_password(self, password: str, user: User | None = None) -> str:
        if len(password) > LONGEST_PASSWORD:
            raise ValidationError(_("This password is too long. Take at most 256 characters."))
        return str(super().clean_password(password, user))

    def is_safe_url(self, url: str) -> bool:
        """Only places on this very site: a link of ours never ends elsewhere."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        return speak(super().post_login(request, user, **how), user.language)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        path = reverse("account_confirm_email", args=[emailconfirmation.key])
        wanted = request.POST.get("next") or request.GET.get("next") or ""
        # The mail may be opened in another browser, which does not know where its reader was going.
        return links.absolute(f"{path}?{urlencode({'next': wanted})}" if self.is_safe_url(wanted) else path)

    def get_reset_password_from_key_url(self, key: str) -> str:
        user, _dash, secret = key.partition("-")
        return links.absolute(reverse("account_reset_password_from_key", kwargs={"uidb36": user, "key": secret}))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail that allauth wants to send becomes a Notice."""
        user = context.get("user") or User.objects.filter(email__iexact=email).first()
        facts = {name: value for name, value in context.items() if name not in {"request", "signup_url"}}
        notices.write(
            template_prefix.rsplit("/", 1)[-1],
            to=email,
            language=user.language if user else "",
            facts=facts
            | {
                "user": user,
                "email": email,
                "sign_up_link": links.absolute(reverse("account_signup")),
                "sign_in_link": links.absolute(reverse("account_login")),
                "reset_link": links.absolute(reverse("account_reset_password")),
            },
            now=timezone.now(),
        )


def speak(response: HttpResponse, language: str) -> HttpResponse:
    """Let this browser be spoken to in `language` outside an organization, too."""
    if translation.check_for_language(language) and language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=31_536_000,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def owns(user: User, email: str) -> bool:
    """Whether `user` has proved that she reads the mail of that address."""
    return bool(EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists())


def vouch(user: User) -> None:
    """Take the address of a user whom we made ourselves as proved, so that she can sign in."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
    )

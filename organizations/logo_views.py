"""An organization's logo, for mails and customers' pages: no sign-in, and an address that never shows anything else."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from organizations import logos
from organizations.models import Logo


@require_safe
def logo(request: HttpRequest, name: str) -> HttpResponse:
    found = Logo.objects.filter(name=name).only("content").first() if logos.is_name(name) else None
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type=logos.media_type(name))
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # A mail is read on other sites.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response

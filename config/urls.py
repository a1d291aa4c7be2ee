"""Every address of the product, app by app in the order of the flow."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("organizations.urls")),
    path("accounts/", include("organizations.account_urls")),
    path("o/<slug:slug>/", include("surveys.urls")),
    path("", include("feedback.public_urls")),
    path("o/<slug:slug>/", include("feedback.urls")),
    path("o/<slug:slug>/", include("dashboards.urls")),
    path("o/<slug:slug>/", include("actions.urls")),
    path("", include("api.urls")),
]

if settings.MAILBOX_DIR:
    urlpatterns.append(path("mailbox/", include("organizations.mailbox_urls")))

handler400 = "organizations.faults.bad_request"
handler403 = "organizations.faults.forbidden"
handler404 = "organizations.faults.not_found"
handler500 = "organizations.faults.server_error"

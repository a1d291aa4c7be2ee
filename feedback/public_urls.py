"""The customers' own addresses: no organization, no sign-in, the token is the authority."""

from django.urls import URLPattern, path

from feedback import respond_views, unsubscribe_views

app_name = "respond"
urlpatterns: list[URLPattern] = [
    path("r/<str:token>", respond_views.page, name="page"),
    path("r/<str:token>/thanks", respond_views.thanks, name="thanks"),
    path("u/<str:token>", unsubscribe_views.unsubscribe, name="unsubscribe"),
    path("u/<str:token>/undo", unsubscribe_views.undo, name="undo"),
    path("respond/<str:digest>/<str:colour>.css", respond_views.style, name="style"),
]

"""Addresses of the mailbox that `make run` keeps."""

from django.urls import URLPattern, path

from organizations import mailbox_views

app_name = "mailbox"
urlpatterns: list[URLPattern] = [
    path("", mailbox_views.inbox, name="inbox"),
    path("<slug:name>/", mailbox_views.mail, name="mail"),
    path("<slug:name>/body/", mailbox_views.body, name="body"),
]

"""The address of home, /o/<slug>/."""

from django.urls import URLPattern, path

from actions import views

app_name = "actions"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
]

"""Addresses for programs."""

from django.urls import URLPattern, path

from api import health

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

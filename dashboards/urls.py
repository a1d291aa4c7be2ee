"""Addresses under /o/<slug>/ for the dashboard."""

from django.urls import URLPattern, path

from dashboards import views

app_name = "dashboards"
urlpatterns: list[URLPattern] = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/changes/", views.changes, name="changes"),
    path("dashboard/figures/<int:pk>/", views.definition, name="definition"),
    path("dashboard/methods/", views.how_figures_are_made, name="methods"),
]

"""Addresses under /o/<slug>/ for surveys."""

from django.urls import path

from surveys import editor_views, preview_views, publish_views, survey_views

app_name = "surveys"
urlpatterns = [
    path("surveys/", survey_views.survey_list, name="list"),
    path("surveys/new/", survey_views.start, name="start"),
    path("surveys/upload/", survey_views.upload, name="upload"),
    path("surveys/<int:pk>/", survey_views.detail, name="detail"),
    path("surveys/<int:pk>/edit/", editor_views.edit, name="edit"),
    path("surveys/<int:pk>/preview/", preview_views.preview, name="preview"),
    path("surveys/<int:pk>/publish/", publish_views.publish, name="publish"),
    path("surveys/<int:pk>/discard/", publish_views.discard, name="discard"),
    path("surveys/<int:pk>/rename/", survey_views.rename, name="rename"),
    path("surveys/<int:pk>/copy/", survey_views.copy, name="copy"),
    path("surveys/<int:pk>/archive/", survey_views.archive, name="archive"),
    path("surveys/<int:pk>/bring-back/", survey_views.bring_back, name="bring_back"),
    path("surveys/<int:pk>/versions/<int:number>/questionnaire.json", survey_views.download, name="download"),
]

"""Addresses under /o/<slug>/ for customers, their responses and the mails to them."""

from django.urls import URLPattern, path

from feedback import (
    customer_views,
    ledger_views,
    mail_views,
    outbox_views,
    response_list_views,
    responses_views,
    touchpoint_views,
)

app_name = "feedback"
urlpatterns: list[URLPattern] = [
    path("customers/", customer_views.index, name="customers"),
    path("customers/bring/", customer_views.bring, name="bring"),
    path("customers/sample.csv", customer_views.sample, name="sample"),
    path("customers/<int:pk>/", customer_views.detail, name="customer"),
    path("customers/<int:pk>/release/", customer_views.release, name="release"),
    path("touchpoints/", touchpoint_views.index, name="touchpoints"),
    path("touchpoints/new/", touchpoint_views.create, name="create_touchpoint"),
    path("touchpoints/<int:pk>/", touchpoint_views.detail, name="touchpoint"),
    path("touchpoints/<int:pk>/settings/", touchpoint_views.edit, name="edit_touchpoint"),
    path("touchpoints/<int:pk>/start/", touchpoint_views.start, name="start_touchpoint"),
    path("touchpoints/<int:pk>/pause/", touchpoint_views.pause, name="pause_touchpoint"),
    path("touchpoints/<int:pk>/dry-run/", ledger_views.rehearsal, name="dry_run"),
    path("touchpoints/<int:pk>/ledger/", ledger_views.index, name="ledger"),
    path("touchpoints/<int:pk>/ledger/ledger.csv", ledger_views.download, name="ledger_csv"),
    path("touchpoints/<int:pk>/mail/", mail_views.edit, name="touchpoint_mail"),
    path("touchpoints/<int:pk>/mail/preview/", mail_views.preview, name="mail_preview"),
    path("surveys/<int:pk>/test-mail/", mail_views.test_mail, name="test_mail"),
    path("mail/", outbox_views.index, name="outbox"),
    path("mail/retry/", outbox_views.retry, name="outbox_retry"),
    path("mail/<int:pk>/arrived/", outbox_views.arrived, name="outbox_arrived"),
    path("mail/<int:pk>/again/", outbox_views.again, name="outbox_again"),
    path("responses/", response_list_views.index, name="responses"),
    path("responses/export/", response_list_views.export, name="responses_export"),
    path("responses/<int:pk>/", responses_views.detail, name="response"),
    path("responses/<int:pk>/exclude/", responses_views.exclude, name="response_exclude"),
    path("responses/<int:pk>/include/", responses_views.include, name="response_include"),
    path("responses/<int:pk>/erase/", responses_views.erase, name="response_erase"),
]

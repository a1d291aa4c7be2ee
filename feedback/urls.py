from django.urls import URLPattern, path

from feedback import customer_views, outbox_views

app_name = "feedback"
urlpatterns: list[URLPattern] = [
    path("customers/", customer_views.index, name="customers"),
    path("customers/bring/", customer_views.bring, name="bring"),
    path("customers/sample.csv", customer_views.sample, name="sample"),
    path("customers/<int:pk>/", customer_views.detail, name="customer"),
    path("mail/", outbox_views.index, name="outbox"),
    path("mail/retry/", outbox_views.retry, name="outbox_retry"),
    path("mail/<int:pk>/arrived/", outbox_views.arrived, name="outbox_arrived"),
    path("mail/<int:pk>/again/", outbox_views.again, name="outbox_again"),
]

from django.urls import URLPattern, path

from feedback import customer_views

app_name = "feedback"
urlpatterns: list[URLPattern] = [
    path("customers/", customer_views.index, name="customers"),
    path("customers/bring/", customer_views.bring, name="bring"),
    path("customers/sample.csv", customer_views.sample, name="sample"),
    path("customers/<int:pk>/", customer_views.detail, name="customer"),
]

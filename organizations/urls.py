"""Addresses outside an organization, and those of its settings and members."""

from django.urls import URLPattern, URLResolver, include, path

from organizations import appearance_views, logo_views, member_views, views

app_name = "organizations"

within: list[URLPattern | URLResolver] = [
    path("settings/", member_views.settings, name="settings"),
    path("settings/appearance/", appearance_views.appearance, name="appearance"),
    path("settings/appearance/logo/remove/", appearance_views.remove_logo, name="remove_logo"),
    path("settings/members/", member_views.members, name="members"),
    path("settings/members/invite/", member_views.invite, name="invite"),
    path("settings/members/leave/", member_views.leave, name="leave"),
    path("settings/members/<int:pk>/role/", member_views.change_role, name="change_role"),
    path("settings/members/<int:pk>/remove/", member_views.remove, name="remove"),
    path("settings/invitations/<int:pk>/resend/", member_views.resend_invite, name="resend_invite"),
    path("settings/invitations/<int:pk>/withdraw/", member_views.withdraw_invite, name="withdraw_invite"),
    path("settings/record/", member_views.record_page, name="record"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.landing, name="landing"),
    path("organizations/", views.mine, name="mine"),
    path("organizations/new/", views.found, name="found"),
    path("join/<str:token>/", views.join, name="join"),
    path("profile/", views.profile, name="profile"),
    path("logo/<str:name>", logo_views.logo, name="logo"),
    path("o/<slug:slug>/", include(within)),
]

"""The addresses of home, /o/<slug>/, and of cases."""

from django.urls import URLPattern, path

from actions import case_act_views, case_list_views, case_views, rules_views, views

app_name = "actions"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("cases/", case_list_views.index, name="cases"),
    path("cases/board/", case_list_views.board, name="board"),
    path("cases/figures/", case_list_views.figures, name="case_figures"),
    path("cases/export/", case_list_views.export, name="cases_export"),
    path("cases/rules/", rules_views.case_rules, name="case_rules"),
    path("cases/<int:pk>/", case_views.case, name="case"),
    path("cases/<int:pk>/take/", case_act_views.take, name="case_take"),
    path("cases/<int:pk>/assign/", case_act_views.assign, name="case_assign"),
    path("cases/<int:pk>/move/", case_act_views.move, name="case_move"),
    path("cases/<int:pk>/note/", case_act_views.note, name="case_note"),
    path("cases/<int:pk>/reply/", case_act_views.reply, name="case_reply"),
    path("cases/<int:pk>/due/", case_act_views.due, name="case_due"),
    path("cases/<int:pk>/close/", case_act_views.close, name="case_close"),
    path("cases/<int:pk>/reopen/", case_act_views.reopen, name="case_reopen"),
]

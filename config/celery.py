"""The clock: which sweep runs how often and on which queue, in the order of the flow."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("hearback")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A poke that nobody took within its own period is worthless: the next one is already there.
app.conf.beat_schedule = {
    "send notices": {
        "task": "organizations.tasks.send_notices",
        "schedule": 2.0,
        "options": {"queue": "mail", "expires": 10},
    },
    "bring": {"task": "feedback.tasks.bring", "schedule": 2.0, "options": {"queue": "import", "expires": 10}},
    "tidy imports": {
        "task": "feedback.tasks.tidy_imports",
        "schedule": 600.0,
        "options": {"queue": "import", "expires": 500},
    },
    "invite": {"task": "feedback.tasks.invite", "schedule": 5.0, "options": {"queue": "default", "expires": 20}},
    "skip history": {
        "task": "feedback.tasks.skip_history",
        "schedule": 60.0,
        "options": {"queue": "default", "expires": 50},
    },
    "remind": {"task": "feedback.tasks.remind", "schedule": 20.0, "options": {"queue": "default", "expires": 60}},
    "send mail": {"task": "feedback.tasks.send_mail", "schedule": 3.0, "options": {"queue": "mail", "expires": 15}},
    "settle leases": {
        "task": "feedback.tasks.settle_leases",
        "schedule": 15.0,
        "options": {"queue": "mail", "expires": 60},
    },
    "roll up": {"task": "dashboards.tasks.roll_up", "schedule": 2.0, "options": {"queue": "rollup", "expires": 10}},
    "count asked": {
        "task": "dashboards.tasks.count_asked",
        "schedule": 60.0,
        "options": {"queue": "rollup", "expires": 50},
    },
    "count asked of months": {
        "task": "dashboards.tasks.count_asked",
        "kwargs": {"days": 62},
        "schedule": 3600.0,
        "options": {"queue": "rollup", "expires": 3000},
    },
    "count all asked": {
        "task": "dashboards.tasks.count_all_asked",
        "schedule": crontab(hour="3", minute="10"),
        "options": {"queue": "rollup", "expires": 3600},
    },
    "open cases": {
        "task": "actions.tasks.open_cases",
        "schedule": 5.0,
        "options": {"queue": "default", "expires": 20},
    },
    "open overlooked cases": {
        "task": "actions.tasks.open_overlooked_cases",
        "schedule": crontab(hour=2, minute=30),
        "options": {"queue": "default", "expires": 3600},
    },
    "remind owners of cases": {
        "task": "actions.tasks.remind_owners",
        "schedule": 300.0,
        "options": {"queue": "default", "expires": 280},
    },
    "tidy organizations": {
        "task": "organizations.tasks.tidy",
        "schedule": crontab(hour=4, minute=10),
        "options": {"queue": "default", "expires": 3600},
    },
    "tidy surveys": {
        "task": "surveys.tasks.tidy",
        "schedule": crontab(hour=4, minute=20),
        "options": {"queue": "default", "expires": 3600},
    },
    "tidy actions": {
        "task": "actions.tasks.tidy",
        "schedule": crontab(hour=4, minute=30),
        "options": {"queue": "default", "expires": 3600},
    },
    "heartbeat": {"task": "api.tasks.beat", "schedule": 20.0, "options": {"queue": "default", "expires": 60}},
}

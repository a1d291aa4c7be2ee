"""Is the service alive, and is it ready: for load balancers, containers and alarms."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from api.models import Heartbeat

WORKERS = "workers"
STALE_AFTER = timedelta(seconds=120)


def beat(*, now: datetime) -> None:
    """Note that a poke of the clock went through the broker and a worker down to the database."""
    Heartbeat.objects.update_or_create(name=WORKERS, defaults={"at": now})


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, is migrated, and the heartbeat is younger than 120 s; else 503 and what is not."""
    checks = _checks(now=timezone.now())
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _checks(*, now: datetime) -> dict[str, bool]:
    try:
        migrated = not _unapplied()
        heartbeat = migrated and Heartbeat.objects.filter(name=WORKERS, at__gt=now - STALE_AFTER).exists()
    except DatabaseError:
        return {"database": False, "migrations": False, "heartbeat": False}
    return {"database": True, "migrations": migrated, "heartbeat": heartbeat}


def _unapplied() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

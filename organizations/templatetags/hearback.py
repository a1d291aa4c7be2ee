"""What members' pages need of templates: links that keep the address, times in words, parts of apps further down."""

from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import npgettext_lazy

register = template.Library()

# Django's own words stand alone («2 Tage»); after «ago» and «in» some languages bend them («vor 2 Tagen»).
SPANS: dict[str, Any] = {  # Django takes lazy words, its stubs only said ones
    "year": npgettext_lazy("after ago or in", "%(num)d year", "%(num)d years", "num"),
    "month": npgettext_lazy("after ago or in", "%(num)d month", "%(num)d months", "num"),
    "week": npgettext_lazy("after ago or in", "%(num)d week", "%(num)d weeks", "num"),
    "day": npgettext_lazy("after ago or in", "%(num)d day", "%(num)d days", "num"),
    "hour": npgettext_lazy("after ago or in", "%(num)d hour", "%(num)d hours", "num"),
    "minute": npgettext_lazy("after ago or in", "%(num)d minute", "%(num)d minutes", "num"),
}


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """This page's query with some parameters changed; None takes one out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None and value != "":
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def ago(moment: datetime | None) -> SafeString | str:
    """«3 hours ago» or «in 2 days», with the full time in the tooltip."""
    if moment is None:
        return "–"
    now = timezone.now()
    span = timesince(min(moment, now), max(moment, now), time_strings=SPANS, depth=1)
    said = _("in %(span)s") if moment > now else _("%(span)s ago")
    if abs((now - moment).total_seconds()) < 60:
        said = _("just now")
    full = date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), full, said % {"span": span})


@register.simple_tag(takes_context=True)
def parts(context: template.Context, spot: str) -> SafeString:
    """What apps further down show at this spot of the page, in flow order; their templates see what the page sees."""
    assert context.template is not None  # it is being drawn
    engine = context.template.engine
    drawn = [engine.get_template(name).render(context) for name in _templates(spot)]
    return SafeString("".join(drawn))


@cache
def _templates(spot: str) -> tuple[str, ...]:
    told: list[dict[str, str]] = [import_string(name) for name in settings.PARTS]
    return tuple(templates[spot] for templates in told if spot in templates)

"""What pages of responses need of cases."""

from django import template

from actions import timeline
from feedback.models import Response
from feedback.timeline import Event

register = template.Library()


@register.simple_tag
def cases_of(response: Response) -> list[Event]:
    """When the case of this response was opened, and who has it; one query."""
    return timeline.about(response)

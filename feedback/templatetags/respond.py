"""What the customer's pages need beside plain templates."""

import json

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from feedback import fieldsets
from surveys import documents
from surveys.faults import Fault
from surveys.rendering import Block

register = template.Library()


@register.filter
def as_json(value: object) -> str:
    """For a data- attribute; Django escapes it there."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@register.filter
def said(fault: Fault) -> str:
    """A fault's sentence in the reader's language."""
    return documents.said(fault)


@register.simple_tag(takes_context=True)
def question(context: Context, block: Block) -> SafeString:
    """One question with all it needs to be answered."""
    return fieldsets.draw(block, context["language"])

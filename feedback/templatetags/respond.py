"""What the customer's pages need beside plain templates."""

import json

from django import template
from django.template import Context, TemplateSyntaxError
from django.template.base import Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString

from feedback import fieldsets, frames
from feedback.respond_pages import Letterhead
from organizations import logos
from organizations.models import Organization
from surveys.rendering import Block

register = template.Library()


@register.filter
def as_json(value: object) -> str:
    """For a data- attribute; Django escapes it there."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@register.simple_tag
def logo(organization: Organization | Letterhead) -> SafeString:
    """The organization's logo, with its name for whoever does not see it."""
    width, height = logos.shown_size(organization.logo)
    return format_html(
        '<img class="logo" src="{}" width="{}" height="{}" alt="{}">',
        logos.address(organization.logo),
        width,
        height,
        organization.name,
    )


@register.simple_tag(takes_context=True)
def question(context: Context, block: Block) -> SafeString:
    """One question with all it needs to be answered."""
    return fieldsets.draw(block, context["language"])


@register.tag
def hers(parser: Parser, token: Token) -> frames.Hers:
    """`{% hers "name" %}…{% endhers %}` around what differs from customer to customer; see feedback.frames."""
    words = token.split_contents()[1:]
    if len(words) != 1:
        raise TemplateSyntaxError("hers wants a name")
    nodelist = parser.parse(("endhers",))
    parser.delete_first_token()
    return frames.Hers(words[0].strip("\"'"), nodelist)

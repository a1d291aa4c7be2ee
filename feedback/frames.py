"""A page's frame, drawn once for all who see the same; what is hers is drawn anew into it and never kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.template import Context, Node, NodeList, Template, loader
from django.utils import translation
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from feedback import blanks
from feedback.blanks import Blanks

# A few kB each: a survey has one for each of its pages, languages and lengths of what is left.
_KEPT_AT_MOST = 1024
_MARK = "frames_mark"

Shown = tuple[tuple[str, Any], ...]


class Hers(Node):
    """`{% hers "name" %}…{% endhers %}`: what differs from customer to customer. It knows no loop around it."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        mark = context.get(_MARK)
        return self.nodelist.render(context) if mark is None else SafeString(blanks.marks([self.name], mark)[self.name])


@dataclass(frozen=True)
class _Frame:
    page: Blanks
    hers: Mapping[str, NodeList]


def draw(template: str, shown: Mapping[str, Any], hers: Mapping[str, Any]) -> str:
    """As the template would by itself with both, in the language that is active.

    All of `shown` can be hashed, and the frame is drawn from nothing else; so whatever changes in it makes a new one.
    Of `hers` the template reads texts anywhere, as they are, without filters; the rest in `{% hers %}` alone.
    """
    words = {name: value for name, value in hers.items() if isinstance(value, str)}
    frame = _kept(template, tuple(shown.items()), tuple(words), translation.get_language())
    values = {name: str(conditional_escape(value)) for name, value in words.items()}
    page, context = _template(template), Context({**shown, **hers})
    with context.render_context.push_state(page), context.bind_template(page):
        for name, nodes in frame.hers.items():
            values[name] = nodes.render(context)
    return frame.page.filled(values)


@lru_cache(maxsize=_KEPT_AT_MOST)
def _kept(template: str, shown: Shown, words: tuple[str, ...], _spoken: str | None) -> _Frame:
    mark, page = blanks.new_mark(), _template(template)
    text = page.render(Context({**dict(shown), **blanks.marks(words, mark), _MARK: mark}))
    found = cast(list[Hers], page.nodelist.get_nodes_by_type(Hers))
    return _Frame(Blanks(text, mark), {node.name: node.nodelist for node in found})


def _template(name: str) -> Template:
    return cast(Template, cast(Any, loader.get_template(name)).template)

"""Every text of ours that a customer may read, as the sources have it."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from django.template import Node, engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import trim_whitespace

from surveys.faults import Problem
from tests.environment import ROOT

FOLDERS = ("respond", "surveys/kinds", "emails/customer")
# The functions whose texts go into mails; the others of these modules speak to members.
WRITERS = {
    "feedback/openings.py": ("of", "_invitation", "_reminder"),
    "feedback/compiled.py": ("from_wording",),
    "feedback/composing.py": ("_letter_bodies",),
}
# What may be wrong with an answer, as against with a questionnaire.
FAULTS = {
    "surveys.path": ("REQUIRED",),
    "surveys.kinds.kind": ("NOT_AN_ANSWER",),
    "surveys.kinds.scored": ("NOT_ON_SCALE",),
    "surveys.kinds.text": ("TEXT_TOO_LONG",),
    "surveys.kinds.chosen": ("UNKNOWN_CHOICE", "OTHER_MISSING", "OTHER_TOO_LONG"),
    "surveys.kinds.multiple_choice": ("TOO_FEW", "TOO_MANY", "NOT_ALONE"),
}

Text = tuple[str, str]


def texts() -> set[Text]:
    """Each with its plural, '' where it has none."""
    return {*_of_templates(), *_of_functions(), *((problem.sentence, "") for problem in _problems())}


def _of_templates() -> Iterator[Text]:
    folder = ROOT / "templates"
    for path in sorted(path for name in FOLDERS for path in (folder / name).rglob("*.*")):
        template = engines["django"].engine.get_template(str(path.relative_to(folder)))  # type: ignore[attr-defined]
        for node in template.nodelist.get_nodes_by_type(Node):
            if isinstance(node, TranslateNode):
                yield str(node.filter_expression.var.literal), ""
            elif isinstance(node, BlockTranslateNode):
                yield _block(node)


def _block(node: BlockTranslateNode) -> Text:
    both = [node.render_token_list(tokens)[0] if tokens else "" for tokens in (node.singular, node.plural)]
    return (trim_whitespace(both[0]), trim_whitespace(both[1])) if node.trimmed else (both[0], both[1])


def _of_functions() -> Iterator[Text]:
    for file, names in WRITERS.items():
        tree = ast.parse((ROOT / Path(file)).read_text())
        found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in names]
        assert {node.name for node in found} == {*names}, file
        for function in found:
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_":
                    yield str(ast.literal_eval(call.args[0])), ""


def _problems() -> Iterator[Problem]:
    for module, names in FAULTS.items():
        for name in names:
            yield getattr(importlib.import_module(module), name)

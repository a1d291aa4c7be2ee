"""The record of what members did tells it in words: no verb without its sentence, no sentence without its verb."""

import re
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

CODE = Path(__file__).parent.parent
APPS = ("organizations", "surveys", "feedback", "dashboards", "actions", "api")
DEED = re.compile(r'(?:what=|record\(\w+, )"([a-z_]+\.[a-z_]+)"')


def recorded() -> set[str]:
    files = (file for app in APPS for file in (CODE / app).rglob("*.py"))
    return {deed for file in files for deed in DEED.findall(file.read_text())}


def test_whatever_a_verb_records_is_told_in_a_sentence_of_its_own() -> None:
    told = [deed for name in settings.RECORD_WORDS for deed in import_string(name)]

    assert sorted(told) == sorted(recorded())

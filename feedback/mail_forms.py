"""The words of a touchpoint's mails, language by language."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from feedback import openings, wordings
from feedback.models import Purpose
from feedback.wordings import Words
from surveys import languages

LABELS = {
    "subject": _("Subject"),
    "greeting": _("Greeting"),
    "opening": _("Before the question"),
    "closing": _("After the question"),
}
ROWS = {"opening": 5, "closing": 2}


class WordingForm(forms.Form):
    """One field a text and language; left empty, our own words stand there, which it shows."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**62)

    def __init__(
        self,
        data: Any = None,
        *,
        spoken: Iterable[str],
        purpose: Purpose,
        current: Mapping[str, Words],
        organization: str,
        seen: int,
    ) -> None:
        super().__init__(data, initial={"seen": seen})
        self.spoken = list(spoken)
        for language in self.spoken:
            ours = openings.as_words(purpose, language, organization)
            for name, most in wordings.MOST.items():
                field = forms.CharField(
                    label=LABELS[name],
                    required=False,
                    widget=_widget(name, language, getattr(ours, name), most),
                    initial=getattr(current.get(language, wordings.OURS), name),
                )
                self.fields[_key(language, name)] = field

    def columns(self) -> Iterator[tuple[str, str, list[BoundField]]]:
        """Code, name and fields of each language."""
        for language in self.spoken:
            yield language, languages.name(language), [self[_key(language, name)] for name in wordings.MOST]

    def words(self, language: str) -> Words:
        """As typed; a field that cannot be read at all counts as empty."""
        return Words(**{name: self.cleaned_data.get(_key(language, name), "") for name in wordings.MOST})

    def add_faults(self, faults: Mapping[tuple[str, str], str]) -> None:
        for (language, name), sentence in faults.items():
            self.add_error(_key(language, name), sentence)


def _key(language: str, name: str) -> str:
    return f"{name}-{language}"


def _widget(name: str, language: str, ours: str, most: int) -> forms.Widget:
    # No maxlength: it would cut what was pasted without a word.
    attributes = {
        "class": "form-control",
        "lang": language,
        "dir": languages.direction(language),
        "placeholder": ours,
        "data-most": most,
    }
    if name in ROWS:
        return forms.Textarea(attrs=attributes | {"rows": ROWS[name]})
    return forms.TextInput(attrs=attributes)

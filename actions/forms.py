"""What a quality manager may choose about cases."""

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions import rules
from actions.models import DueUnit, HandOver
from organizations.models import Organization


class RulesForm(forms.Form):
    is_on = forms.BooleanField(
        label=_("Open cases by themselves"),
        required=False,
        help_text=_("Off, no case opens; those that are there stay."),
    )
    questions = forms.TypedMultipleChoiceField(
        label=_("A low score on these questions opens a case"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "NPS 0–6, CSAT 1–2, CES 1–3. Questions that you add later open cases too, until you say otherwise."
        ),
    )
    due_in = forms.IntegerField(label=_("Due in"), min_value=1, max_value=1000)
    due_unit = forms.ChoiceField(
        label=_("counted in"),
        choices=DueUnit.choices,
        help_text=_("Working days are Monday to Friday in the organization's time zone."),
    )
    hand_over = forms.ChoiceField(label=_("New cases go to"), choices=HandOver.choices, widget=forms.RadioSelect)
    first_owner = forms.TypedChoiceField(
        label=_("Member"), coerce=int, required=False, empty_value=None, help_text=_("Where cases go to one member.")
    )

    def __init__(self, data: Any = None, *, organization: Organization) -> None:
        stored = rules.of(organization)
        self.scored = rules.scored_questions(organization)
        silent = set(stored.silent_questions)
        initial = {name: getattr(stored, name) for name in ("is_on", "due_in", "due_unit", "hand_over")} | {
            "first_owner": stored.first_owner_id,
            "questions": [question.pk for question in self.scored if question.pk not in silent],
        }
        super().__init__(data, initial=initial)
        self.kept_silent = silent - {question.pk for question in self.scored}
        self.workers = {member.pk: member for member in rules.workers(organization)}
        groups = groupby(self.scored, key=lambda question: question.survey.name)
        self._choices("questions", [(name, [(one.pk, one.title) for one in group]) for name, group in groups])
        self._choices("first_owner", [("", "–"), *((pk, str(member)) for pk, member in self.workers.items())])

    def wanted(self) -> dict[str, Any]:
        """The arguments of rules.change; what archived surveys say stays as it was."""
        chosen = self.cleaned_data
        silent = {question.pk for question in self.scored} - set(chosen["questions"])
        plain = {name: chosen[name] for name in ("is_on", "due_in", "due_unit", "hand_over")}
        return plain | {
            "first_owner": self.workers.get(chosen["first_owner"]),
            "silent_questions": silent | self.kept_silent,
        }

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

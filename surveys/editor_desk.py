"""What lies on the editor's desk: it travels with the form, signed, so that nothing typed is lost on the way."""

from dataclasses import dataclass, replace

from django.core import signing

from organizations.wall import MemberRequest
from surveys import editing, revising
from surveys.editing import Data
from surveys.models import Survey, SurveyVersion
from surveys.revising import Seen

SALT = "surveys.editor"


@dataclass(frozen=True)
class Desk:
    survey: int
    seen: int  # the version that was opened
    revision: int
    data: Data
    beside: str  # the second language shown
    opened: str  # the key of the question that is unfolded
    theirs: tuple[int, int] | None = None  # somebody else's state, where this one cannot be stored over it unasked

    @classmethod
    def fresh(cls, version: SurveyVersion, *, beside: str, opened: str) -> "Desk":
        data = revising.held(version)
        desk = cls(version.survey_id, version.pk, version.revision, data, "", opened)
        return desk.beside_of(beside)

    @classmethod
    def posted(cls, request: MemberRequest, survey: Survey) -> "Desk | None":
        """As it was shown; None for what is not ours, or belongs to another survey."""
        try:
            desk = cls(**signing.loads(request.POST.get("desk", ""), salt=SALT))
        except (signing.BadSignature, TypeError):
            return None
        return desk if desk.survey == survey.pk else None

    def typed(self, request: MemberRequest) -> "Desk":
        form = {name: value for name, value in request.POST.items() if isinstance(value, str)}
        return replace(self, data=editing.typed(self.data, form, self.shown))

    def beside_of(self, language: str) -> "Desk":
        others = [code for code in self.data["languages"] if code != self.data["base_language"]]
        return replace(self, beside=language if language in others else "")

    @property
    def shown(self) -> list[str]:
        return [self.data["base_language"], *([self.beside] if self.beside else [])]

    @property
    def seen_state(self) -> Seen:
        return Seen(self.seen, self.revision)

    def token(self) -> str:
        return str(signing.dumps(vars(self), salt=SALT, compress=True))

"""What people read, in each language, and which language it is read in when a translation is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from surveys import languages


@dataclass(frozen=True)
class Said:
    """A text and the language it is really in; it prints as the text."""

    text: str
    language: str
    is_foreign: bool = False

    @property
    def direction(self) -> languages.Direction:
        return languages.direction(self.language)

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class Wording:
    """One text in several languages. Pairs instead of a dict: it can be hashed, pickled and shared."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Wording":
        return cls(tuple(sorted((language, text) for language, text in texts.items() if text)))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(language for language, _ in self.pairs)

    def get(self, language: str) -> str | None:
        return next((text for code, text in self.pairs if code == language), None)

    def in_language(self, language: str, base: str) -> Said:
        text = self.get(language)
        if text is not None:
            return Said(text, language)
        return Said(self.get(base) or "", base, is_foreign=language != base)

    def as_dict(self) -> dict[str, str]:
        return dict(self.pairs)

    def completed(self, defaults: Mapping[str, str], languages: Iterable[str]) -> "Wording":
        """With our own wording where a language has none, unless the author speaks in words of his own already."""
        if any(defaults.get(language) != text for language, text in self.pairs):
            return self
        return Wording.of({language: defaults[language] for language in languages if language in defaults})

    def __bool__(self) -> bool:
        return bool(self.pairs)


NOTHING = Wording()

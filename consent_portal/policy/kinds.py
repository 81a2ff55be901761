"""What kind of recording a study is (GMC paragraph 10, R45), and whether a face could be rebuilt from it (R25)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol

PHOTO = "photo"


class Content(Protocol):
    """What must be known of one kind of object in a study."""

    @property
    def sop_class_uid(self) -> str: ...  # noqa: D102
    @property
    def modality(self) -> str: ...  # noqa: D102
    @property
    def body_part(self) -> str: ...  # noqa: D102
    @property
    def slice_thickness(self) -> float | None: ...  # noqa: D102


@dataclass(frozen=True)
class Kind:
    """A recording kind; `para10` ones need no separate consent to be made, and none to be used anonymised."""

    key: str
    label: str
    para10: bool
    spellings: frozenset[str]


@dataclass(frozen=True)
class Rule:
    """Matches objects that satisfy every field it names."""

    kind: str
    modalities: frozenset[str]
    exact: frozenset[str]
    prefixes: tuple[str, ...]

    def matches(self, content: Content) -> bool:
        """Whether the object is of this rule's kind."""
        uid = content.sop_class_uid
        named = uid in self.exact or (bool(self.prefixes) and uid.startswith(self.prefixes))
        if (self.exact or self.prefixes) and not named:
            return False
        return not self.modalities or content.modality.strip().upper() in self.modalities


@dataclass(frozen=True)
class Faces:
    """Which volumes may show a face."""

    modalities: frozenset[str]
    thin_slice_mm: float
    body_parts: frozenset[str]
    words: tuple[str, ...]


@dataclass(frozen=True)
class KindRules:
    """The data of recording_kinds.toml."""

    kinds: Mapping[str, Kind]
    rules: tuple[Rule, ...]
    documents: tuple[Rule, ...]
    faces: Faces

    def kind_of(self, contents: Iterable[Content]) -> Kind:
        """Return the strictest kind in a study; a photograph where nothing is known (combining rule 6)."""
        images = [content for content in contents if not self.is_document(content)]
        kinds = [self._kind(content) for content in images]
        strict = [kind for kind in kinds if not kind.para10]
        return (strict or kinds or [self.kinds[PHOTO]])[0]

    def is_document(self, content: Content) -> bool:
        """Whether the object is a report, dose sheet or the like, which secondary packages leave out (R24)."""
        return any(rule.matches(content) for rule in self.documents)

    def may_show_a_face(self, contents: Iterable[Content], description: str) -> bool:
        """Whether a face could be rebuilt: thin slices of the head, or of no named part where the text says so.

        Parameters
        ----------
        description : str
            The study's description.
        """
        return any(self._shows_a_face(content, description) for content in contents if not self.is_document(content))

    def from_text(self, text: str) -> Kind:
        """Return the kind of that name in any of its spellings (S1 and S3 differ); a photograph for any other text."""
        wanted = " ".join(text.lower().split())
        found = (kind for kind in self.kinds.values() if wanted in kind.spellings or wanted == kind.key)
        return next(found, self.kinds[PHOTO])

    def _kind(self, content: Content) -> Kind:
        found = (rule.kind for rule in self.rules if rule.matches(content))
        return self.kinds[next(found, PHOTO)]

    def _shows_a_face(self, content: Content, description: str) -> bool:
        if content.modality.strip().upper() not in self.faces.modalities:
            return False
        thickness = content.slice_thickness
        if thickness is not None and isfinite(thickness) and thickness > self.faces.thin_slice_mm:
            return False
        part = "".join(letter for letter in content.body_part.upper() if letter.isalnum())
        if part:
            return part in self.faces.body_parts or self._says_head(content.body_part)
        return self._says_head(description)

    def _says_head(self, text: str) -> bool:
        return any(word in text.lower() for word in self.faces.words)


def read_kinds(data: Mapping[str, Any]) -> KindRules:
    """Return the rules that recording_kinds.toml holds."""
    kinds = {
        key: Kind(key, one["label"], one["para10"], frozenset(one["spellings"])) for key, one in data["kind"].items()
    }
    documents = data["documents"]
    return KindRules(
        kinds=kinds,
        rules=tuple(_rule(one["kind"], one) for one in data["rule"]),
        documents=(
            _rule("", {"modalities": documents["modalities"]}),
            _rule("", {"exact": documents["exact"], "sop_class_prefixes": documents["sop_class_prefixes"]}),
        ),
        faces=Faces(
            frozenset(data["faces"]["modalities"]),
            float(data["faces"]["thin_slice_mm"]),
            frozenset(data["faces"]["body_parts"]),
            tuple(data["faces"]["words"]),
        ),
    )


def _rule(kind: str, one: Mapping[str, Any]) -> Rule:
    return Rule(
        kind,
        frozenset(one.get("modalities", ())),
        frozenset(one.get("exact", ())),
        tuple(one.get("sop_class_prefixes", ())),
    )

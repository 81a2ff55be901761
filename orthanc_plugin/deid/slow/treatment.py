"""What becomes of each attribute, by the plan, at every depth."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag

from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.actions.dummy import DUMMY_CODE_ITEM
from orthanc_plugin.deid.objects.identity import CHARSET
from orthanc_plugin.deid.objects.values import is_lie, raw_value, stored_vr
from orthanc_plugin.deid.rules.content import CONTENT, item_rule
from orthanc_plugin.deid.rules.plan import REMOVE, Plan, dictionary_vr, private_vr
from orthanc_plugin.deid.slow.content import item_of
from orthanc_plugin.deid.slow.errors import MOST_NESTING, TooDeepError

_UNDEFINED = 0xFFFFFFFF
_NUL_PADDED = frozenset({"UI", "OB", "UN", "OW"})


@dataclass(slots=True)
class Treatment:
    """De-identifies the data sets of one object.

    Attributes
    ----------
    plan : Plan
        Of its profile and SOP class.
    numbered : bool
        Whether content items are referenced by position.
    little : bool
        Byte order of the values.
    implicit : bool
        Whether values have no VR of their own.
    """

    plan: Plan
    numbered: bool
    little: bool
    implicit: bool
    depth: int = field(default=0, init=False)

    def dataset(
        self, source: Dataset, parent: int, context: Context, own: Mapping[int, Action] | None = None
    ) -> Dataset:
        """Return the new data set.

        Parameters
        ----------
        source : Dataset
            As read; its values are raw where pydicom left them raw.
        parent : int
            Tag of the sequence whose item this is, 0 for the object itself.
        context : Context
            Of the object.
        own : mapping, optional
            Actions that come before the plan's: those of a content item.
        """
        if parent and CHARSET in source:
            context = context.within(raw_value(source, CHARSET, little=self.little))
        new = Dataset()
        creators: dict[int, str] = {}
        for tag in sorted(source.keys()):
            if tag.is_private:
                action, vr = self._private(source, tag, creators)
            else:
                action, vr = (own or {}).get(tag) or self.plan.action(parent, tag), dictionary_vr(tag)
            if action is REMOVE or not tag.element:
                continue
            if vr == "SQ":
                self._sequence(source, new, tag, action, context)
            else:
                self._element(source, new, tag, vr, action, context)
        return new

    def _private(self, source: Dataset, tag: BaseTag, creators: dict[int, str]) -> tuple[Action, str]:
        """Return action and VR for a private attribute; remember the creators of blocks."""
        if tag.is_private_creator:
            creator = raw_value(source, tag, little=self.little).strip(b" \0").decode("latin-1")
            creators[tag.group << 8 | tag.element] = creator
            return self.plan.creator_action(creator), "LO"
        creator = creators.get(tag.group << 8 | tag.element >> 8, "")
        vr, source_vr = private_vr(creator, tag), source.get_item(tag).VR
        plain = source_vr == vr if vr == "SQ" else source_vr in (None, "UN", vr)
        return self.plan.private_action(creator, tag) if plain and not (vr == "SQ" and self.implicit) else REMOVE, vr

    def _element(self, source: Dataset, new: Dataset, tag: BaseTag, vr: str, action: Action, context: Context) -> None:  # noqa: PLR0913, PLR0917  the five facts of one attribute
        element = source.get_item(tag)
        if element.VR == "SQ" or is_lie(tag, vr, element.VR, action):
            return
        value = raw_value(source, tag, little=self.little)
        treated = action(vr, value, context)
        if treated is not None:
            new[tag] = self._raw(tag, vr, treated, element)

    def _raw(self, tag: BaseTag, vr: str, value: bytes, source: DataElement | RawDataElement) -> RawDataElement:
        undefined = bool(getattr(source, "is_undefined_length", False)) or getattr(source, "length", 0) == _UNDEFINED
        if len(value) % 2:
            value += b"\0" if vr in _NUL_PADDED else b" "
        written = stored_vr(tag, vr, source.VR)
        return RawDataElement(
            tag, written, _UNDEFINED if undefined else len(value), value, 0, self.implicit, self.little
        )

    def _sequence(self, source: Dataset, new: Dataset, tag: BaseTag, action: Action, context: Context) -> None:
        kind = action.on_sequence
        if kind == "remove":
            return
        if kind == "empty":
            new[tag] = DataElement(tag, "SQ", Sequence())
            return
        if kind == "dummy":
            new[tag] = DataElement(tag, "SQ", Sequence([_dummy_item(self.little, self.implicit)]))
            return
        items = _items(source, tag)
        if items is not None:
            self._recurse(items, new, tag, context)

    def _recurse(self, items: DataElement, new: Dataset, tag: BaseTag, context: Context) -> None:
        self.depth += 1
        if self.depth > MOST_NESTING:
            raise TooDeepError
        kept = []
        for item in items.value:
            rule = item_rule(self.plan.profile, item_of(item), numbered=self.numbered) if tag == CONTENT else None
            if rule is None or not rule.removed:
                treated = self.dataset(item, tag, context, rule.value if rule else None)
                treated.is_undefined_length_sequence_item = getattr(item, "is_undefined_length_sequence_item", False)
                kept.append(treated)
        self.depth -= 1
        if kept or not items.value:
            new[tag] = DataElement(tag, "SQ", Sequence(kept))
            new[tag].is_undefined_length = items.is_undefined_length


def _items(source: Dataset, tag: BaseTag) -> DataElement | None:
    """Return a sequence, or None where the value cannot be read as one."""
    element = source[tag]
    return element if element.VR == "SQ" else None


def _dummy_item(little: bool, implicit: bool) -> Dataset:
    item = Dataset()
    for tag, vr, value in DUMMY_CODE_ITEM:
        padded = value + b" " * (len(value) % 2)
        item[tag] = RawDataElement(Tag(tag), vr, len(padded), padded, 0, implicit, little)
    return item

"""The parts of a form that stand beside their faults: boxes to tick, boxes to fill in, groups of them."""

from collections.abc import Mapping
from typing import Any

from orthanc_plugin.gate.pages.markup import Markup, el


def anchor(field: str) -> str:
    """Return the id of a field on the page."""
    return field.replace(".", "-")


def fault(field: str, told: Mapping[str, str]) -> Markup | None:
    """Return what was wrong with a field, beside it."""
    text = told.get(field)
    if text is None:
        return None
    return el("p", el("strong", "Error: "), text, class_="fault", id=f"{anchor(field)}-fault")


def group(field: str, legend: str, told: Mapping[str, str], *content: Markup | None, hint: str | None = None) -> Markup:
    """Return boxes that belong together, with what was wrong with them."""
    described = f"{anchor(field)}-hint" if hint else None
    if field in told:
        described = f"{described or ''} {anchor(field)}-fault".strip()
    hint_text = el("p", hint, class_="hint", id=f"{anchor(field)}-hint") if hint else None
    parts = (el("legend", legend), hint_text, fault(field, told), *content)
    return el(
        "fieldset", *parts, id=anchor(field), aria_describedby=described, class_="wrong" if field in told else None
    )


def choice(kind: str, name: str, value: str, label: str | Markup, checked: bool, *more: Markup | None) -> Markup:
    """Return one box to tick, with its words."""
    identifier = f"{anchor(name)}-{value}"
    box = el("input", type=kind, name=name, value=value, id=identifier, checked=checked)
    return el("div", box, el("label", label, for_=identifier), *more, class_="choice")


def field(field: str, label: str, told: Mapping[str, str], box: Markup, hint: str | None = None) -> Markup:
    """Return one box to fill in, with its label."""
    hint_text = el("p", hint, class_="hint", id=f"{anchor(field)}-hint") if hint else None
    return el("div", el("label", label, for_=anchor(field)), hint_text, fault(field, told), box, class_="field")


def described(field: str, told: Mapping[str, str], *, hint: bool) -> dict[str, Any]:
    """Return what ties a box to its hint and its fault for screen readers."""
    names = [f"{anchor(field)}-hint"] if hint else []
    if field in told:
        names.append(f"{anchor(field)}-fault")
    return {"aria_describedby": " ".join(names) or None, "aria_invalid": "true" if field in told else None}


def text_box(
    name: str, label: str, told: Mapping[str, str], value: str, *, hint: str | None = None, **more: Any
) -> Markup:
    """Return one line to fill in, with its label; `more` are attributes of the box."""
    box = el(
        "input",
        type="text",
        name=name,
        id=anchor(name),
        value=value,
        autocomplete="off",
        **more,
        **described(name, told, hint=hint is not None),
    )
    return field(name, label, told, box, hint)

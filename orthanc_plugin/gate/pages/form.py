"""The form that asks for an export: what was agreed for each purpose, then the questions the decision needs."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from orthanc_plugin.gate.answers import Answer
from orthanc_plugin.gate.pages.fields import anchor, choice, described, field, group, text_box
from orthanc_plugin.gate.pages.layout import WORDING, back_to, mark, page, reasons
from orthanc_plugin.gate.pages.markup import Markup, el
from orthanc_plugin.vocabulary import ATTESTATIONS

Values = Mapping[str, str]
Faults = Sequence[tuple[str, str]]
_ANSWERS: Mapping[str, Any] = {"true": True, "false": False}
_MAXIMUM_FIELDS = 60
_LABELS = {
    "purpose": "What are the images for?",
    "recipient": "Who are the images for?",
    "format": "In which form?",
    "window": "Grey levels of pictures",
    "reason": "Why are they needed?",
    "reports": "Written reports",
    "label": "Sending label",
    "encrypted": "Protection on the way",
    "passphrase": "Passphrase",
    **{f"context.{name}": label for name, label in WORDING["context"].items()},
}


def read_form(body: bytes) -> dict[str, str]:
    """Return the fields of a submitted form; of a repeated one the last counts.

    Raises
    ------
    ValueError
        For something that is no form.
    """
    text = body.decode("utf-8")
    fields = parse_qs(text, keep_blank_values=True, max_num_fields=_MAXIMUM_FIELDS)
    return {name: values[-1].strip() for name, values in fields.items()}


def export_of(values: Values) -> dict[str, Any]:
    """Return what the form asks for, in the shape of ``POST /export``; fields left empty are left out."""
    answers = {name: values.get(f"attestations.{name}", "") for name in ATTESTATIONS}
    context = {name: values.get(f"context.{name}", "") for name in WORDING["context"]}
    asked: dict[str, Any] = {
        "studies": [study for study in values.get("studies", "").split(",") if study],
        "purpose": values.get("purpose", ""),
        "recipient": values.get("recipient", ""),
        "format": values.get("format", ""),
        "reason": values.get("reason", ""),
        "attestations": {name: _ANSWERS.get(answer, answer) for name, answer in answers.items() if answer},
        "context": {name: text for name, text in context.items() if text},
    }
    if values.get("reports"):
        asked["reports"] = True
    if values.get("window"):
        asked["window"] = values["window"]
    if values.get("label"):
        asked["label"] = values["label"]
    if values.get("encrypted"):
        asked |= {"encrypted": True, "passphrase": values.get("passphrase", "")}
    return asked


def form_page(
    study: str, summary: Mapping[str, Any], who: Markup | None, *, values: Values | None = None, faults: Faults = ()
) -> Answer:
    """Return the page with the form.

    Parameters
    ----------
    summary
        The consent summary of the study, with the words in which people read it.
    who
        Whose study it is, for those who may know; so that nobody exports the wrong one (H1).
    values, faults
        What was filled in before, and what was wrong with it.
    """
    values = values or {}
    words = summary["words"]
    faults = [(field, _in_words(field, text, values)) for field, text in faults]
    told = dict(faults)
    title = "Export as agreed"
    form = el(
        "form",
        el("input", type="hidden", name="studies", value=study),
        _purposes(summary, values, told),
        _recipient(values, told),
        *(_question(row, values, told) for row in words["questions"]),
        _reason(values, told),
        _reports(values, told),
        _label(values, told),
        _references(values, told),
        _encryption(values, told),
        el("p", el("button", "Ask for this export", type="submit", class_="button")),
        method="post",
        action="/export",
    )
    content = [_summary_of(faults, _labels(words)), who, back_to(study) if who else None, form]
    return page(400 if faults else 200, title, *content, faulty=bool(faults))


def _labels(words: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what each field is called on the page."""
    return _LABELS | {f"attestations.{row['key']}": row["ask"] for row in words["questions"]}


def _summary_of(faults: Faults, labels: Mapping[str, str]) -> Markup | None:
    """Return the list of faults at the top of the page, each leading to its field."""
    if not faults:
        return None
    items = [el("li", el("a", _named(labels.get(field, ""), text), href=f"#{anchor(field)}")) for field, text in faults]
    heading = el("h2", "Please look at this again", id="faults-title")
    return el("div", heading, el("ul", *items), class_="faults", role="alert", aria_labelledby="faults-title")


def _in_words(field: str, text: str, values: Values) -> str:
    """Return a fault in the words of the form, which names no keys and has asked its questions already."""
    if field == "purpose":
        return str(WORDING["faults"]["purpose"])
    if field.startswith("attestations.") and not values.get(field):
        return str(WORDING["faults"]["unanswered"])
    return text[:1].upper() + text[1:]


def _named(label: str, text: str) -> str:
    """Return the fault with the words its field has on the page."""
    return f"{label}{'' if label.endswith('?') else ':'} {text}" if label else text


def _purposes(summary: Mapping[str, Any], values: Values, told: Values) -> Markup:
    rows = [
        _purpose(row, summary, values.get("purpose") == row["key"])
        for row in summary["words"]["purposes"]
        if row["on_form"] and row["key"] in summary["purposes"]
    ]
    hint = "Beside each purpose stands what the recorded consent says. You can ask even where it says no."
    return group("purpose", _LABELS["purpose"], told, *rows, hint=hint)


def _purpose(row: Mapping[str, Any], summary: Mapping[str, Any], checked: bool) -> Markup:
    name, label, decided, words = row["key"], row["label"], summary["purposes"][row["key"]], summary["words"]
    outcome = words["outcomes"][decided["outcome"]]
    told = outcome["label"]
    if decided["outcome"] == "permit" and decided.get("profile"):
        told = f"{told}: {words['profiles'][decided['profile']]}"
    why = el("details", el("summary", "Why?", el("span", f" {label}", class_="unseen")), reasons(decided["reasons"]))
    text = el("span", label, " ", mark(told, outcome["mark"]))
    return choice("radio", "purpose", name, text, checked, why)


def _recipient(values: Values, told: Values) -> Markup:
    hint = "Write “self” if you will use them yourself, or the key of a registered recipient."
    named = values.get("recipient", "self")
    options = [
        el("option", label, value=name, selected=values.get("format") == name)
        for name, label in WORDING["formats"].items()
    ]
    chosen = el("select", *options, name="format", id="format", **described("format", told, hint=False))
    return el(
        "div",
        text_box("recipient", _LABELS["recipient"], told, named, hint=hint, spellcheck="false"),
        field("format", _LABELS["format"], told, chosen),
        text_box("window", _LABELS["window"], told, values.get("window", ""), hint=WORDING["hints"]["window"]),
    )


def _question(row: Mapping[str, Any], values: Values, told: Values) -> Markup:
    name = f"attestations.{row['key']}"
    choices = [
        choice("radio", name, answer["key"], answer["label"], values.get(name) == answer["key"])
        for answer in row["answers"]
    ]
    return group(name, row["ask"], told, *choices, hint=row["help"])


def _reason(values: Values, told: Values) -> Markup:
    hint = "For example: lecture for registrars on chest CT. Please do not write anything about the patient here."
    told_to = described("reason", told, hint=True)
    box = el("textarea", values.get("reason", ""), name="reason", id="reason", rows=3, **told_to)
    return field("reason", _LABELS["reason"], told, box, hint)


def _reports(values: Values, told: Values) -> Markup:
    box = choice(
        "checkbox", "reports", "yes", "Include structured reports besides the images", bool(values.get("reports"))
    )
    hint = "A report says more about a patient than a picture. Without this only images leave."
    return group("reports", _LABELS["reports"], told, box, hint=hint)


def _label(values: Values, told: Values) -> Markup:
    hint = (
        "For sending to a colleague who treats this patient, and for nothing else: "
        "job number, image number and H&C number, with a hyphen between them."
    )
    shown = text_box("label", _LABELS["label"], told, values.get("label", ""), hint=hint, spellcheck="false")
    return el(
        "details",
        el("summary", "Sending label, for direct care elsewhere"),
        shown,
        open=bool(values.get("label") or "label" in told),
    )


def _references(values: Values, told: Values) -> Markup:
    names = WORDING["context"]
    fields = [
        text_box(f"context.{name}", label, told, values.get(f"context.{name}", "")) for name, label in names.items()
    ]
    unfolded = any(values.get(f"context.{name}") or f"context.{name}" in told for name in names)
    return el(
        "details", el("summary", "References, for research, publication and outside archives"), *fields, open=unfolded
    )


def _encryption(values: Values, told: Values) -> Markup:
    box = choice("checkbox", "encrypted", "yes", "Encrypt the package with a passphrase", bool(values.get("encrypted")))
    hint = "At least 12 characters. Tell it to the recipient by another way than the package itself."
    phrase = el(
        "input",
        type="password",
        name="passphrase",
        id="passphrase",
        autocomplete="new-password",
        **described("passphrase", told, hint=True),
    )
    return group(
        "encrypted", "Protection on the way", told, box, field("passphrase", _LABELS["passphrase"], told, phrase, hint)
    )

"""Between the form and the notices' settings: fills the form in, reads it, and puts each fault beside its field."""

from typing import Any

from consent_portal.web.notices.settings_form import HOURS, NoticeSettings
from consent_portal.web.notices.words_form import NOT_APPLICABLE
from notices.errors import Fault, LogoError, SiteError
from notices.language import languages
from notices.settings.local_text import LocalText
from notices.settings.logo import MOST_BYTES, Logo, sanitise
from notices.settings.site import Site

_GROUPS = {
    "organisation": ("name", "address", "phone", "email", "website", "representative"),
    "department": ("phone", "email"),
    "officer": ("name", "email", "phone"),
    "regulator": ("name", "website", "phone"),
    "theme": ("primary", "accent", "paper"),
}
_TABLES = {"officer": "data_protection_officer"}
_PRACTICE = (
    "nation",
    "teaching",
    "research",
    "coded_research",
    "safety",
    "planning",
    "print",
    "internet",
    "companies",
    "removed",
)
_LISTS = ("lawful_bases", "conditions", "recipients", "rights")
_LINES = ("legitimate_interests", "transfers", "automated")
_YEARS = ("images", "teaching", "research", "consent")
_HOURS = ("first", "last", "opens", "closes")
_GENERAL = {"department": "department_phone", "data_protection_officer": "officer_email", "practice": "removed"}
"""Where a fault of a whole table is shown."""
_CODES = tuple(code for code in languages() if code != "en")


def fill(form: NoticeSettings, site: Site) -> None:
    """Put the settings of `site` into the form."""
    data = site.data()
    for group, names in _GROUPS.items():
        table = data.get(_TABLES.get(group, group), {})
        for name in names:
            form[f"{group}_{name}"].data = table.get(name, "")
    form.notice_url.data = site.notice_url
    for name in _PRACTICE:
        form[name].data = data["practice"][name]
    _fill_privacy(form, site)
    _fill_texts(form, site)
    for number, one in enumerate(data["department"].get("hours", ())[:HOURS]):
        for name in _HOURS:
            form[f"hours_{number}_{name}"].data = one.get(name, "")


def _fill_privacy(form: NoticeSettings, site: Site) -> None:
    one = site.privacy
    known = {str(name): text for name, text in one.not_applicable.items()}
    for name in _LISTS:
        form[name].data = list(getattr(one, name))
    for name in _LINES:
        form[name].data = _english(getattr(one, name))
    for name in _YEARS:
        form[f"retention_{name}"].data = str(getattr(one.retention, name) or "")
    form.statutory.data = one.statutory
    form.recipient_names.data = "\n".join(one.recipient_names)
    for name in NOT_APPLICABLE:
        form[f"not_applicable_{name}"].data = _english(known.get(name))


def _fill_texts(form: NoticeSettings, site: Site) -> None:
    for name, text in (("name", site.department.name), ("place", site.department.place)):
        form[f"department_{name}"].data = _english(text)
        for code in _CODES:
            form[f"department_{name}_{code}"].data = text.text(code) if text and text.has(code) else ""


def _english(text: LocalText | None) -> str:
    return text.text("en") if text else ""


def read(form: NoticeSettings, before: Site, tried: Site | None) -> Site | None:
    """Return the settings that a validated form holds; None when they have faults, which then stand in the form.

    Parameters
    ----------
    before
        The settings as they were saved: what the form does not show is taken from there.
    tried
        What the person looked at last: its logo need not be uploaded again.
    """
    try:
        logo = _logo(form, tried or before)
    except LogoError as error:
        form.logo.errors = [str(error)]
        return None
    try:
        return Site.parse(_data(form, before, logo))
    except SiteError as error:
        for fault in error.faults:
            _tell(form, fault)
        return None


def _logo(form: NoticeSettings, last: Site) -> Logo | None:
    if form.remove_logo.data:
        return None
    sent = form.logo.data.read(MOST_BYTES + 1) if form.logo.data else b""
    return sanitise(sent) if sent else last.logo


def _data(form: NoticeSettings, before: Site, logo: Logo | None) -> dict[str, Any]:
    data: dict[str, Any] = {_TABLES.get(group, group): _given(form, group, names) for group, names in _GROUPS.items()}
    data["notice_url"] = form.notice_url.data
    data["department"] |= {
        "name": _local(form, "department_name", before.department.name),
        **_optional("place", _local(form, "department_place", before.department.place)),
        "hours": _hours(form),
    }
    data["practice"] = {name: form[name].data for name in _PRACTICE}
    data["privacy"] = _privacy(form, before)
    data["reviews"] = before.data().get("reviews", [])
    return {**data, **({"logo": logo.model_dump()} if logo else {})}


def _given(form: NoticeSettings, group: str, names: tuple[str, ...]) -> dict[str, str]:
    return {name: form[f"{group}_{name}"].data for name in names if form[f"{group}_{name}"].data}


def _local(form: NoticeSettings, name: str, before: LocalText | None) -> dict[str, str]:
    """Return a text by language; one that was given for no language in particular stays so."""
    plain = before is not None and "" in before.texts
    texts = {"" if plain else "en": form[name].data or "", **{code: form[f"{name}_{code}"].data for code in _CODES}}
    return {code: text for code, text in texts.items() if text}


def _optional(name: str, value: Any) -> dict[str, Any]:
    return {name: value} if value else {}


def _hours(form: NoticeSettings) -> list[dict[str, str]]:
    lines = ({name: form[f"hours_{number}_{name}"].data for name in _HOURS} for number in range(HOURS))
    return [{name: text for name, text in line.items() if text} for line in lines if any(line.values())]


def _privacy(form: NoticeSettings, before: Site) -> dict[str, Any]:
    old = before.privacy
    known = {str(name): text for name, text in old.not_applicable.items()}
    reasons = {name: _line(form[f"not_applicable_{name}"].data, known.get(name)) for name in NOT_APPLICABLE}
    return {
        **{name: form[name].data for name in _LISTS},
        **{name: text for name in _LINES if (text := _line(form[name].data, getattr(old, name)))},
        "retention": {name: form[f"retention_{name}"].data or None for name in _YEARS},
        "statutory": form.statutory.data,
        "recipient_names": [line.strip() for line in (form.recipient_names.data or "").splitlines() if line.strip()],
        "not_applicable": {name: text for name, text in reasons.items() if text},
    }


def _line(typed: str | None, before: LocalText | None) -> Any:
    """Return a text; its other languages stay while the English is unchanged."""
    return before.dump() if before is not None and typed and typed == _english(before) else typed


def _tell(form: NoticeSettings, fault: Fault) -> None:
    field = _field(form, fault)
    if field is None:
        form.form_errors.append(str(fault))
    else:
        field.errors = [*field.errors, _sentence(field, fault)]


def _sentence(field: Any, fault: Fault) -> str:
    words = fault.message if fault.message.endswith(".") else f"{fault.message}."
    coloured = words.removeprefix(f"{field.name.removeprefix('theme_')} ")
    about_field = coloured.startswith(("is ", "must ", "fails "))
    return f"{field.label.text}: {coloured}" if about_field else words[:1].upper() + words[1:]


def _field(form: NoticeSettings, fault: Fault) -> Any:
    return next((form[name] for name in _names(fault.field, fault.message) if name in form), None)


def label_of(setting: str) -> str:
    """Return what the form calls a setting, such as `privacy.rights`; the setting itself where it has no field."""
    for name in filter(None, _names(setting, "")):
        told = getattr(getattr(NoticeSettings, name, None), "args", None)
        if told:
            return str(told[0])
    return setting


def _names(setting: str, message: str) -> tuple[str, ...]:
    """Return the names of fields that a setting may have, the nearest first."""
    parts = [{v: k for k, v in _TABLES.items()}.get(part, part) for part in setting.split(".")]
    word = message.split(" ", maxsplit=1)[0]
    if parts[:2] == ["department", "hours"]:
        number, *last = parts[2:]
        return (f"hours_{number}_{last[0] if last else 'closes'}",)
    return (
        "_".join(parts),
        "_".join(parts[1:]),
        "_".join(parts[1:3]),
        "_".join(parts[1:2]),
        f"{parts[0]}_{word}",
        word,
        _GENERAL.get(setting, ""),
    )

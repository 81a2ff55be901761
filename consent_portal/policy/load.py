"""Reads the policy's data files, and says what is wrong with them before anything is decided by them."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from consent_portal.policy.kinds import read_kinds
from consent_portal.policy.model import (
    Attestation,
    Cell,
    Outcome,
    Policy,
    Profile,
    Purpose,
    Reason,
    Row,
    Situation,
    Switch,
)

HERE = Path(__file__).parent
FILES = ("table.toml", "purposes.toml", "recording_kinds.toml", "profiles.toml")
_BESIDE = {
    Situation.RECOGNISABLE_NO_RECORD: Situation.PHOTO_NO_RECORD,
    Situation.PARA10_NOT_CHOSEN: Situation.PARA10_NO_RECORD,
    Situation.PHOTO_NOT_CHOSEN: Situation.PHOTO_NO_RECORD,
}
_ALWAYS = tuple(situation for situation in Situation if situation not in _BESIDE)


class PolicyFault(Exception):  # noqa: N818  (named for the situation)
    """The policy's files cannot be used; the text names the entry."""


@cache
def load_policy(folder: Path = HERE) -> Policy:
    """Return the policy as it is shipped, with every switch at its stricter reading.

    Raises
    ------
    PolicyFault
        When an entry is missing or contradicts another.
    """
    table, purposes, kinds, profiles = (tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in FILES)
    known = {key: _purpose(key, one) for key, one in purposes["purpose"].items()}
    policy = Policy(
        version=f"{table['version']}+{_digest(folder)}",
        rows=tuple(_row(one) for one in table["row"]),
        circumstances=tuple(_circumstance(one) for one in table["circumstance"]),
        purposes=known,
        roles={role: _granted(wanted, known) for role, wanted in purposes["roles"].items()},
        rules={key: Reason(one["rule"], one["text"], one["source"]) for key, one in table["rule"].items()},
        switches={key: Switch(key, **one) for key, one in purposes["switch"].items()},
        questions={key: Attestation(**one) for key, one in purposes["questions"].items()},
        profiles={key: Profile(**one) for key, one in profiles.items()},
        kinds=read_kinds(kinds),
        ask_whom=table["ask"]["patient"]["whom"],
    )
    _check(policy)
    return policy


def in_force(policy: Policy, wanted: Mapping[str, bool], signed: Iterable[str]) -> Policy:
    """Return the policy with the switches that are wanted *and* signed by the Caldicott Guardian (R65).

    Parameters
    ----------
    wanted : mapping
        ``[site.switches]``.
    signed : iterable of str
        Switches in the last POLICY_SIGNED event for this policy's version.
    """
    on = frozenset(key for key in signed if wanted.get(key, False) and key in policy.switches)
    if not on:
        return policy
    return replace(
        policy, on=on, version=policy.version + "." + hashlib.sha256(",".join(sorted(on)).encode()).hexdigest()[:6]
    )


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for name in FILES:
        whole.update((folder / name).read_bytes())
    return whole.hexdigest()[:10]


def _purpose(key: str, one: Mapping[str, Any]) -> Purpose:
    return Purpose(
        key=key,
        label=one["label"],
        consent=one["consent"],
        level=one.get("level"),
        attestations=tuple(one.get("attestations", ())),
        context=frozenset(one.get("context", ())),
        obligations=tuple(one.get("obligations", ())),
        terms=tuple(one.get("terms", ())),
        audience=one["audience"],
        in_place=one.get("in_place", False),
        on_form=one.get("on_form", True) and not one.get("in_place", False),
    )


def _granted(wanted: list[str], known: Mapping[str, Purpose]) -> frozenset[str]:
    return frozenset(known) if wanted == ["*"] else frozenset(wanted)


def _row(one: Mapping[str, Any]) -> Row:
    cells = {situation: _cell(one, situation) for situation in _ALWAYS}
    for situation, beside in _BESIDE.items():
        cells[situation] = _cell(one, situation if situation in one else beside)
    return _built(one, cells)


def _circumstance(one: Mapping[str, Any]) -> Row:
    named = {situation: _cell(one, situation) for situation in Situation if situation in one}
    if Situation.PHOTO_NO_RECORD in named:
        named.setdefault(Situation.RECOGNISABLE_NO_RECORD, named[Situation.PHOTO_NO_RECORD])
    return _built(one, named)


def _built(one: Mapping[str, Any], cells: Mapping[Situation, Cell]) -> Row:
    return Row(
        number=one["number"],
        title=one["title"],
        text=one["text"],
        source=one["source"],
        purposes=tuple(one.get("purposes", ())),
        when=frozenset(one.get("when", ())),
        cells=cells,
        whom=one.get("whom", ""),
    )


def _cell(one: Mapping[str, Any], situation: Situation) -> Cell:
    try:
        outcome, _, profile = one[situation].partition(" ")
        return Cell(Outcome(outcome), profile or None, tuple(one.get(f"{situation}_obligations", ())))
    except (KeyError, ValueError) as error:
        raise PolicyFault(f"table.toml, row {one.get('number')} ({one.get('title')}): {situation}: {error}") from None


def _check(policy: Policy) -> None:
    for key, purpose in policy.purposes.items():
        if not any(key in row.purposes and not row.when for row in policy.rows):
            raise PolicyFault(f"table.toml: purpose {key} has no row without conditions, so it could fall through.")
        unasked = set(purpose.attestations) - set(policy.questions)
        if unasked:
            raise PolicyFault(f"purposes.toml, {key}: no wording for the question {sorted(unasked)[0]}.")
    for row in policy.rows:
        _check_row(row, policy)


def _check_row(row: Row, policy: Policy) -> None:
    unknown = set(row.purposes) - set(policy.purposes)
    switches = {fact.removeprefix("switch:") for fact in row.when if fact.startswith("switch:")} - set(policy.switches)
    if unknown or switches:
        raise PolicyFault(f"table.toml, row {row.number} ({row.title}): unknown {sorted(unknown | switches)[0]}.")
    for cell in row.cells.values():
        if (cell.outcome is Outcome.PERMIT) != (cell.profile is not None):
            raise PolicyFault(
                f"table.toml, row {row.number} ({row.title}): a permit, and only a permit, names its profile."
            )

"""Portal, plugin, gate and schemas name the same purposes, roles, questions, states, outcomes, levels and formats."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from consent_portal import accounts, contract
from consent_portal.console import users
from consent_portal.ledger.levels import LABELS, SECONDARY, Level, LevelState
from consent_portal.policy.load import load_policy
from consent_portal.policy.model import Outcome
from consent_portal.registers import approvals
from consent_portal.web import wording
from consent_portal.web.access import ROLE_NAMES, Role
from orthanc_plugin import vocabulary
from orthanc_plugin.deid.profile import Level as DeidentificationLevel
from orthanc_plugin.engine import asking, decision, profiles
from orthanc_plugin.engine.cli import QUESTIONS
from orthanc_plugin.gate.pages.layout import WORDING
from orthanc_plugin.gate.roles import load_roles
from orthanc_plugin.packaging import FORMATS, manifest

ROOT = Path(__file__).parents[2]
POLICY = load_policy()


def schema(name: str) -> dict[str, Any]:
    text = (ROOT / "docs" / "contract" / f"{name}.schema.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


VOCABULARY: dict[str, Any] = json.loads((ROOT / "docs" / "contract" / "vocabulary.json").read_text(encoding="utf-8"))
SUMMARY, DECISION = schema("consent-summary")["properties"], schema("decision")
ANSWERS = schema("decision-request")["$defs"]["request"]["properties"]["attestations"]["properties"]
ROLES = {name: role for name, role in load_roles().items() if not role.service}

LISTS: dict[str, dict[str, Any]] = {
    "purposes": {
        "policy": POLICY.purposes,
        "portal pages": wording.PURPOSES,
        "plugin": vocabulary.PURPOSES,
        "schema": SUMMARY["purposes"]["required"],
        "decision table": {purpose for row in POLICY.rows for purpose in row.purposes},
    },
    "roles": {
        "policy": POLICY.roles,
        "portal pages": Role,
        "their names": ROLE_NAMES,
        "accounts": accounts.ROLES,
        "aoa user": users.ROLES,
        "plugin": vocabulary.ROLES,
        "gate": ROLES,
    },
    "attestations": {
        "policy": POLICY.questions,
        "portal": contract.Attestations.model_fields,
        "plugin": vocabulary.ATTESTATIONS,
        "most cautious answers": vocabulary.MOST_CAUTIOUS,
        "aoa export": QUESTIONS,
        "gate pages": [row["field"] for row in WORDING["questions"]],
        "schema": ANSWERS,
    },
    "states": {
        "ledger": LevelState,
        "portal pages": wording.STATES,
        "gate pages": WORDING["states"],
        "schema": SUMMARY["levels"]["additionalProperties"]["enum"],
    },
    "outcomes": {
        "policy": Outcome,
        "portal pages": wording.OUTCOMES,
        "gate pages": WORDING["outcomes"],
        "engine": get_args(decision.Outcome),
        "schema": DECISION["$defs"]["outcome"]["enum"],
        "schema of the summary": SUMMARY["purposes"]["additionalProperties"]["properties"]["outcome"]["enum"],
    },
    "levels": {
        "ledger": Level,
        "labels": LABELS,
        "gate pages": WORDING["levels"],
        "schema": SUMMARY["levels"]["required"],
    },
    "profiles": {
        "portal": get_args(contract.Profile),
        "portal pages": wording.PROFILES,
        "portal tables": wording.SHORT_PROFILES,
        "gate pages": WORDING["profiles"],
        "engine": get_args(decision.Profile),
        "manifest": manifest._PROFILES,
        "sharing": manifest._SHARING,
        "schema": [profile for profile in DECISION["$defs"]["profile"]["enum"] if profile],
        "treatments": {
            profiles.IDENTIFIABLE,
            *(name.split()[0] for name in profiles._table()["deidentification"]),
        },
        "decision table": {cell.profile for row in POLICY.rows for cell in row.cells.values() if cell.profile},
    },
    "formats": {"packaging": FORMATS, "gate pages": WORDING["formats"]},
    "context": {
        "registers": approvals.KINDS,
        "gate pages": WORDING["context"],
    },
}


def keys(named: Any) -> set[str]:
    return {str(key) for key in named}


@pytest.mark.parametrize(("what", "where"), [(what, where) for what, places in LISTS.items() for where in places])
def test_every_place_names_what_the_contract_names(what: str, where: str) -> None:
    assert keys(LISTS[what][where]) == keys(VOCABULARY[what])


def test_the_contract_has_no_list_that_nobody_keeps() -> None:
    assert set(LISTS) == set(VOCABULARY)


@pytest.mark.parametrize(
    "levels",
    [
        DeidentificationLevel,
        [level for level in DECISION["properties"]["level"]["enum"] if level],
        {purpose.level for purpose in POLICY.purposes.values() if purpose.level},
    ],
)
def test_images_are_de_identified_for_each_level_beyond_the_record(levels: Any) -> None:
    assert keys(levels) == keys(SECONDARY) == keys(VOCABULARY["levels"]) - {"record"}


def test_every_place_takes_the_same_answers() -> None:
    contracted = {name: set(answers) for name, answers in VOCABULARY["attestations"].items()}
    engine = {name: set(answers) for name, answers in vocabulary.ATTESTATIONS.items()}
    in_schema = {name: set(part.get("enum", (True, False))) for name, part in ANSWERS.items()}
    on_page = {
        row["field"]: {{"true": True, "false": False}.get(key, key) for key in row["answers"]}
        for row in WORDING["questions"]
    }
    assert engine == in_schema == on_page == contracted
    assert all(vocabulary.MOST_CAUTIOUS[name] in answers for name, answers in engine.items())
    for name, answers in engine.items():
        assert all(contract.Attestations.model_validate({name: answer}) for answer in answers)


def test_a_circumstance_names_no_purpose_that_is_not_in_the_policy() -> None:
    assert {purpose for row in POLICY.circumstances for purpose in row.purposes} <= set(POLICY.purposes)


def test_the_engine_lets_only_roles_through_for_care_that_read_originals_at_the_gate() -> None:
    assert set(asking.CARE_ROLES) == {name for name, role in ROLES.items() if role.direct_care}

"""Portal, plugin, gate and schemas name the same purposes, roles, questions, states, outcomes, levels and formats."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from consent_portal import contract, roles
from consent_portal.api.words import words
from consent_portal.console import users
from consent_portal.ledger.levels import LABELS, SECONDARY, Level, LevelState
from consent_portal.policy.load import load_policy
from consent_portal.policy.model import Outcome
from consent_portal.registers import approvals
from consent_portal.web.frame import wording
from consent_portal.web.frame.access import ROLE_NAMES, Role
from orthanc_plugin import vocabulary
from orthanc_plugin.deid.rules.profile import Level as DeidentificationLevel
from orthanc_plugin.engine.export import asking
from orthanc_plugin.engine.neighbours import decision
from orthanc_plugin.engine.treatment import profiles
from orthanc_plugin.gate.pages.layout import WORDING
from orthanc_plugin.gate.roles import load_roles
from orthanc_plugin.packaging import FORMATS, manifest

ROOT = Path(__file__).parents[2]
POLICY = load_policy()
WORDS = words(POLICY)


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
        "sent to the gate": [row["key"] for row in WORDS["purposes"]],
        "plugin": vocabulary.PURPOSES,
        "schema": SUMMARY["purposes"]["required"],
        "decision table": {purpose for row in POLICY.rows for purpose in row.purposes},
    },
    "roles": {
        "policy": POLICY.roles,
        "portal pages": Role,
        "their names": ROLE_NAMES,
        "portal": roles.ROLES,
        "aoa user": next(each.type.choices for each in users.add.params if each.name == "role"),
        "plugin": vocabulary.ROLES,
        "gate": ROLES,
    },
    "attestations": {
        "policy": POLICY.questions,
        "portal": contract.Attestations.model_fields,
        "plugin": vocabulary.ATTESTATIONS,
        "most cautious answers": vocabulary.MOST_CAUTIOUS,
        "sent to the gate": [row["key"] for row in WORDS["questions"]],
        "schema": ANSWERS,
    },
    "states": {
        "ledger": LevelState,
        "portal pages": wording.STATES,
        "sent to the gate": WORDS["states"],
        "schema": SUMMARY["levels"]["additionalProperties"]["enum"],
    },
    "outcomes": {
        "policy": Outcome,
        "portal pages": wording.OUTCOMES,
        "sent to the gate": WORDS["outcomes"],
        "engine": get_args(decision.Outcome),
        "schema": DECISION["$defs"]["outcome"]["enum"],
        "schema of the summary": SUMMARY["purposes"]["additionalProperties"]["properties"]["outcome"]["enum"],
    },
    "levels": {
        "ledger": Level,
        "labels": LABELS,
        "sent to the gate": [row["key"] for row in WORDS["levels"]],
        "schema": SUMMARY["levels"]["required"],
    },
    "profiles": {
        "portal": get_args(contract.Profile),
        "portal pages": wording.PROFILES,
        "portal tables": wording.SHORT_PROFILES,
        "sent to the gate": WORDS["profiles"],
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
        row["key"]: {{"true": True, "false": False}.get(answer["key"], answer["key"]) for answer in row["answers"]}
        for row in WORDS["questions"]
    }
    assert engine == in_schema == on_page == contracted
    assert all(vocabulary.MOST_CAUTIOUS[name] in answers for name, answers in engine.items())
    for name, answers in engine.items():
        assert all(contract.Attestations.model_validate({name: answer}) for answer in answers)


def test_a_circumstance_names_no_purpose_that_is_not_in_the_policy() -> None:
    assert {purpose for row in POLICY.circumstances for purpose in row.purposes} <= set(POLICY.purposes)


def test_the_engine_lets_only_roles_through_for_care_that_read_originals_at_the_gate() -> None:
    assert set(asking.CARE_ROLES) == {name for name, role in ROLES.items() if role.direct_care}


def test_a_role_is_called_the_same_at_orthanc_as_at_the_portal() -> None:
    assert {name: role.title for name, role in ROLES.items()} == ROLE_NAMES


def test_portal_pages_and_gate_pages_say_the_same_words() -> None:
    assert {row["key"]: row["label"] for row in WORDS["purposes"]} == plain(wording.PURPOSES)
    assert {row["key"]: row["label"] for row in WORDS["levels"]} == plain(LABELS)
    assert {key: state["label"] for key, state in WORDS["states"].items()} == plain(wording.STATES)
    assert {key: outcome["label"] for key, outcome in WORDS["outcomes"].items()} == plain(wording.OUTCOMES)
    assert WORDS["profiles"] == plain(wording.SHORT_PROFILES)


def plain(words: Mapping[Any, Any]) -> dict[str, str]:
    return {str(key): str(label) for key, label in words.items()}


ALSO_OTHER_WORDS = {"teaching", "print", "internet", "research", "commercial", "send-out"}
"""Purposes that are also a level, an agreement by name, a statement of the notices or a de-identification profile."""
MAY_SPELL = {
    "consent_portal/policy/purposes.toml": "what they mean",
    "consent_portal/policy/table.toml": "what is decided",
    "orthanc_plugin/vocabulary.toml": "the plugin's list",
    "orthanc_plugin/vocabulary.py": "those that rules of the plugin name",
    "consent_portal/ledger/by_name.py": "the three that no level covers, which a patient agrees to or refuses by name",
    "consent_portal/services/statements/saying_no.py": "likewise, as the API describes them",
    "consent_portal/web/work/asking.toml": "what is said to a patient who is asked for one of those three",
    "consent_portal/publishing/checking.py": "which purposes stand behind a statement of the notices",
    "consent_portal/web/studies/teaching.py": "which two a trainer's list shows",
    "consent_portal/web/studies/templates/teaching/find.html": "likewise",
}


def spelled(path: Path) -> set[str]:
    """Return the purposes that a file spells: as a text or key of its own in Python and TOML, as a word elsewhere."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        words = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
    elif path.suffix == ".toml":
        words = set(whole(tomllib.loads(text)))
    else:
        words = set(re.findall(r"[\w-]+", re.sub(r"(?m)^\s*//.*", "", text)))
    return {str(word) for word in words} & (set(VOCABULARY["purposes"]) - ALSO_OTHER_WORDS)


def whole(value: Any) -> Iterator[str]:
    """Yield every key and every text of TOML data."""
    if isinstance(value, Mapping):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from whole(item)
    elif isinstance(value, str):
        yield value


SOURCES = [
    path
    for package in ("consent_portal", "orthanc_plugin", "notices")
    for path in sorted((ROOT / package).rglob("*"))
    if path.suffix in {".py", ".toml", ".js", ".html", ".j2"} and "wording" not in path.parts
]


def test_no_other_file_spells_a_purpose() -> None:
    found = {str(path.relative_to(ROOT)): names for path in SOURCES if (names := spelled(path))}
    assert {name: words for name, words in found.items() if name not in MAY_SPELL} == {}
    assert set(found) == set(MAY_SPELL), "a file is excused that spells none, or has moved"

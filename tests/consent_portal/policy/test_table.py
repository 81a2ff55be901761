"""The decision table as data: whole, in our own words, every cell reachable, nothing falls through."""

import itertools
import re
import shutil

import pytest

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import EventType
from consent_portal.policy import load
from consent_portal.policy.load import PolicyFault, in_force, load_policy
from consent_portal.policy.model import Situation
from tests.support.consent import POLICY, Story, answered, ask_policy, subject

PURPOSES = (
    "direct-care", "send-out", "live-case", "teaching", "handout", "exam", "lecture", "learning-discrepancy",
    "service-evaluation", "print", "internet", "research", "research-capture", "commercial", "external-archive",
)  # fmt: skip
CARE = ("direct-care", "send-out", "live-case")
RESEARCH = p.Conditions(
    purposes=("research",), research_project="p1", commercial=True, commercial_data="d", commercial_confidentiality="c"
)
SITUATIONS = {
    Situation.PARA10_NO_RECORD: subject("x-rays"),
    Situation.PHOTO_NO_RECORD: subject("photo"),
    Situation.RECOGNISABLE_NO_RECORD: subject("x-rays", face=True),
    Situation.REFUSED: subject("x-rays", Story().refused()),
    Situation.PARA10_NOT_CHOSEN: subject("x-rays", Story().given("record")),
    Situation.PHOTO_NOT_CHOSEN: subject("photo", Story().given("record")),
    Situation.ACTIVE: subject("photo", Story().given("record,teaching,print,internet", conditions=RESEARCH)),
}

# One line a row, in the order of the columns: para-10 / refused / photo / with consent (policy.md, "Decision table").
TABLE = {
    ("direct-care", ()): "permit D0 | permit D0 | permit D0 | permit D0",
    ("send-out", ()): "permit D1 | permit D1 | permit D1 | permit D1",
    ("learning-discrepancy", ("inside",)): "permit D2 | deny | ask | permit D2",
    ("service-evaluation", ()): "permit D3 | deny | ask | permit D3",
    ("teaching", ("inside",)): "permit D3 | deny | ask | permit D3",
    ("handout", ()): "permit D4 | deny | ask | permit D4",
    ("exam", ()): "permit D3 | deny | ask | permit D3",
    ("lecture", ()): "permit D3 | deny | ask | permit D3",
    ("print", ()): "permit D3 | deny | ask | permit D3",
    ("internet", ()): "permit D3 | deny | ask | permit D3",
    ("research", ("ethics",)): "permit D3 | deny | permit D3 | permit D3",
    ("research", ()): "deny | deny | deny | deny",
    ("research-capture", ("ethics", "protocol")): "deny | deny | deny | permit D3",
    ("research-capture", ()): "deny | deny | deny | deny",
    ("commercial", ("ethics",)): "ask | deny | ask | permit D3",
    ("external-archive", ("archive-recipient", "board-approval", "undertaking")): "permit D3 | deny | ask | permit D3",
    ("research", ("ethics", "several-organisations")): "permit D3 | deny | permit D3 | permit D3",
}
COLUMNS = (Situation.PARA10_NO_RECORD, Situation.REFUSED, Situation.PHOTO_NO_RECORD, Situation.ACTIVE)


@pytest.mark.parametrize(("asked", "wanted"), TABLE.items(), ids=lambda value: str(value)[:50])
def test_the_table_answers_as_the_policy_says(asked, wanted):
    purpose, facts = asked
    found = [answered(purpose, SITUATIONS[column], facts=facts, project="p1") for column in COLUMNS]
    assert " | ".join(found) == wanted


def test_there_are_fifteen_purposes_and_twenty_rows():
    assert tuple(POLICY.purposes) == PURPOSES
    assert {row.number for row in (*POLICY.rows, *POLICY.circumstances)} == set(range(1, 21))


DERIVED = {"not-coded"}
"""Facts that the policy finds out by itself."""
CELLS = [
    pytest.param(row, purpose, situation, id=f"{row.number} {purpose} {situation} {'+'.join(sorted(row.when))}")
    for row in POLICY.rows
    for purpose in row.purposes
    for situation in Situation
    if not POLICY.purposes[purpose].is_care
]


@pytest.mark.parametrize(("row", "purpose", "situation"), CELLS)
def test_every_cell_can_be_reached(row, purpose, situation):
    """For each row and column there is a request and a story that end in exactly that cell."""
    switches = {fact.removeprefix("switch:") for fact in row.when if fact.startswith("switch:")}
    policy = in_force(POLICY, dict.fromkeys(switches, True), switches)
    facts = row.when - DERIVED - {f"switch:{switch}" for switch in switches}
    decision = ask_policy(purpose, SITUATIONS[situation], facts=facts, project="p1", policy=policy)
    cell = row.cells[situation]
    assert (decision.outcome, decision.profile) == (cell.outcome, cell.profile)
    assert row.reason in decision.reasons


@pytest.mark.parametrize("purpose", CARE)
def test_every_care_cell_can_be_reached(purpose):
    for situation in Situation:
        row = next(one for one in POLICY.rows if purpose in one.purposes)
        decision = ask_policy(purpose, SITUATIONS[situation], taking_away=False)
        assert (decision.outcome, decision.profile) == (row.cells[situation].outcome, row.cells[situation].profile)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_face_is_never_treated_more_mildly_than_a_photograph_nor_that_than_a_scan(purpose):
    for row in POLICY.rows:
        if purpose in row.purposes:
            cells = row.cells
            recognisable, photo = cells[Situation.RECOGNISABLE_NO_RECORD], cells[Situation.PHOTO_NO_RECORD]
            assert recognisable.outcome.strictness >= photo.outcome.strictness
            assert (
                cells[Situation.PHOTO_NO_RECORD].outcome.strictness
                >= cells[Situation.PARA10_NO_RECORD].outcome.strictness
            )
            assert (
                cells[Situation.PHOTO_NOT_CHOSEN].outcome.strictness
                >= cells[Situation.PARA10_NOT_CHOSEN].outcome.strictness
            )
            if purpose not in CARE:
                assert str(cells[Situation.REFUSED].outcome) == "deny"


@pytest.mark.parametrize("kind", POLICY.kinds.kinds)
@pytest.mark.parametrize(
    "story",
    [Story(), Story().refused(), Story().withdrawn(), Story().given("record")],
    ids=["no record", "refused", "withdrawn", "record only"],
)
def test_direct_care_is_never_held_up(kind, story):
    for role in ("clinician", "medical-illustration", "caldicott-guardian"):
        died = story.then(EventType.DECEASED_NOTED, p.DeceasedNoted())
        assert answered("direct-care", subject(kind, died, face=True, conflict=True), role=role) == "permit D0"


@pytest.mark.parametrize("purpose", ["direct-care", "send-out"])
@pytest.mark.parametrize(("fact", "rule"), [("commercial-recipient", "R62"), ("recipient-not-current", "R13, R55")])
def test_care_too_goes_to_no_company_and_to_nobody_whose_contract_does_not_stand(purpose, fact, rule):
    decision = ask_policy(purpose, facts=(fact,))
    assert str(decision.outcome) == "deny"
    assert [reason.rule for reason in decision.reasons] == [rule]
    assert "another recipient" in decision.reasons[0].text
    assert answered(purpose, facts=("inside",)).startswith("permit")


def test_an_unknown_purpose_is_denied():
    decision = ask_policy("marketing")
    assert str(decision.outcome) == "deny"
    assert decision.profile is None


@pytest.mark.parametrize("role", ["department-admin", "administrator", "engine", "portal", "supervisor", "", "nobody"])
def test_who_keeps_the_system_or_is_a_program_may_ask_for_nothing(role):
    assert {answered(purpose, role=role) for purpose in PURPOSES} == {"deny"}


def test_a_trainer_may_teach_and_nothing_else():
    allowed = {purpose for purpose in PURPOSES if answered(purpose, role="trainer") != "deny"}
    assert allowed == {"teaching", "exam", "handout", "lecture"}


def test_every_reason_names_its_rule_text_and_source():
    for purpose, situation in itertools.product(PURPOSES, SITUATIONS.values()):
        for reason in ask_policy(purpose, situation).reasons:
            assert reason.rule
            assert reason.source
            assert len(reason.text) > 20


def test_an_ask_always_says_whom_to_ask_for_what():
    for purpose, situation in itertools.product(PURPOSES, SITUATIONS.values()):
        decision = ask_policy(purpose, situation)
        if str(decision.outcome) == "ask":
            assert decision.questions
            assert all(question.whom and question.what for question in decision.questions)
        else:
            assert not decision.questions


def test_only_a_permit_names_a_profile_and_only_publication_strength_a_level():
    for purpose, situation in itertools.product(PURPOSES, SITUATIONS.values()):
        decision = ask_policy(purpose, situation, taking_away=False)
        assert (decision.profile is not None) == (str(decision.outcome) == "permit")
        assert (decision.level is not None) == (decision.profile in {"D3", "D4"})


def test_the_engine_understands_every_obligation():
    owed = {one for purpose in POLICY.purposes.values() for one in purpose.obligations}
    owed |= {one for row in POLICY.rows for cell in row.cells.values() for one in cell.obligations}
    assert owed == {"second-review", "exclude-dose-and-documents"}


def test_the_version_changes_with_the_data(tmp_path):
    for name in load.FILES:
        shutil.copy(load.HERE / name, tmp_path / name)
    same = load_policy(tmp_path).version
    with (tmp_path / "table.toml").open("a", encoding="utf-8") as file:
        file.write("\n# a remark\n")
    load_policy.cache_clear()
    assert POLICY.version == same != load_policy(tmp_path).version


@pytest.mark.parametrize(
    ("find", "put", "named"),
    [
        ('purposes = ["exam"]', 'purposes = ["exams"]', "exam"),
        ('refused = "deny"', 'refused = "maybe"', "refused"),
        ('active = "permit D4"', 'active = "permit"', "profile"),
        ('when = ["ethics"]', 'when = ["switch:none"]', "none"),
    ],
)
def test_a_mistake_in_the_table_is_named_before_anything_is_decided(tmp_path, find, put, named):
    for name in load.FILES:
        shutil.copy(load.HERE / name, tmp_path / name)
    table = tmp_path / "table.toml"
    table.write_text(table.read_text(encoding="utf-8").replace(find, put, 1), encoding="utf-8")
    with pytest.raises(PolicyFault, match=named):
        load_policy(tmp_path)


def test_the_sources_are_cited_in_one_form():
    form = re.compile(r"^(S[0-4] L\d+|GMC \d+)")
    for row in (*POLICY.rows, *POLICY.circumstances):
        assert form.match(row.source), row.title

"""Each kind of event that a person records has its verb, its route and its page, or the system writes it."""

import pytest

from consent_portal.cli import commands
from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds import KINDS
from consent_portal.ledger.kinds.kind import Writer
from consent_portal.services.statements.verbs import VERBS
from tests.consent_portal.web.routes import MATRIX

PAGES = {
    EventType.GIVEN: "consent.record",
    EventType.AMENDED: "consent.amend",
    EventType.WITHDRAWN: "consent.withdraw",
    EventType.REFUSED: "entries.refusal",
    EventType.OBJECTION: "entries.objection",
    EventType.INVALIDATED: "corrections.mark",
    EventType.CAPACITY_ASSESSED: "entries.capacity",
    EventType.REPRESENTATIVE_ADDED: "entries.representative",
    EventType.REPRESENTATIVE_REMOVED: "entries.representative-removed",
    EventType.DECEASED_NOTED: "entries.death",
    EventType.REVIEWED_AT_MATURITY: "entries.maturity",
    EventType.EXPLAINED: "entries.explanation",
    EventType.FORM_ATTACHED: "entries.signed-form",
    EventType.RECEIPT_ISSUED: "entries.receipt",
    EventType.PUBLISHED: "releases.published",
    EventType.ACCOUNT_CHANGED: "users.change_role",
    EventType.RECALL_SENT: "recalls.update",
    EventType.RECALL_CONFIRMED: "recalls.update",
    EventType.POLICY_SIGNED: "policy.sign",
    EventType.NOTICE_STEP: "notice_versions.draft",
    EventType.PATIENTS_MERGED: "identity.join",
    EventType.PATIENTS_UNMERGED: "identity.part",
    EventType.IDENTITY_CONFIRMED: "identity.study",
    EventType.STUDY_SEPARATED: "identity.study",
    EventType.BREACH_OPENED: "breaches.report",
    EventType.BREACH_NOTED: "breaches.note",
    EventType.BREACH_CLOSED: "breaches.close",
}
"""The page of each kind that a person records."""

BY_PAGE_ALONE = {
    EventType.RECALL_SENT,
    EventType.RECALL_CONFIRMED,
    EventType.POLICY_SIGNED,
    EventType.NOTICE_STEP,
    EventType.IDENTITY_CONFIRMED,
    EventType.STUDY_SEPARATED,
    EventType.BREACH_OPENED,
    EventType.BREACH_NOTED,
    EventType.BREACH_CLOSED,
}
"""About a copy that left, the policy, the notices, or whose a study is; not what a patient said."""

BY_ANOTHER_COMMAND = {
    EventType.CONTINUITY_ACCEPTED: ("audit", "accept-loss"),
    EventType.ACCOUNT_CHANGED: ("user", "add"),
}
"""About the ledger itself, or about who signs in."""

BY_PERSONS = sorted(kind.event_type for kind in KINDS.values() if kind.writer is Writer.PERSON)


@pytest.mark.parametrize("kind", sorted(set(BY_PERSONS) - BY_PAGE_ALONE - set(BY_ANOTHER_COMMAND)))
def test_what_a_person_records_has_its_verb_at_the_command_and_at_the_api(kind, lasting):
    verbs = [verb for verb in VERBS.values() if kind in verb.event_types]
    assert len(verbs) == 1
    (group,) = [command for command in commands if command.name == "consent"]
    assert verbs[0].name in group.list_commands(None)
    paths = lasting.app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    assert f"/api/v1/consent/{verbs[0].name}" in paths
    status = lasting.app.test_client().post(f"/api/v1/consent/{verbs[0].name}", json={}).status_code
    assert status == 401


@pytest.mark.parametrize("kind", sorted(set(BY_PERSONS) - set(BY_ANOTHER_COMMAND)))
def test_what_a_person_records_has_its_page(kind, lasting):
    assert PAGES[kind] in lasting.app.view_functions
    assert PAGES[kind] in MATRIX


@pytest.mark.parametrize("kind", sorted(BY_ANOTHER_COMMAND))
def test_a_kind_about_the_ledger_has_its_command(kind):
    group, name = BY_ANOTHER_COMMAND[kind]
    (found,) = [command for command in commands if command.name == group]
    assert name in found.list_commands(None)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_says_what_it_does_and_each_of_its_fields_means(verb):
    statement = VERBS[verb].statement
    assert statement.__doc__
    assert all(field.description for field in statement.model_fields.values())

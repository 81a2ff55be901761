"""Where images may go, and what requests refer to."""

from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from consent_portal.registers import approvals, recipients
from consent_portal.registers.recipients import Recipient, RecipientKind
from tests.consent_portal.ledger.conftest import database, template, url

__all__ = ["database", "template", "url"]
TODAY = date(2025, 6, 1)
WHOLE = Recipient(
    key="haven",
    name="Safe haven",
    kind=RecipientKind.UNIVERSITY,
    contract_reference="C-1",
    contract_start=date(2025, 1, 1),
    contract_end=date(2025, 12, 31),
    steward="A. Steward",
    named_people=("B. Person", "C. Person"),
    evidence="penetration test of March",
    secure_environment=True,
    audited_on=date(2025, 2, 1),
    data_flow="described",
    anonymisation_process="described",
    archiving="described",
    responsible_professional="D. Officer",
    keep_until_days=365,
    conditions_of_use="described",
)
BLANK = {
    "contract_reference": "", "contract_start": None, "contract_end": None, "steward": "", "named_people": (),
    "evidence": "", "secure_environment": False, "audited_on": None, "data_flow": "", "anonymisation_process": "",
    "archiving": "", "responsible_professional": "", "keep_until_days": None, "conditions_of_use": "",
}  # fmt: skip


def test_a_recipient_is_kept_as_it_was_entered(database):
    with database.writing() as session:
        recipients.save(session, WHOLE, "admin")
    with database.reading() as session:
        assert recipients.get(session, "haven") == WHOLE
        assert recipients.every(session) == [WHOLE]


def test_a_whole_entry_is_a_secure_environment():
    assert WHOLE.environment_faults(TODAY) == []
    assert "secure-environment" in recipients.facts(WHOLE, TODAY)


@pytest.mark.parametrize("field", BLANK)
def test_any_blank_field_keeps_coded_data_away(field):
    lacking = replace(WHOLE, **{field: BLANK[field]})
    assert "secure-environment" not in recipients.facts(lacking, TODAY)


@pytest.mark.parametrize(
    ("day", "fault"),
    [(date(2024, 12, 31), "not begun"), (date(2026, 1, 1), "ended"), (date(2026, 2, 2), "out of date")],
)
def test_contract_and_audit_run_out(day, fault):
    assert any(fault in one for one in WHOLE.environment_faults(day))
    assert "secure-environment" not in recipients.facts(WHOLE, day)


def test_a_closed_or_ended_recipient_is_not_current():
    assert "recipient-not-current" in recipients.facts(replace(WHOLE, closed=True), TODAY)
    assert "recipient-not-current" in recipients.facts(WHOLE, date(2026, 1, 1))
    assert "recipient-not-current" not in recipients.facts(WHOLE, TODAY)


def test_the_requesters_own_place_is_inside():
    assert recipients.facts(None) == {"inside"}
    assert "commercial-recipient" in recipients.facts(Recipient("co", "Co", RecipientKind.COMPANY), TODAY)
    assert "archive-recipient" in recipients.facts(Recipient("rcr", "RCR", RecipientKind.RCR_ARCHIVE), TODAY)


@pytest.mark.parametrize("key", ["self", "", "a b", "../x"])
def test_a_key_that_could_not_stand_in_a_request_is_refused(database, key):
    with pytest.raises(ValueError, match="key"), database.writing() as session:
        recipients.save(session, replace(WHOLE, key=key), "admin")


def test_a_waiver_without_reason_is_refused():
    with pytest.raises(ValidationError, match="reason"):
        approvals.Ethics(decision="waived", reference="W-1")
    assert approvals.Ethics(decision="waived", reference="W-1", reason="minimal risk").facts() == {"ethics"}


def test_a_project_may_capture_only_with_protocol_sheet_and_form():
    whole = {"protocol": "P-1", "information_sheet_version": "2", "consent_form_version": "3"}
    assert approvals.Project(**whole).facts() == {"protocol"}
    for name in whole:
        assert approvals.Project(**{**whole, name: " "}).facts() == frozenset()
    assert approvals.Project(organisations=("A", "B")).facts() == {"several-organisations"}


def test_an_undertaking_promises_not_to_sell_and_not_to_reidentify():
    promise = {"signed_by": "X", "signed_on": date(2025, 1, 1), "not_sold": True, "not_reidentified": True}
    assert approvals.Undertaking(**promise).facts() == {"undertaking"}
    assert approvals.Undertaking(**{**promise, "not_sold": False}).facts() == frozenset()
    assert approvals.Undertaking(**{**promise, "not_reidentified": False}).facts() == frozenset()


def test_entries_are_kept_found_by_kind_and_run_out(database):
    entry = approvals.Entry(
        "min-7", "Board of May", approvals.Approval(by="board", reference="7"), valid_to=date(2025, 5, 31)
    )
    with database.writing() as session:
        approvals.save(session, entry, "admin")
        with pytest.raises(ValueError, match="taken"):
            approvals.save(session, replace(entry, details=approvals.Publication()), "admin")
    with database.reading() as session:
        assert approvals.get(session, "approval", "min-7") == entry
        assert approvals.get(session, "ethics", "min-7") is None
        assert approvals.every(session, "approval") == approvals.every(session) == [entry]
    assert entry.is_current(date(2025, 5, 31))
    assert not entry.is_current(TODAY)


def test_details_are_read_from_json_by_their_kind():
    found = approvals.read_details("consent_texts", '{"data": "slices", "confidentiality": "closed"}')
    assert found.facts() == {"consent-texts"}
    assert approvals.ConsentTexts(data="slices").facts() == frozenset()
    with pytest.raises(ValueError, match="kinds"):
        approvals.read_details("nonsense", "{}")

"""What is another department's is not there: no page, list, count or number tells of it, and nothing can be done to it.

The answers are compared with those about what does not exist, and pages with what they were before it was made (F4).
"""

import re
import uuid

import pytest

from consent_portal.ledger.levels import Level
from consent_portal.services import queries
from consent_portal.tasks.rows import AskRow, RecallRow, ReviewRow
from consent_portal.tasks.tablets import TabletRow
from tests.consent_portal.web.conftest import tokens_of
from tests.consent_portal.web.departments.conftest import NARROWED, a_patient, fill_dermatology
from tests.consent_portal.web.routes import MATRIX
from tests.support.portal import ROLES
from tests.support.recalls import TAKEN_BACK

NUMBER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SECRET = re.compile(r'(name="(?:csrf_token|form_token|record_head)"[^>]*value=)"[^"]*"|(nonce-|nonce=")[\w+/=-]+')
HOUR = re.compile(r"\b\d\d:\d\d\b")
DRAWN = {"Set-Cookie", "Date", "Content-Length"}
"""Headers that follow from what is drawn anew, and from the head of the record in a form (ADR 0153)."""
EVERY_FIELD = {
    "status": "sent", "outcome": "approve", "note": "x", "gone": "y", "done": "x", "on": "2025-06-07", "reason": "x",
    "where": "x", "never_said": "y", "right_patient": "y", "finding": "other", "compared": ["name", "birth-date"],
    "told_on": "2025-06-07", "said_on": "2025-06-07", "everything": "all", "scope": "patient", "told_by": "patient",
    "received": "by telephone", "purpose": "print", "agreed": "y", "active": "no",
}  # fmt: skip
OF_EVERYBODY = {"ledger.health", "account_changes.index", "journal.index", "security.logout"}
"""Pages about no patient's recordings, and the journal, which the walk itself adds to: it is looked at by its words."""


def plain(answer):
    """Return an answer without what is drawn anew for each."""
    written = answer.get_data(as_text=True) if answer.mimetype.startswith("text/") else ""
    text = HOUR.sub("", NUMBER.sub("NUMBER", SECRET.sub("", written)))
    headers = {name: NUMBER.sub("NUMBER", value) for name, value in answer.headers if name not in DRAWN}
    return answer.status_code, SECRET.sub("", str(headers)), text


def asked(reader, method, address, number, query=""):
    tokens = tokens_of(reader.browser.get("/account/password"))  # which shows what was told before, too
    data = {} if method == "GET" else {**tokens, **EVERY_FIELD}
    data = data and {**data, "password": reader.password, "others": number, "same_as": number, "about": number}
    answer = reader.browser.open(address + query, method=method, data=data)
    shown = plain(answer)
    return shown[0], shown[1].replace(address, "ADDRESS"), shown[2]


def addresses(app, endpoint, values):
    for rule in app.url_map.iter_rules(endpoint):
        if rule.arguments and rule.arguments <= set(values):
            with app.test_request_context():
                address = app.url_for(endpoint, **{name: values[name] for name in rule.arguments})
            yield from ((method, address) for method in sorted(rule.methods & {"GET", "POST"}))


def state(hospital, but_of=""):
    tables = [one for row in (AskRow, ReviewRow, RecallRow, TabletRow) for one in hospital.everything(row)]
    return [event.id for event in hospital.events() if event.patient_key != but_of], tables


def changes(before, after):
    """Return the lines that are new, page by page."""
    was = {name: set(str(answer).split("\\n")) for name, answer in before.items()}
    new = {name: [line for line in str(answer).split("\\n") if line not in was[name]] for name, answer in after.items()}
    return {name: lines for name, lines in new.items() if lines}


@pytest.mark.parametrize("role", NARROWED)
def test_every_route_answers_for_another_departments_as_for_what_does_not_exist(hospital, skin, role):
    reader, before = hospital.reader(role), state(hospital)
    mine = hospital.taken("Cardiology", **a_patient())
    visible = {"study": mine.key, "patient": mine.patient_key}
    nothing = {name: str(uuid.uuid4()) for name in skin.ids}
    walked = set()
    for endpoint in sorted(MATRIX):
        if role not in MATRIX[endpoint]:
            continue
        for hidden, unknown in ((skin.ids, nothing), ({**skin.ids, **visible}, {**nothing, **visible})):
            pairs = zip(
                addresses(hospital.app, endpoint, hidden), addresses(hospital.app, endpoint, unknown), strict=True
            )
            for (method, theirs), (_method, nobodys) in pairs:
                walked.add(endpoint)
                answer = asked(reader, method, theirs, skin.ids["patient"])
                assert answer == asked(reader, method, nobodys, nothing["patient"]), (endpoint, method)
                assert hidden is not skin.ids or answer[0] >= 300 or method == "POST", (endpoint, method)
                assert not any(word in answer[2] for word in skin.words), (endpoint, method)
    after = state(hospital, mine.patient_key)
    assert after[0] == before[0]
    assert [row for row in before[1] if row not in after[1]] == []
    assert walked or role == "department-admin"


@pytest.mark.parametrize("role", NARROWED)
def test_no_list_count_or_page_changes_when_another_department_does_something(hospital, said, archive, role):
    reader, person = hospital.reader(role), a_patient()
    mine = hospital.taken("Cardiology", **person)
    ids = {"study": mine.key, "patient": mine.patient_key, "other": hospital.photo.key}

    def pages():
        found = {}
        for endpoint in sorted(set(MATRIX) - OF_EVERYBODY):
            if role not in MATRIX[endpoint]:
                continue
            for rule in hospital.app.url_map.iter_rules(endpoint):
                if "GET" in rule.methods and rule.arguments <= set(ids):
                    with hospital.app.test_request_context():
                        address = hospital.app.url_for(endpoint, **{name: ids[name] for name in rule.arguments})
                    found[endpoint] = plain(reader.browser.get(address))
        for address, fields in SEARCHES.get(role, []):
            typed = {name: value.format(**person) for name, value in fields.items()}
            data = {**tokens_of(reader.browser.get(address)), **typed}
            found[address, str(fields)] = plain(reader.browser.post(address, data=data))
        return found

    before = pages()
    same_person = fill_dermatology(hospital, said, archive, **{**person, "AccessionNumber": "SKIN-1"})
    another = fill_dermatology(hospital, said, archive)
    assert same_person.study.patient_key == mine.patient_key
    after = pages()
    assert changes(before, after) == changes(after, before) == {}
    if role == "caldicott-guardian":
        journal = reader.open("/journal").get_data(as_text=True)
        assert not any(word in journal for word in (*same_person.words[:2], *another.words))


SEARCHES = {
    role: [("/studies", {"name": "quirkleby"}), ("/studies", {"number": "{PatientID}"})]
    for role in ("clinician", "medical-illustration", "caldicott-guardian")
} | {"trainer": [("/teaching", {"modality": "XC"})]}


def test_the_guardian_without_a_department_sees_all_and_an_illustrator_without_one_only_nobodys(hospital, skin):
    hospital.staff(caldicott_guardian=[], medical_illustration=[])
    page = f"/studies/{skin.study.key}"
    assert skin.words[0] in hospital.reader("caldicott-guardian").open(page).get_data(as_text=True)
    illustrator = hospital.reader("medical-illustration")
    illustrator.open(page, expect=404)
    illustrator.open(f"/studies/{hospital.photo.key}")
    illustrator.open(f"/studies/{hospital.taken('Heart unit', **a_patient()).key}", expect=404)


def test_a_study_of_two_departments_is_open_to_each(hospital):
    both = hospital.taken("CARDIOLOGY", StationName="Skincam", **a_patient())
    for name in ("medical-illustration", "skin-photographer"):
        hospital.reader(name).open(f"/studies/{both.key}")


def test_what_nobody_has_looked_at_is_closed_until_it_is_found_out(hospital):
    study = hospital.study(hospital.archive.photograph_of(InstitutionalDepartmentName="Dermatology", **a_patient()))
    reader = hospital.reader("clinician")
    reader.open(f"/studies/{study.key}", expect=404)
    reader.open("/")
    reader.open(f"/studies/{study.key}", expect=404)
    hospital.reader("skin-photographer").open(f"/studies/{study.key}")


def test_a_withdrawal_of_all_recordings_reaches_the_other_departments_and_tells_how_many(hospital, said, archive):
    person = a_patient()
    mine = hospital.taken("Cardiology", **person)
    theirs = fill_dermatology(hospital, said, archive, **{**person, "AccessionNumber": "SKIN-2"})
    reader = hospital.reader("clinician")
    page = reader.send(f"/studies/{mine.key}/withdraw", **{**TAKEN_BACK, "scope": "patient"}).get_data(as_text=True)
    assert "1 recording in another department" in page
    assert not any(word in page for word in theirs.words)
    with hospital.parts.database.reading() as session:
        status = queries.status(session, theirs.study)
    assert str(status.state(Level.INTERNET)) == "withdrawn"


def test_whoever_has_a_copy_is_told_to_delete_it_wherever_they_work_now(hospital, said, archive):
    skin = fill_dermatology(hospital, said, archive)
    with hospital.parts.database.writing() as session:
        session.get_one(RecallRow, skin.ids["recall"]).requested_by = "clinician"
    reader = hospital.reader("clinician")
    page = reader.open("/copies").get_data(as_text=True)
    assert "release-job-skin-2.zip" in page
    assert not any(word in page for word in skin.words)
    reader.send(f"/copies/{skin.ids['recall']}/deleted", page=reader.open("/copies"), gone="y")
    assert hospital.everything(RecallRow)[-1]["status"] == "confirmed"


def test_without_the_section_nothing_is_narrowed(portal, said):
    other = portal.study(portal.archive.photograph_of(InstitutionalDepartmentName="Dermatology", **a_patient()))
    for role in ("clinician", "medical-illustration", "caldicott-guardian"):
        portal.reader(role).open(f"/studies/{other.key}")
    assert set(ROLES) - set(NARROWED) == {"administrator"}
    portal.reader("administrator").send("/users/1/departments", page=portal.reader("administrator").open("/users"),
                                        expect=400)  # fmt: skip

"""Who exports another department's recordings: for care always, for anything else never (ADR 0153)."""

from tests.consent_portal.web.departments.conftest import a_patient


def ask(hospital, study, user, purpose, role="clinician", **more):
    request = hospital.engine.request(user, role, purpose)
    return hospital.engine.ask(hospital.subject(study.orthanc_id), request, **more)


def test_another_departments_recordings_leave_for_care_only(hospital, said):
    study = hospital.taken("Dermatology", **a_patient())
    hospital.reader("skin-photographer").send(f"/studies/{study.key}/record", **said)
    assert ask(hospital, study, "dr-skin", "teaching")["outcome"] == "permit"
    for intent in ("export", "check", "hand-over", "preview"):
        answer = ask(hospital, study, "clinician", "teaching", intent=intent)
        assert answer["outcome"] == "deny"
        assert "another department" in answer["reasons"][0]["text"]
        assert ask(hospital, study, "clinician", "direct-care", intent=intent)["outcome"] == "permit"
    assert "ask_url" not in answer or not answer["ask_url"]


def test_whose_a_study_is_that_nobody_has_looked_at_is_found_out_before_it_leaves(hospital):
    new = hospital.archive.photograph_of(InstitutionalDepartmentName="dermatology", **a_patient())
    request = hospital.engine.request("clinician", "clinician", "print")
    answer = hospital.engine.ask(hospital.subject(new), request)
    assert (answer["outcome"], "another department" in answer["reasons"][0]["text"]) == ("deny", True)


def test_the_guardian_and_what_is_nobodys_are_not_held_up(hospital):
    hospital.staff(caldicott_guardian=[])
    study = hospital.taken("Dermatology", **a_patient())
    reasons = [
        ask(hospital, study, "caldicott-guardian", "teaching", "caldicott-guardian")["reasons"],
        ask(hospital, hospital.photo, "clinician", "teaching")["reasons"],
    ]
    assert "another department" not in str(reasons)


def test_a_waiting_job_is_called_back_when_its_requester_moves_to_another_department(hospital, said):
    study = hospital.taken("Dermatology", **a_patient())
    hospital.reader("skin-photographer").send(f"/studies/{study.key}/record", **said)
    assert ask(hospital, study, "dr-skin", "teaching", job="job-moves")["outcome"] == "permit"
    asked = {"contract": 1, "jobs": ["job-moves"], "since": None}
    assert hospital.engine.post("/api/v1/jobs/called-back", asked)[1]["called_back"] == []
    hospital.staff(dr_skin=["cardiology"])
    assert "another department" in str(hospital.engine.post("/api/v1/jobs/called-back", asked)[1]["called_back"])

"""The bodies that the engine sends, and a client that speaks as the engine."""

import copy
import uuid

import httpx

from tests.support.patience import PATIENCE

STUDY = "1.2.826.0.1.3680043.8.498.11"
PHOTO_STUDY = "1.2.826.0.1.3680043.8.498.12"
FAMILY = "QUIRKLEBY"
CT = {
    "sop_class_uid": "1.2.840.10008.5.1.4.1.1.2",
    "modality": "CT",
    "body_part": "CHEST",
    "image_type": ["ORIGINAL", "PRIMARY"],
    "slice_thickness": 2.5,
    "count": 20,
}
PHOTO = {
    **CT,
    "sop_class_uid": "1.2.840.10008.5.1.4.1.1.77.1.4",
    "modality": "XC",
    "body_part": "ARM",
    "slice_thickness": None,
}
ANSWERS = {
    "identifiable": "no",
    "unusual_finding": "no",
    "damage_or_distress": "no",
    "motivated_intruder_checked": True,
}


def a_subject(uid=STUDY, contents=(CT,), patient="HOSP-77", description="CT CHEST"):
    return {
        "study_uid": uid,
        "orthanc_id": "11111111-22222222-33333333-44444444-55555555",
        "patient": {"id": patient, "issuer": "", "name": f"{FAMILY}^ANNA", "birth_date": "19700517", "sex": "F"},
        "study": {"date": "20240312", "accession": "ACC-1", "description": description},
        "contents": [copy.deepcopy(one) for one in contents],
    }


A_PHOTO = a_subject(PHOTO_STUDY, (PHOTO,), description="Left forearm")


def a_request(purpose="teaching", **fields):
    request = {
        "sender": {"user": "dr-who", "role": "clinician"},
        "recipient": "self",
        "purpose": purpose,
        "format": "dicom-zip",
        "reason": "registrars' meeting",
        "attestations": dict(ANSWERS),
        "context": {},
    }
    return {**request, **fields}


def a_decision_request(purpose="teaching", *subjects, intent="export", job=None, **fields):
    return {
        "contract": 1,
        "intent": intent,
        "job": job or str(uuid.uuid4()),
        "request": a_request(purpose, **fields),
        "subjects": list(subjects) or [a_subject()],
    }


def a_disclosure(asked, decision, **fields):
    """Return the disclosure that belongs to a decision."""
    body = {
        "contract": 1,
        "key": f"release-{asked['job']}",
        "kind": "release",
        "job": asked["job"],
        "decision": decision["decision"],
        "at": "2025-06-01T10:00:00+00:00",
        "request": asked["request"],
        "subjects": asked["subjects"],
        "profile": decision["profile"],
        "released": 20,
        "excluded": 1,
        "quarantined": 0,
        "engines": [{"name": "anonymise-or-ask", "version": "0.1.0"}, {"name": "verifier", "version": "0.1.0"}],
        "package_sha256": "ab" * 32,
    }
    return {**body, **fields}


class EngineClient:
    """Speaks to a portal over HTTP as the engine does."""

    def __init__(self, url, token):
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)

    def post(self, path, body, expect=200):
        answer = self.http.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def decide(self, *args, expect=200, **fields):
        return self.post("decisions", a_decision_request(*args, **fields), expect)

    def ask(self, body, intent=None, expect=200):
        return self.post("decisions", {**body, **({"intent": intent} if intent else {})}, expect)

    def disclose(self, body, expect=201):
        return self.post("disclosures", body, expect)

    def consent(self, subject=None, role="clinician"):
        body = {"contract": 1, "subject": subject or a_subject(), "sender": {"user": "dr-who", "role": role}}
        return self.post("consent", body)

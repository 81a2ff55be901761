"""The roles that people have; here alone, so that whoever needs their names need not load what keeps the accounts."""

ROLES: dict[str, str] = {
    "clinician": "Direct care; may ask for any purpose",
    "medical-illustration": "Takes and keeps clinical photographs; records consent; sends out",
    "department-admin": "Keeps the registers and the notices of a department",
    "caldicott-guardian": "Approves policy, releases to the public and exceptions",
    "trainer": "Teaching purposes only, no direct care",
    "administrator": "Keeps accounts and the installation",
}
"""Role names as at Orthanc, with what each is for."""

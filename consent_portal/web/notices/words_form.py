"""Words for the codes that the notices' settings are made of."""

from flask_babel import lazy_gettext as _l

NATIONS = {
    "england": _l("England"),
    "wales": _l("Wales"),
    "scotland": _l("Scotland"),
    "northern-ireland": _l("Northern Ireland"),
}
DAYS = {
    "mon": _l("Monday"),
    "tue": _l("Tuesday"),
    "wed": _l("Wednesday"),
    "thu": _l("Thursday"),
    "fri": _l("Friday"),
    "sat": _l("Saturday"),
    "sun": _l("Sunday"),
}
REMOVED = {
    "name": _l("Name"),
    "address": _l("Address"),
    "postcode": _l("Postcode"),
    "birth_date": _l("Date of birth"),
    "hospital_number": _l("Hospital number"),
    "national_number": _l("NHS or Health and Care number"),
    "phone": _l("Phone number"),
    "staff": _l("Names of staff"),
    "hospital": _l("Name of the hospital"),
}
LAWFUL_BASES = {
    "public_task": _l("Public task"),
    "legal_obligation": _l("Legal obligation"),
    "consent": _l("Consent"),
    "legitimate_interests": _l("Legitimate interests"),
    "contract": _l("Contract"),
}
CONDITIONS = {
    "health_care": _l("Health care"),
    "public_health": _l("Public health"),
    "research": _l("Research"),
    "explicit_consent": _l("Explicit consent"),
}
RECIPIENTS = {
    "care_providers": _l("Those who care for the patient"),
    "trainees": _l("Trainees"),
    "universities": _l("Universities"),
    "hospitals": _l("Other hospitals"),
    "research_teams": _l("Research teams"),
    "teaching_archives": _l("Teaching archives"),
    "publishers": _l("Publishers of books, journals and websites"),
    "companies": _l("Companies"),
    "processors": _l("Firms that run our computers"),
}
RIGHTS = {
    "access": _l("To see one's images"),
    "rectification": _l("To have mistakes put right"),
    "erasure": _l("To have them erased"),
    "restriction": _l("To limit their use"),
    "objection": _l("To object"),
    "withdraw": _l("To take consent back"),
    "portability": _l("To take them elsewhere"),
}
NOT_APPLICABLE = {
    "representative": _l("Why there is no representative"),
    "legitimate_interests": _l("Why legitimate interests do not apply"),
    "transfers": _l("Why nothing is transferred abroad"),
    "automated": _l("Why there are no automated decisions"),
    "statutory": _l("Why no law requires it"),
    "withdraw": _l("Why consent need not be taken back"),
}

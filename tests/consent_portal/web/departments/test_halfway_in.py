"""Who owes a second factor is led to it, also where departments are switched on, and sees nothing before."""

from tests.consent_portal.web.departments.conftest import Hospital
from tests.support.second_factor import needing

ROLE = "medical-illustration"


def test_who_owes_a_second_factor_is_led_to_it_where_departments_are_on(hospital, archive):
    strict = Hospital(needing(hospital.home, ROLE), archive)
    reader = strict.stranger(ROLE)
    page = reader.send("/login", username=ROLE, password=reader.password).get_data(as_text=True)
    assert "Your role needs one" in page
    assert reader.browser.get(f"/studies/{hospital.photo.key}").status_code == 302
    strict.parts.database.close()

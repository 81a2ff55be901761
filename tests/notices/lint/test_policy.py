"""What the notice says is what the policy in force allows, its relaxations among it."""

import pytest

from consent_portal.policy.load import load_policy
from notices import Site, check
from notices.errors import PolicyError
from notices.lint import InForce, Severity
from notices.lint.practice import SWITCHES
from tests.support.notices import NO_RESEARCH, site_with


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("said", [True, False])
def test_what_the_notice_says_and_the_policy_allows_must_agree(switch: str, said: bool) -> None:
    site = Site.default()
    told = site.model_copy(update={"practice": site.practice.model_copy(update={switch: said})})
    for allowed in (True, False):
        found = [
            one for one in check(told, in_force=InForce(allowed={switch: allowed})) if one.code == "practice-differs"
        ]
        assert [one.where for one in found] == ([] if said == allowed else [f"practice.{switch}"])


def test_a_policy_that_names_no_practice_of_ours_is_refused_and_not_passed_over() -> None:
    with pytest.raises(PolicyError, match="no practice 'teachign'"):
        check(Site.default(), in_force=InForce(allowed={"teachign": False}))


SWITCHES_OF_THE_POLICY = frozenset(load_policy().switches)
UNTOUCHED = {"coded_without_contract", "not_chosen_para10_permitted"}


@pytest.mark.parametrize("switch", sorted(SWITCHES_OF_THE_POLICY))
def test_a_relaxed_policy_that_makes_the_wording_untrue_is_an_error(switch: str) -> None:
    found = check(Site.default(), in_force=InForce(switches=[switch]))
    assert [one.code for one in found] == ([] if switch in UNTOUCHED else ["statement-not-kept"])
    assert all(one.severity == Severity.ERROR and repr(switch) in one.message for one in found)


def test_approval_of_studies_is_no_promise_where_there_is_no_research() -> None:
    off = site_with(**NO_RESEARCH)
    assert check(off, in_force=InForce(switches=["research_secondary_exempt_from_ethics"])) == []

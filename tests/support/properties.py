"""How every property is drawn (Hypothesis): no example has a deadline, and the same code is given the same examples.

`pytest --hypothesis-profile=search` draws others at every run and keeps what it finds for the next.
"""

from hypothesis import HealthCheck, settings

STEADY, SEARCH = "steady", "search"


def load() -> None:
    """Register both profiles and load the steady one, whatever Hypothesis takes this machine for."""
    library = settings.get_profile("default")
    unhurried = settings(library, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
    settings.register_profile(STEADY, unhurried, derandomize=True)
    settings.register_profile(SEARCH, unhurried, derandomize=False)
    settings.load_profile(STEADY)

"""A person's authenticator app, and portals where a second factor is needed."""

import re
import time
from dataclasses import dataclass, field

from passlib.totp import TOTP

from tests.support.portal import PortalHome

KEY = re.compile(r'Key: <span class="mono wrap">([A-Z2-7-]+)</span>')
CODES = re.compile(r'<li class="mono">([0-9a-f-]+)</li>')


@dataclass
class App:
    """An authenticator app that was given a key; shows no digits twice."""

    key: str
    last: int = 0
    shown: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: str) -> "App":
        """Take the key from the page that shows it once."""
        found = KEY.search(page)
        assert found, page
        return cls(found.group(1))

    def digits(self) -> str:
        """Return what it shows now, or next where that was used."""
        self.last = max(self.last + 1, int(time.time()) // 30)
        self.shown.append(TOTP(key=self.key).generate(self.last * 30).token)
        return self.shown[-1]

    def wrong(self) -> str:
        """Return digits that it shows at no moment near now."""
        step = int(time.time()) // 30
        near = {TOTP(key=self.key).generate((step + shift) * 30).token for shift in range(-4, 5)}
        return next(digits for digits in map("{:06}".format, range(10)) if digits not in near)


def codes_of(page: str) -> list[str]:
    """Return the recovery codes on the page that shows them once."""
    return CODES.findall(page)


def needing(home: PortalHome, *roles: str) -> PortalHome:
    """Let roles need a second factor, in the home's settings."""
    text = home.settings_file.read_text(encoding="utf-8")
    named = ", ".join(f'"{role}"' for role in roles)
    home.settings_file.write_text(text.replace("[portal]", f"[portal]\nsecond_factor_roles = [{named}]"), "utf-8")
    return home

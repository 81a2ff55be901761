"""Device rules: places where devices are known to write, as data with an origin, ours and a site's own.

`load_rules` reads them, `matching` says which are for an object, `areas` what they would blank in it and `searched`
where writing is looked for harder. A rule is no proof: what is left is looked at like every picture.
"""

from orthanc_plugin.deid.pixels.devices.drafting import NoRuleError, draft_rule
from orthanc_plugin.deid.pixels.devices.in_force import InForce, in_force, use_rules_of
from orthanc_plugin.deid.pixels.devices.places import areas, of_rule, searched
from orthanc_plugin.deid.pixels.devices.reading import RulesError, load_rules
from orthanc_plugin.deid.pixels.devices.register import Register, Written
from orthanc_plugin.deid.pixels.devices.rules import DeviceFacts, DeviceRule, Does, matching
from orthanc_plugin.deid.pixels.devices.ticket import BurnedIn, ticket

__all__ = [
    "BurnedIn",
    "DeviceFacts",
    "DeviceRule",
    "Does",
    "InForce",
    "NoRuleError",
    "Register",
    "RulesError",
    "Written",
    "areas",
    "draft_rule",
    "in_force",
    "load_rules",
    "matching",
    "of_rule",
    "searched",
    "ticket",
    "use_rules_of",
]

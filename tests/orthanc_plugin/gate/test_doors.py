"""The table of doors against the survey of every route that Orthanc and its known plugins have."""

import re

import pytest

from orthanc_plugin.gate.doors import NOBODY, Doors
from orthanc_plugin.gate.roles import load_roles
from tests.orthanc_plugin.gate.survey import http_routes

DOORS = Doors.load()
ROLES = load_roles()
LEVELS = ("patients", "studies", "series", "instances")


def concrete(path: str) -> str:
    return re.sub(r"\{(\w+)\}", "x1", path.replace("{level}", "studies"))


@pytest.mark.parametrize("route", http_routes(), ids=lambda route: f"{route.method} {route.path}")
def test_every_surveyed_route_has_its_door(route):
    assert DOORS.find(route.method, concrete(route.path)) is not None


def test_no_role_without_care_holds_a_use_whose_doors_show_or_send_originals():
    for role in ROLES.values():
        if role.direct_care or role.service:
            continue
        open_to_them = {
            f"{route.method} {route.path}"
            for route in http_routes()
            if (passage := DOORS.find(route.method, concrete(route.path))) and role.may(passage.door.use)
            if set(route.kind) & set("abc")
        }
        assert open_to_them == set(), role.name


def test_the_survey_agrees_with_the_table_about_what_is_dangerous():
    """Dangerous routes (e) are closed, harmless to read, or named here with the role that needs them."""
    needed = {
        "erasure": {"delete"},
        "protection from recycling": {"housekeeping"},
        "reading an old database anew": {"housekeeping"},
        "settings of the running server": {"housekeeping"},
        "stopping a job": {"read"},
        "DICOMweb servers that are known": {"explorer"},
    }
    for route in http_routes():
        door = DOORS.find(route.method, concrete(route.path)).door
        if "e" in route.kind and door.use != NOBODY:
            assert door.use in needed.get(door.name, ()), f"{route.method} {route.path} stands open as {door.name!r}"


def test_copies_derived_inside_are_closed_except_for_a_photograph_coming_in():
    open_doors = {
        DOORS.find(route.method, concrete(route.path)).door.name
        for route in http_routes()
        if "d" in route.kind and DOORS.find(route.method, concrete(route.path)).door.use != NOBODY
    }
    assert open_doors == {"making an instance from a picture"}


@pytest.mark.parametrize(
    "path", ["/new-plugin/everything", "/instances/x/brand-new", "/studies/x/archive/y", "/toolsx", "/app2"]
)
def test_a_route_nobody_wrote_down_is_refused(path):
    assert all(DOORS.find(method, path) is None for method in ("GET", "POST", "PUT", "DELETE"))


def test_each_route_stands_before_one_kind_of_door_only():
    """No pattern shadows another that would allow more: what matches twice must lead to the same use."""
    for route in http_routes():
        path = concrete(route.path)
        uses = {door.use for pattern, door in DOORS.candidates(route.method, path) if pattern.fullmatch(path)}
        assert len(uses) == 1, f"{route.method} {path}: {uses}"


def test_every_closed_door_says_why():
    assert [door.name for door in DOORS if door.use == NOBODY and len(door.why) < 15] == []


def test_every_use_is_explained_and_every_role_uses_only_what_is_explained():
    for role in ROLES.values():
        assert role.uses <= set(DOORS.uses) - {NOBODY}, role.name


def test_a_table_with_an_unknown_use_does_not_load():
    table = {
        "known_versions": [],
        "uses": {"read": "x"},
        "door": [{"name": "d", "use": "raed", "class": "a", "methods": ["GET"], "paths": ["/x"]}],
    }
    with pytest.raises(KeyError, match="unknown use 'raed'"):
        Doors(table)

"""Checks every page that a test opens, as a careful reader of HTML would (after GOV.UK Notify's test client)."""

from collections import Counter
from itertools import pairwise
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser

H = "{http://www.w3.org/1999/xhtml}"
CONTROLS = {"input", "select", "textarea"}
NEED_NO_LABEL = {"hidden", "submit", "button"}


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _structure(tree: Element) -> list[str]:
    faults = []
    if not tree.get("lang"):
        faults.append("html has no lang")
    titles = list(tree.iter(f"{H}title"))
    if len(titles) != 1 or not _text(titles[0]).split("–")[0].strip():
        faults.append("there must be one title, and it must say what the page is")
    summarised = any(element.get("id") == "error-summary" for element in tree.iter())
    if titles and summarised and not _text(titles[0]).startswith("Error:"):
        faults.append("the title does not begin with Error, although the page has an error summary")
    headings = list(tree.iter(f"{H}h1"))
    if len(headings) != 1 or not _text(headings[0]):
        faults.append(f"there must be one h1, found {len(headings)}")
    if len(list(tree.iter(f"{H}main"))) != 1:
        faults.append("there must be one main")
    return faults + _heading_order(tree)


def _heading_order(tree: Element) -> list[str]:
    levels = [int(e.tag[-1]) for e in tree.iter() if e.tag in {f"{H}h{n}" for n in range(1, 7)}]
    # An error summary may stand before the h1 with its own h2: that is where people look first.
    after = levels[levels.index(1) :] if 1 in levels else levels
    return [f"h{a} is followed by h{b}" for a, b in pairwise(after) if b > a + 1]


def _ids(tree: Element) -> list[str]:
    counted = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    faults = [f"id {name!r} occurs {count} times" for name, count in counted.items() if count > 1]
    for element in tree.iter():
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            names = (element.get(attribute) or "").split()
            faults.extend(f"{attribute}={name!r} points at nothing" for name in names if name not in counted)
        href = element.get("href") or ""
        if href.startswith("#") and href[1:] not in counted:
            faults.append(f"the link {href!r} points at nothing")
    return faults


def _labels(tree: Element) -> list[str]:
    labelled = {label.get("for") for label in tree.iter(f"{H}label") if _text(label)}
    controls = [e for e in tree.iter() if e.tag in {f"{H}{name}" for name in CONTROLS}]
    faults = [
        f"the control {control.get('name')!r} has no label"
        for control in controls
        if control.get("type") not in NEED_NO_LABEL
        and control.get("id") not in labelled
        and not control.get("aria-label")
    ]
    groups = tree.iter(f"{H}fieldset")
    bare = [group for group in groups if not any(child.tag == f"{H}legend" and _text(child) for child in group)]
    return faults + ["a fieldset has no legend" for _ in bare]


def _names(tree: Element) -> list[str]:
    faults = [
        f"a {e.tag.removeprefix(H)} has no name"
        for e in tree.iter()
        if e.tag in {f"{H}a", f"{H}button"} and not _text(e) and not e.get("aria-label")
    ]
    faults += ["an image has no alt" for e in tree.iter(f"{H}img") if e.get("alt") is None]
    inline = [(e.tag, name) for e in tree.iter() for name in e.attrib if name == "style" or name.startswith("on")]
    faults += [f"inline {name} on {tag}" for tag, name in inline]
    faults += ["a script stands in the page" for e in tree.iter(f"{H}script") if not e.get("src")]
    faults += ["a style stands in the page" for _ in tree.iter(f"{H}style")]
    return faults


def _forms(tree: Element) -> list[str]:
    faults = []
    for form in tree.iter(f"{H}form"):
        names = {element.get("name") for element in form.iter()}
        if (form.get("method") or "get").lower() != "post":
            continue
        if "csrf_token" not in names:
            faults.append("a POST form has no csrf_token")
        elif "form_token" not in names and form.get("action") not in {"/login", "/logout"}:
            faults.append("a POST form has no form_token")
    return faults


def faults_of(html: str) -> list[str]:
    """Return everything that is wrong with a page; an empty list for a good one."""
    parser = HTMLParser()
    tree = parser.parse(html)
    faults = [f"line {place[0]}: {kind} {detail}" for place, kind, detail in parser.errors]
    for check in (_structure, _ids, _labels, _names, _forms):
        faults += check(tree)
    return faults

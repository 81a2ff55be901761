"""The style sheet of one notice: fixed rules, the site's colours, the language's fonts and the sizes that fit."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from notices.icons import icon, uri
from notices.language import Language
from notices.outputs import Job, Kind, Paper

_SHEETS = {Kind.POSTER: "one_page.css", Kind.INSERT: "one_page.css"}


@dataclass(frozen=True)
class Sizes:
    """Sizes that were found to fit.

    Attributes
    ----------
    root : float
        Letter size of one rem, in points.
    gap : float
        Space added before each part, in rem.
    headline : float
        Letter size of the headline, in rem.
    density : str
        How much is said and how, from :data:`notices.pdf.fit.LADDERS`.
    """

    root: float
    gap: float = 0.0
    headline: float = 2.0
    density: str = "cards"


@cache
def _sheet(name: str) -> str:
    return files("notices.styles").joinpath(name).read_text(encoding="utf-8")


def stylesheet(kind: Kind, language: Language, inks: dict[str, str], icons: frozenset[str]) -> str:
    """Return every rule that does not depend on the sizes."""
    fonts = ", ".join(f'"{name}"' for name in language.fonts)
    variables = {
        **inks,
        "fonts": f"{fonts}, sans-serif",
        "leading": str(language.leading),
        "tight": str(language.tight),
        "headline-leading": str(language.headline_leading),
        "below": str(language.below),
        "tracking": "-0.01em" if language.latin else "0",
    }
    pictures = "".join(
        f'.icon-{name} {{ background-image: url("{uri(icon(name, inks["primary"], inks["white"]))}") }}\n'
        for name in sorted(icons)
    )
    person = f".person-name {{ font-family: {FONTS_OF_NAMES} }}\n" if kind == Kind.INSERT else ""
    rules = _sheet("base.css") + _sheet(_SHEETS.get(kind, "sheet.css")) + person
    return _root(variables) + _filled(rules, variables) + pictures


def _filled(rules: str, variables: dict[str, str]) -> str:
    """Return `rules` with the values of `variables`: WeasyPrint would work each out anew for every element."""
    return re.sub(r"var\(--([\w-]+)\)", lambda found: variables.get(found[1], found[0]), rules)


_SCRIPTS_OF_NAMES = (
    "", " Arabic", " Bengali", " Gurmukhi", " Devanagari", " Hebrew", " Armenian", " Georgian", " Ethiopic",
    " Gujarati", " Tamil", " Telugu", " Kannada", " Malayalam", " Sinhala", " Thai", " Lao", " Khmer", " Myanmar",
    " Thaana", " Syriac", " CJK SC",
)  # fmt: skip
FONTS_OF_NAMES = ", ".join(f'"Noto Sans{script}"' for script in _SCRIPTS_OF_NAMES)
"""For the name of a person, in whichever script it is written and whichever language the notice is in."""


def _root(variables: dict[str, str]) -> str:
    return ":root { " + " ".join(f"--{name}: {value};" for name, value in variables.items()) + " }\n"


BLEED_MM = 3
QR_MM = {Paper.A3: 46, Paper.A4: 32, Paper.A5: 23, Paper.THIRD_A4: 21}
EDGE_MM = {Paper.A3: 14, Paper.A4: 11, Paper.A5: 9, Paper.THIRD_A4: 6}
FOOT_MM = {Paper.A3: 10, Paper.A4: 8, Paper.A5: 6, Paper.THIRD_A4: 5}
"""What stays free at the foot of a poster or an insert."""


def page_rules(job: Job, sizes: Sizes, height: float | None = None, imprint: str = "") -> str:
    """Return the rules of paper and sizes.

    Parameters
    ----------
    height : float, optional
        Height of the sheet in mm, in place of the paper's own, to measure how much room the words need.
    imprint : str
        The version, printed with the page number at the foot of each page of a notice that may have several.
    """
    width, own = job.paper.millimetres
    margin = f"0 0 {FOOT_MM[job.paper]}mm" if job.output.one_page else "15mm 16mm 16mm"
    variables = {
        "headline": f"{sizes.headline:.3f}rem",
        "gap": f"{sizes.gap:.4f}rem",
        "small": f"{1.0 if job.large_print else 0.82}rem",
        "edge": f"{EDGE_MM[job.paper]}mm",
        "bleed": f"{BLEED_MM if job.print_ready else 0}mm",
        "qr": f"{QR_MM[job.paper]}mm",
    }
    print_shop = f"bleed: {BLEED_MM}mm;" if job.print_ready else ""
    background = "background: var(--paper);" if job.output.one_page else ""
    foot = "" if job.output.one_page else _foot(imprint, "1rem" if job.large_print else "0.75rem")
    page = f"size: {width}mm {height or own}mm; margin: {margin}; {print_shop} {background} {foot}"
    return f"@page {{ {page} }}\n:root {{ font-size: {sizes.root:.3f}pt; }}\n{_root(variables)}"


def _foot(imprint: str, size: str) -> str:
    """Return the line at the foot of each page; screen readers pass over it and meet the version once, at the end."""
    text = imprint.replace("\\", "").replace('"', "'")
    pages = 'counter(page) " / " counter(pages)'
    look = f"font: {size} var(--fonts); color: var(--ink)"
    return f'@bottom-left {{ content: "{text}"; {look} }} @bottom-right {{ content: {pages}; {look} }}'


def web_rules() -> str:
    """Return the rules that only the web form has."""
    return ":root { --small: 0.9rem; }\n" + _sheet("web.css")

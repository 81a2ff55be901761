"""Reading age of the English notices (Flesch-Kincaid grade; 6 is the aim, 8 the limit)."""

from collections.abc import Iterator

from notices import edition
from notices.content.page import Card, page
from notices.lint.finding import Finding, Severity
from notices.lint.grade import grade
from notices.outputs import Kind, job
from notices.settings.site import Site

AIM, LIMIT = 6.0, 8.0


def reading(site: Site) -> Iterator[Finding]:
    """Yield every block that is above the limit, and each whole notice that is above the aim, in the site's words."""
    sheet = page(job(Kind.INFORMATION_SHEET), site, edition.draft(site, "en"))
    for card in sheet.cards:
        for length, text in texts(card).items():
            found = grade(text)
            if found > LIMIT:
                message = f"reads at grade {found:.1f}, above the limit of {LIMIT:.0f}: shorten the sentences."
                yield Finding("reading-age", Severity.ERROR, f"wording en, blocks.{card.key}.{length}", message)
    for length in ("short", "full", "easy"):
        found = grade(" ".join(texts(card)[length] for card in sheet.cards))
        if found > AIM:
            message = f"reads at grade {found:.1f}; the aim is {AIM:.0f}: shorten the longest sentences."
            yield Finding("reading-age-aim", Severity.WARNING, f"wording en, {length}", message)


def texts(card: Card) -> dict[str, str]:
    """Return what a block says at each length; a list is read as one sentence an entry."""
    points = [f"{item.rstrip('.')}." for item in card.items]
    full = " ".join((*card.before, *points, *card.after))
    return {"short": card.short, "full": full, "easy": " ".join(line.text for line in card.easy)}

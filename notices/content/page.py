"""What one notice says: the words of the language and the values of the site, put together and ready to be set."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from notices.content import details, values
from notices.content.blocks import rules, shown
from notices.edition import Edition
from notices.language import Language
from notices.numbers import dialled
from notices.outputs import Job
from notices.settings.site import Site
from notices.wording import Wording, wording


@dataclass(frozen=True)
class Line:
    """One easy-read line and the picture beside it."""

    icon: str
    text: str


@dataclass(frozen=True)
class Card:
    """One block as it is shown.

    Attributes
    ----------
    alone : str
        The short text where it stands without the heading.
    before, items, after : tuple of str
        Paragraphs, the list after them, and the paragraphs after the list (long outputs only).
    """

    key: str
    icon: str
    heading: str
    question: str
    short: str
    alone: str
    brief: str
    before: tuple[str, ...]
    items: tuple[str, ...]
    after: tuple[str, ...]
    easy: tuple[Line, ...]


@dataclass(frozen=True)
class Way:
    """One way to reach the department.

    Attributes
    ----------
    text : tuple of str
        One entry a line.
    href : str, optional
        What a link opens.
    ltr : bool
        Whether the text runs from left to right in every language (numbers, addresses of the web).
    """

    key: str
    label: str
    text: tuple[str, ...]
    href: str | None = None
    ltr: bool = False


@dataclass(frozen=True)
class Page:
    """Everything that one notice says, in reading order.

    Attributes
    ----------
    footer : tuple of str
        The version, and who checked the translation or that nobody did.
    imprint : tuple of str
        The same where room is short: without the name of whoever checked it.
    """

    job: Job
    site: Site
    words: Wording
    lead: Card | None
    cards: tuple[Card, ...]
    ways: tuple[Way, ...]
    details: tuple[details.Detail, ...]
    footer: tuple[str, ...]
    imprint: tuple[str, ...]
    for_person: str | None = None

    @property
    def language(self) -> Language:
        """The language the notice is in."""
        return self.job.language

    @property
    def inks(self) -> dict[str, str]:
        """The colours that the page is printed in."""
        return self.site.theme.inks(process=self.job.print_ready)

    @property
    def title(self) -> str:
        """The document's title."""
        return f"{' '.join(self.words.notice.headline)}: {self.words.notice.subtitle}"

    @property
    def department(self) -> str:
        """The department's name in the notice's language."""
        return self.site.department.name.text(self.language.code)

    @property
    def address(self) -> str:
        """The web address as people write it, for print under the QR code."""
        return self.site.notice_url.removeprefix("https://").removeprefix("http://").rstrip("/")


def page(job: Job, site: Site, edition: Edition, *, for_person: str | None = None) -> Page:
    """Return what the notice of `job` says for `site`.

    Raises
    ------
    UnknownLanguageError
        When there is no wording in the language.
    """
    words = wording(job.language.code)
    output = job.output
    return Page(
        job=job,
        site=site,
        words=words,
        lead=_card(output.lead, site, words, job) if output.lead else None,
        cards=tuple(_card(name, site, words, job) for name in shown(output.blocks, site.practice)),
        ways=tuple(_ways(site, words, job.language)),
        details=tuple(details.details(site, words, job.language)) if output.details else (),
        footer=tuple(_footer(site, words, job.language, edition)),
        imprint=tuple(_imprint(site, words, job.language, edition)),
        for_person=for_person,
    )


def _card(name: str, site: Site, words: Wording, job: Job) -> Card:
    rule, block = rules()[name], words.blocks[name]
    fill = {
        "uses": values.joined(values.uses(site.practice, words), job.language),
        "removed": values.joined(values.removed(site.practice, words), job.language),
    }
    lines = zip(rule.easy_icons, block.easy, strict=True)
    short = block.short.format(**fill)
    return Card(
        key=name,
        icon=rule.icon,
        heading=block.heading,
        question=block.question,
        short=short,
        alone=" ".join(block.easy) if rule.under_heading else short,
        brief=block.brief,
        before=block.full[: rule.list_at] if rule.list else block.full,
        items=tuple(_items(rule.list, site, words)),
        after=(*(block.full[rule.list_at :] if rule.list else ()), *_regulator(name, site)),
        easy=tuple(Line(*line) for n, line in enumerate(lines) if not job.output.one_page or n in rule.core),
    )


def _items(name: str | None, site: Site, words: Wording) -> list[str]:
    if name is None:
        return []
    if name == "rights":
        return [words.lists.rights[right] for right in site.privacy.rights]
    return {"uses": values.uses, "removed": values.removed, "levels": values.levels}[name](site.practice, words)


def _regulator(name: str, site: Site) -> list[str]:
    one = site.regulator
    return [", ".join(part for part in (one.name, one.phone, _bare(one.website)) if part)] if name == "complain" else []


def _bare(address: str | None) -> str | None:
    return urlsplit(address).netloc + urlsplit(address).path.rstrip("/") if address else None


def _ways(site: Site, words: Wording, language: Language) -> list[Way]:
    one, labels = site.department, words.contact
    ways = []
    if one.phone:
        ways.append(Way("phone", labels.phone, (one.phone,), dialled(one.phone), ltr=True))
    if one.email:
        ways.append(Way("letter", labels.email, (one.email,), f"mailto:{one.email}", ltr=True))
    if one.place:
        ways.append(Way("place", labels.place, (one.place.text(language.code),)))
    if one.hours:
        ways.append(Way("clock", labels.hours, tuple(values.opening(hours, language) for hours in one.hours)))
    return ways


def _footer(site: Site, words: Wording, language: Language, edition: Edition) -> list[str]:
    review = site.review(language.code, words.fingerprint)
    checked = [f"{words.footer.checked_by} {review.reviewer}"] if review else []
    return [*_imprint(site, words, language, edition), *checked]


def _imprint(site: Site, words: Wording, language: Language, edition: Edition) -> list[str]:
    awaiting = language.code != "en" and site.review(language.code, words.fingerprint) is None
    return [edition.label(words, language), *([words.footer.awaiting] if awaiting else [])]

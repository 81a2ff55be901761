"""Which blocks a site's settings switch on (R86)."""

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from notices.settings.site import Practice


class BlockRule(BaseModel):
    """When one block is shown, and how; see ``blocks.toml``.

    Attributes
    ----------
    when, when_any, when_none : tuple of str
        Names of switches of :class:`~notices.settings.site.Practice`: all on, at least one on, none on.
    core : tuple of int
        Easy-read lines that outputs of one page show.
    list_at : int
        After how many paragraphs the list stands.
    promises : bool
        Whether the block promises what is taken off an image (hazard H14).
    under_heading : bool
        Whether the short text is half of what the heading begins; where there is no heading, the easy-read lines stand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    icon: str
    easy_icons: tuple[str, ...]
    core: tuple[int, ...] = ()
    list: str | None = None
    list_at: int = 1
    ico: tuple[str, ...] = ()
    promises: bool = False
    under_heading: bool = False
    when: tuple[str, ...] = ()
    when_any: tuple[str, ...] = ()
    when_none: tuple[str, ...] = ()
    nation: str | None = None

    def shown(self, practice: Practice) -> bool:
        """Tell whether `practice` switches the block on."""
        on = [name for name, value in practice.model_dump().items() if value is True]
        return (
            all(name in on for name in self.when)
            and (not self.when_any or any(name in on for name in self.when_any))
            and not any(name in on for name in self.when_none)
            and self.nation in (None, practice.nation)
        )


@cache
def rules() -> dict[str, BlockRule]:
    """Return the rule of every block."""
    data = tomllib.loads(files("notices").joinpath("blocks.toml").read_text(encoding="utf-8"))
    return {name: BlockRule(**fields) for name, fields in data.items()}


def shown(names: Iterable[str], practice: Practice) -> Iterator[str]:
    """Yield those of `names` that `practice` switches on, in their order."""
    return (name for name in names if rules()[name].shown(practice))

"""The desk: what the family has in hand until its changes are taken (`family.Settles`).

pages   opened to be written on: copied once, then changed in place, and stored as they are in the end
laid    those with answers on them that were not judged yet (`book`)
rows    as they are to be shown: most are shown again before anybody asks
"""

from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.oversight.family import Context

if TYPE_CHECKING:
    from ledger.oversight.completeness.obligation import Obligation, Verdict
    from ledger.oversight.completeness.page import Page


class Due(NamedTuple):
    """A row as it is to be shown: its obligation, how that stands, the finding that it is missing."""

    obligation: "Obligation"
    verdict: "Verdict"
    missing: str | None


class Desk:
    """What is in hand; by the keys of pages and the names of rows, None for one to be removed."""

    __slots__ = ("laid", "pages", "rows")

    def __init__(self) -> None:
        """Nothing yet."""
        self.pages: Final[dict[str, Page]] = {}
        self.laid: Final[dict[str, Page]] = {}
        self.rows: Final[dict[str, Due | None]] = {}

    def keep(self, page: "Page", context: Context) -> None:
        """Have a page in hand that was changed: it is stored."""
        if self.pages.get(page.key) is not page:
            self.pages[page.key] = page
            page.new = False
            context.put(page.key, page.state())


def of(context: Context) -> Desk:
    """The family's desk."""
    desk: Desk | None = context.draft
    if desk is None:
        desk = context.draft = Desk()
    return desk

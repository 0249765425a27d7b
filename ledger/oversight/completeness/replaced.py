"""更正替换: what answered a document answers the one that replaces it.

    A, settled  →  A is corrected, B replaces it  →  B is settled, and nobody settles it again

B stands on the pages of what it replaces too: whatever names A still finds B, and B finds what A was
answered by. Where nothing is remembered of A, its page is closed, for what is missing is remembered;
so nothing is asked of B. What it says otherwise than A is for reconciliation.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.oversight.completeness.page import Fact, Page
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_NONE: Final[Mapping[str, Fact]] = {}


def keys(prefix: str, seen: Seen) -> list[str]:
    """Pages of what a document replaces, and its own."""
    return [f"{prefix} {record}" for record in (*seen.linked("replaces"), seen.id)]


def own(page: Page, prefix: str, kind: str, context: Context) -> Iterator[tuple[str, Fact]]:
    """The document whose page it is; one that replaces it is woken, for something changed here."""
    for record, fact in page.of(kind).items():
        if page.key == f"{prefix} {record}":
            yield record, fact
        else:
            context.wake(context.now, f"{prefix} {record}")


def is_needed(page: Page, prefix: str, kind: str, context: Context) -> bool:
    """Whether the page is remembered of a document that replaces its own."""
    names = [f"{prefix} {record}" for record in page.of(kind)]
    return any(name != page.key and context.get(name) is not None for name in names)


def answers(
    prefix: str, kind: str, of: str, replaced: list[str], context: Context
) -> Mapping[str, Fact] | None:
    """What answers the documents that one replaces; None where one of these was closed.

    Args:
        prefix: of their pages.
        kind: what answers them.
        of: their own type.
        replaced: which.
        context: where they stand.
    """
    if not replaced:
        return _NONE
    found: dict[str, Fact] = {}
    for record in replaced:
        page = Page("", context.get(f"{prefix} {record}"))
        if not page.knew(of, record):
            return None
        found |= page.of(kind)
    return found

"""A rule: what a record leaves on which pages, and what the facts of a page make due.

Everything else is alike for all rules, and stands in `book`.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from ledger.oversight.completeness.obligation import Obligation
from ledger.oversight.completeness.page import Fact, Page
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

Owed = dict[str, Obligation]
"""What a page's facts make due, by item: a dish of a meal, a line of an order."""

Items = str | tuple[str, ...]
"""How the names of some items begin: `sample` of dishes; all of them where it is empty."""


class Rule(Protocol):
    """What tells one book from another; its methods are pure but for what the context does."""

    @property
    def prefixes(self) -> tuple[str, ...]:
        """How the keys of its pages begin, up to the first space or colon."""
        ...

    @property
    def reads(self) -> Mapping[str, frozenset[str]]:
        """The types that leave something on a page, and the fields read of each."""
        ...

    @property
    def sources(self) -> Mapping[str, Items]:
        """Those of them that may change what is owed, not only meet it, and of which items."""
        ...

    @property
    def beside(self) -> frozenset[str]:
        """Those of them that neither answer anything nor make it due: nothing owed is judged again."""
        ...

    def entries(self, seen: Seen, zone: str) -> Iterable[tuple[str, Fact]]:
        """The keys of the pages that a record belongs on, and what is remembered of it there."""
        ...

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:
        """Those keys, or most of them, without looking at what is remembered: read beforehand."""
        ...

    def candidates(self, seen: Seen, zone: str) -> Iterable[str]:
        """Keys of pages that it may be on, told without its payload, which may be erased."""
        ...

    def owed(self, page: Page, context: Context, told: tuple[str, Fact] | None) -> Owed:
        """What is owed by a page's facts, asked for or not.

        Args:
            page: with all its facts.
            context: for the rules in force.
            told: type and fact of the record that comes on the page: what it can neither meet,
                make due nor end may be left out, and what was met before. None: everything.
        """
        ...

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its obligations."""
        ...

    @property
    def stands_in(self) -> bool:
        """Whether anything may stand in for what would be missing (`stand_in`)."""
        ...

    def opens(self, page: Page, kind: str, more: Fact, context: Context) -> tuple[str, str] | None:
        """The first and the last time at which anything is due that is not met once this comes.

        None where it has to be judged at once: where it may take back what was owed, or changes what
        was due. What follows from it must be seen as well from the page's facts, later.

        Args:
            page: without it; a new one, or one on which nothing that is open is due yet.
            kind: type of the record.
            more: what the rule needs of it (`entries`).
            context: for the rules in force.
        """
        ...

    def only_answers(self, page: Page, kind: str) -> bool:
        """Whether all that a record of this type does to a page is to answer what is owed on it.

        Then it need not be judged at once. Not where it makes something else due, nor where what is
        owed says anything that is known elsewhere, and may change there.
        """
        ...

    def opened(self, page: Page, context: Context) -> None:
        """A record makes a new page: what is known elsewhere comes on it first."""
        ...

    def told(self, page: Page, seen: Seen, context: Context) -> None:
        """A record has come on a page: whatever follows beside obligations."""
        ...

    def stand_in(self, page: Page, item: str, missed: Obligation, context: Context) -> bool:
        """Whether something else stands in for what would be missing; it is then on the page."""
        ...

    def needed(self, page: Page, context: Context) -> bool:
        """Whether a page on which nothing is owed has to stay for another's sake."""
        ...


class Quiet:
    """What most rules do where nothing but obligations follows from a record."""

    stands_in = False
    beside: frozenset[str] = frozenset()

    def entries(self, seen: Seen, zone: str) -> Iterable[tuple[str, Fact]]:
        """Every rule has its own."""
        raise NotImplementedError

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:
        """As `entries` gives them."""
        return [key for key, _ in self.entries(seen, zone)]

    def opens(
        self,
        page: Page,  # noqa: ARG002 - as every rule
        kind: str,  # noqa: ARG002 - as every rule
        more: Fact,  # noqa: ARG002 - as every rule
        context: Context,  # noqa: ARG002 - as every rule
    ) -> tuple[str, str] | None:
        """Judged at once."""
        return None

    def only_answers(self, page: Page, kind: str) -> bool:  # noqa: ARG002 - as every rule
        """Not known."""
        return False

    def opened(self, page: Page, context: Context) -> None:
        """Nothing is known elsewhere."""

    def told(self, page: Page, seen: Seen, context: Context) -> None:
        """Nothing follows beside."""

    def stand_in(self, page: Page, item: str, missed: Obligation, context: Context) -> bool:  # noqa: ARG002 - as every rule
        """Nothing does."""
        return False

    def needed(self, page: Page, context: Context) -> bool:  # noqa: ARG002 - as every rule
        """For nothing but what is owed on it."""
        return False

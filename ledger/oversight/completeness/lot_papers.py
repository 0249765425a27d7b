"""批次票证: the papers of lots, and the schools whose pages wait for them.

    lot-document ─→ papers of each lot that it names ─→ the page of each school that received the lot

A paper may come long before the goods, and one lot goes to many schools; so papers stand apart from
what was received. They are remembered whether they are asked for or not, `lot_papers_days` after the
last of them, or as long as a school's page is open.

State under `papers <lot>`:

    d  id → [index, since, leaf hash, document kind], of papers that passed
    x  id → since, of those that were corrected
    s  schools that received the lot, those whose pages are closed included
    t  when it was changed last
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ledger.evidence import subjects
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.book import Book
from ledger.oversight.completeness.obligation import later
from ledger.oversight.completeness.page import Fact
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

TYPE: Final = "lot-document"
_PAPERS: Final = "papers"
_BLANK: Final[Mapping[str, Any]] = {"d": {}, "x": {}, "s": [], "t": ""}


class LotPapers:
    """The papers of all lots: a part of the family (`family.Part`)."""

    prefixes = (_PAPERS,)
    reads: Mapping[str, frozenset[str]] = {
        TYPE: frozenset({"document_kind", "supplier", "result", "lines"})
    }

    def __init__(self, lots: Book) -> None:
        """The book on whose pages they come."""
        self._lots = lots

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:  # noqa: ARG002 - as every part
        """Those of its lots."""
        return [key(lot) for lot in _lots(seen)]

    def tell(self, seen: Seen, context: Context) -> None:
        """A paper comes; what did not pass proves nothing."""
        if seen.fields["result"] != "pass":
            return
        for lot in _lots(seen):
            known = _read(lot, context)
            papers, gone = known["d"], known["x"]
            since = seen.logged_at
            for record in seen.linked("replaces"):
                replaced = papers.get(record)
                since = min(since, gone.get(record, since) if replaced is None else replaced[1])
            fact = [seen.index, since, seen.leaf_hash.hex(), seen.fields["document_kind"]]
            known["d"] = {**papers, seen.id: fact}
            self._change(lot, known, context, frozenset())

    def take_back(self, seen: Seen, context: Context) -> None:
        """A paper counts no more."""
        for lot in (name for name in seen.subjects if name.startswith("lot:")):
            known = _read(lot, context)
            paper = known["d"].get(seen.id)
            if paper is not None:
                known["d"] = {name: one for name, one in known["d"].items() if name != seen.id}
                known["x"] = {**known["x"], seen.id: paper[1]}
                self._change(lot, known, context, frozenset({seen.id}))

    def due(self, key: str, context: Context) -> None:
        """Papers of a lot that is sold out, most likely, are forgotten."""
        known = context.get(key)
        if known is None:
            return
        over = later(known["t"], rules.seconds(context, "lot_papers_days"))
        lot = key.partition(" ")[2]
        if over <= context.now and _waiting(lot, known, context):
            over = later(context.now, rules.seconds(context, "keep_days"))
        if over <= context.now:
            context.put(key, None)
        else:
            context.wake(over, key)

    def revise(self, key: str, context: Context) -> None:
        """They may be remembered longer now, or less long."""
        context.wake(context.now, key)

    def _change(
        self, lot: str, known: dict[str, Any], context: Context, gone: frozenset[str]
    ) -> None:
        """Store them, and put them on the pages that are open."""
        known["s"] = _waiting(lot, known, context)
        _store(lot, known, context)
        for school in known["s"]:
            self._lots.replace(f"{lot} {school}", {TYPE: known["d"]}, context, gone)


def of(page: str, context: Context) -> Mapping[str, Fact]:
    """The papers of the lot of a new page, which from now on waits for others."""
    lot, _, school = page.partition(" ")
    known = _read(lot, context)
    if school not in known["s"]:
        known["s"] = [*known["s"], school]
        _store(lot, known, context)
    papers: Mapping[str, Fact] = known["d"]
    return papers


def key(lot: str) -> str:
    """Under which the papers of a lot stand."""
    return f"{_PAPERS} {lot}"


def _lots(seen: Seen) -> list[str]:
    said = seen.fields
    named = (
        subjects.lot(said["supplier"], line["item_code"], line["lot_no"]) for line in said["lines"]
    )
    return [*dict.fromkeys(named)]


def _waiting(lot: str, known: Mapping[str, Any], context: Context) -> list[str]:
    """The schools whose pages are open."""
    return [school for school in known["s"] if context.get(f"{lot} {school}") is not None]


def _read(lot: str, context: Context) -> dict[str, Any]:
    return {**(context.get(key(lot)) or _BLANK)}


def _store(lot: str, known: dict[str, Any], context: Context) -> None:
    if not known["t"]:
        context.wake(later(context.now, rules.seconds(context, "lot_papers_days")), key(lot))
    known["t"] = context.now
    context.put(key(lot), known)

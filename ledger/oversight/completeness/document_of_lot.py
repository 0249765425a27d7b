"""索证索票: the papers of every lot that a school took in.

Who buys food has to ask for its papers and keep them (食品安全法 第五十三条、五十五条); a `lot-document` is
its supplier's to post, so the supplier owes it, once to each school that received the lot. Which goods
need which papers is policy (`lot_documents`); none is asked for unless `kinds` says so.

A lot is received with an inbound weigh-in that names it, an acceptance that takes some of it in, or a
dispatch to an order of the school; the first that counts makes its papers due, when the goods came.
One that was refused, and of which nothing was taken in, needs none. Met by a document of the lot that
passed, of any of the kinds that the policy names.

One page for each lot and school, under `<lot> <school>`; documents come on it from `lot_papers`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ledger.evidence import subjects
from ledger.oversight import civil
from ledger.oversight.completeness import lot_papers, rules
from ledger.oversight.completeness.book import Book
from ledger.oversight.completeness.obligation import Answer, Obligation, later
from ledger.oversight.completeness.page import Fact, Page, ref
from ledger.oversight.completeness.rule import Items, Owed, Quiet
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

PREFIX: Final = "lot"
_RECEIVED: Final = ("weigh-in", "acceptance", "dispatch")
"""What a lot is received with: the first of these that is there is the source."""


class LotRule(Quiet):
    """The rule of these pages (`rule.Rule`)."""

    prefixes = (PREFIX,)
    kinds = (rules.DOCUMENT,)
    reads: Mapping[str, frozenset[str]] = {
        "dispatch": frozenset({"supplier", "order", "lines"}),
        "weigh-in": frozenset(
            {"school", "canteen", "supplier", "item_code", "lot_no", "direction"}
        ),
        "acceptance": frozenset({"school", "supplier", "lines"}),
        "rejection": frozenset({"school", "supplier", "lines"}),
    }
    sources: Mapping[str, Items] = dict.fromkeys((*_RECEIVED, "rejection"), "")

    def entries(self, seen: Seen, zone: str) -> Iterable[tuple[str, Fact]]:  # noqa: ARG002 - as every rule
        """The page of each lot that it names."""
        said = seen.fields
        at = civil.credible(seen.occurred_at, seen.logged_at, rules.CREDIBLE_DAYS)
        if seen.type == "weigh-in":
            if said["direction"] != "inbound":
                return ()
            return _pages(said["school"], said.get("supplier"), [said], at, said["canteen"])
        school = civil.school_of(said["order"]) if seen.type == "dispatch" else said["school"]
        return _pages(school, said["supplier"], said["lines"], at)

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:
        """Its pages, and the papers of new ones."""
        for key, _ in self.entries(seen, zone):
            yield key
            yield lot_papers.key(key.partition(" ")[0])

    def candidates(self, seen: Seen, zone: str) -> Iterator[str]:  # noqa: ARG002 - as every rule
        """Of each lot and school that it is about."""
        schools = [civil.school_of(name) for name in seen.subjects if name.startswith("order:")]
        schools += [name for name in seen.subjects if name.startswith("school:")]
        for lot in seen.subjects:
            if lot.startswith(f"{PREFIX}:"):
                yield from (f"{lot} {school}" for school in dict.fromkeys(schools))

    def owed(self, page: Page, context: Context, told: tuple[str, Fact] | None) -> Owed:  # noqa: ARG002 - as every rule
        """A paper of each sort that the policy asks for, of goods that were received."""
        received = [
            (kind, record, fact) for kind in _RECEIVED for record, fact in _first(page.of(kind))
        ]
        if not received:
            return {}
        lot, _, school = page.key.partition(" ")
        _, source, fact = received[0]
        at, item_code, canteen, _ = fact[3:]
        found: Owed = {}
        needed = ["/".join(any_of) for any_of in _needed(item_code, context)]
        shown = [item.partition(" ")[2] for item in page.shown]  # by another policy, perhaps
        for name in dict.fromkeys((*needed, *shown)):
            any_of = name.split("/") if name else ()
            found[f"document {name}"] = Obligation(
                kind=rules.DOCUMENT,
                source=ref(source, fact),
                known_at=fact[1],
                expected_type=lot_papers.TYPE,
                expected_for=f"{lot}#{name}" if name else lot,
                responsible=_supplier(lot),
                school=school,
                canteen=canteen,
                day=civil.day_of(at, context.zone),
                due_at=later(at, rules.of_kind(context, "due_after_s", rules.DOCUMENT)),
                answers=tuple(
                    Answer(paper[1], paper[0], record)
                    for record, paper in page.of(lot_papers.TYPE).items()
                    if not any_of or paper[3] in any_of
                ),
                cites=tuple(ref(record, other) for _, record, other in received[1:]),
                ended=_refused(page) and not any(kind == "acceptance" for kind, _, _ in received),
                asked=name in needed,
                more={"item_code": item_code},
                row=f"{rules.DOCUMENT} {lot}#{name} {school}",
            )
        return found

    def opened(self, page: Page, context: Context) -> None:
        """The papers that are known of the lot already."""
        page.put(lot_papers.TYPE, lot_papers.of(page.key, context))


class LotBook(Book):
    """What is received is remembered only while its papers are asked for: mostly they are not."""

    def __init__(self) -> None:
        """The book of `LotRule`."""
        super().__init__(LotRule())
        # Only what is read beforehand depends on it.
        self._asked = False

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:
        """Those of the pages, if they were asked for when it was told last."""
        return super().keys(seen, zone) if self._asked else ()

    def tell(self, seen: Seen, context: Context) -> None:
        """A lot is received or refused."""
        self._asked = rules.asked(context, rules.DOCUMENT)
        if self._asked:
            super().tell(seen, context)


def _pages(
    school: str,
    supplier: str | None,
    lines: Iterable[Mapping[str, Any]],
    at: str,
    canteen: str | None = None,
) -> Iterator[tuple[str, Fact]]:
    """Lines of lots; a lot once, whatever number of lines it has."""
    found: dict[str, Fact] = {}
    for line in lines:
        if supplier is not None and line.get("lot_no") is not None:
            item_code = line["item_code"]
            key = f"{subjects.lot(supplier, item_code, line['lot_no'])} {school}"
            taken = bool(line.get("accepted_quantity", 1))
            found[key] = [at, item_code, canteen, taken or (key in found and found[key][3])]
    yield from found.items()


def _first(facts: Mapping[str, Fact]) -> list[tuple[str, Fact]]:
    """The receipt that was first, by its own time, by id where several were at once; or none."""
    taken = ((record, fact) for record, fact in facts.items() if fact[6])
    return sorted(taken, key=lambda one: (one[1][3], one[0]))[:1]


def _refused(page: Page) -> bool:
    """Whether anything of the lot was sent back, or not taken in."""
    return bool(page.of("rejection")) or any(not one[6] for one in page.of("acceptance").values())


def _needed(item_code: str, context: Context) -> list[list[str]]:
    """The sorts of papers that goods need, each of any of some kinds; longest beginning counts."""
    asked = [
        one
        for one in context.policy.rules["lot_documents"]
        if item_code.startswith(one.get("begins", ""))
    ]
    longest = max((len(one.get("begins", "")) for one in asked), default=0)
    return [list(one.get("any_of", ())) for one in asked if len(one.get("begins", "")) == longest]


def _supplier(lot: str) -> str:
    """Who sold it, as the lot's subject names it."""
    return f"supplier:{lot.partition(':')[2].partition('~')[0]}"

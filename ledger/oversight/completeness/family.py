"""The family `completeness`: its parts, each with records it is told and keys of its own.

    Book(rule)   meals · shifts · orders · acceptances · settlements · work orders · alerts · inspections
                 · lots
    others       serving days · temperatures · outages · weigh-ins without an order · who settles
                 · papers of lots

A key's first word says whose it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from ledger.oversight.completeness import desk, rules
from ledger.oversight.completeness.bank_entry_of_settlement import BankEntryRule
from ledger.oversight.completeness.book import Book
from ledger.oversight.completeness.check_of_shift import CheckRule
from ledger.oversight.completeness.closure_of_work_order import ClosureRule
from ledger.oversight.completeness.delivery import DeliveryRule
from ledger.oversight.completeness.disposition_of_alert import DispositionRule
from ledger.oversight.completeness.document_of_lot import LotBook
from ledger.oversight.completeness.loose_weigh_ins import LooseWeighIns
from ledger.oversight.completeness.lot_papers import LotPapers
from ledger.oversight.completeness.meal_page import MealRule
from ledger.oversight.completeness.obligation import put_rows
from ledger.oversight.completeness.outages import Outages
from ledger.oversight.completeness.self_inspection_of_period import SelfInspectionRule
from ledger.oversight.completeness.serving_days import ServingDays
from ledger.oversight.completeness.settlement_of_acceptance import Funds, SettlementRule
from ledger.oversight.completeness.temperature_of_cabinet import Temperatures
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen


class Part(Protocol):
    """A part of the family; its methods are those of a family."""

    @property
    def prefixes(self) -> tuple[str, ...]:
        """How its keys begin, up to the first space or colon."""
        ...

    @property
    def reads(self) -> Mapping[str, frozenset[str]]:
        """The types it is told, and the fields it reads of each."""
        ...

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:
        """Keys that `tell` will probably ask for."""
        ...

    def tell(self, seen: Seen, context: Context) -> None:
        """The next record."""
        ...

    def take_back(self, seen: Seen, context: Context) -> None:
        """A record counts no more; fields may be gone."""
        ...

    def due(self, key: str, context: Context) -> None:
        """The time has come."""
        ...

    def revise(self, key: str, context: Context) -> None:
        """Another policy is in force, and this key is waited with."""
        ...


class Completeness:
    """Proof of absence (证据缺失): what should have been recorded by now, and is not there."""

    name: Final = rules.NAME
    defaults: Final[Mapping[str, Any]] = rules.DEFAULTS

    def __init__(self) -> None:
        """All its parts."""
        meals, self_inspections = Book(MealRule()), Book(SelfInspectionRule())
        deliveries, acceptances, lots = Book(DeliveryRule()), Book(SettlementRule()), LotBook()
        parts: list[Part] = [
            ServingDays(meals, self_inspections),
            meals,
            self_inspections,
            Book(CheckRule()),
            deliveries,
            LooseWeighIns(deliveries),
            acceptances,
            Book(BankEntryRule()),
            Funds(acceptances),
            Book(ClosureRule()),
            Book(DispositionRule()),
            lots,
            LotPapers(lots),
            Temperatures(),
            Outages(),
        ]
        self._told: dict[str, list[Part]] = {}
        reads: dict[str, frozenset[str]] = {}
        for part in parts:
            for kind, fields in part.reads.items():
                self._told.setdefault(kind, []).append(part)
                reads[kind] = reads.get(kind, frozenset()) | fields
        self.reads: Mapping[str, frozenset[str]] = reads
        self._owners = {prefix: part for part in parts for prefix in part.prefixes}
        # Days are the log's; before the first record only what is read beforehand depends on it.
        self._zone = "UTC"

    def keys(self, seen: Seen) -> Iterable[str]:
        """Those of all parts that are told it."""
        for part in self._told[seen.type]:
            if seen.readable(self.reads[seen.type]):
                yield from part.keys(seen, self._zone)

    def tell(self, seen: Seen, context: Context) -> None:
        """Each part that reads its type is told."""
        self._zone = context.zone
        for part in self._told[seen.type]:
            part.tell(seen, context)

    def due(self, key: str, context: Context) -> None:
        """The part whose key it is looks."""
        self._owner(key).due(key, context)

    def revise(self, waiting: Sequence[str], context: Context) -> None:
        """Each part looks again at what it waits for (`family.Revises`)."""
        for key in waiting:
            self._owner(key).revise(key, context)

    def settle(self, context: Context) -> None:
        """Pages with answers on them are judged, and rows put."""
        for key, page in desk.of(context).laid.items():
            book = self._owner(key)
            assert isinstance(book, Book)
            book.settle(page, context)
        for page in desk.of(context).pages.values():
            page.state()
        put_rows(context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Each part that was told it forgets it."""
        for part in self._told[seen.type]:
            part.take_back(seen, context)

    def _owner(self, key: str) -> Part:
        return self._owners[key.partition(" ")[0].partition(":")[0]]

"""The rule family `fabrication` (疑点线索): a chain of hashes preserves lies just as well; find them.

Every detector is told what it reads; what it finds is posted as a `suspicion` and shown as a row,
`report`. Whom it concerns may dispute it, `review`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ledger.oversight.fabrication import review
from ledger.oversight.fabrication.bursts import Bursts
from ledger.oversight.fabrication.by_hand import ByHand
from ledger.oversight.fabrication.cabinets import Cabinets
from ledger.oversight.fabrication.clocks import Clocks
from ledger.oversight.fabrication.cores import Cores
from ledger.oversight.fabrication.counters import Counters
from ledger.oversight.fabrication.deliveries import Deliveries
from ledger.oversight.fabrication.detector import Detector
from ledger.oversight.fabrication.dishes import Dishes
from ledger.oversight.fabrication.displays import Displays
from ledger.oversight.fabrication.foreheads import Foreheads
from ledger.oversight.fabrication.likeness import Likeness
from ledger.oversight.fabrication.limits import Limits
from ledger.oversight.fabrication.lots import Lots
from ledger.oversight.fabrication.outages import Outages
from ledger.oversight.fabrication.photos import Photos
from ledger.oversight.fabrication.repeats import Repeats
from ledger.oversight.fabrication.report import FAMILY
from ledger.oversight.fabrication.rounding import Rounding
from ledger.oversight.fabrication.silence import Silence
from ledger.oversight.fabrication.working_day import WorkingDay
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

DETECTORS: Final[Sequence[Detector]] = (
    Outages(), Foreheads(), Cabinets(), Cores(), Photos(), Likeness(), Repeats(),
    Rounding(), Displays(), ByHand(), WorkingDay(), Dishes(), Deliveries(), Lots(), Counters(), Clocks(),
    Silence(), Limits(), Bursts(),
)  # fmt: skip


class Fabrication:
    """The family; `ledger.oversight.family.Family` says what each method is asked."""

    name = FAMILY

    def __init__(self, detectors: Sequence[Detector] = DETECTORS) -> None:
        """Look for what these detectors look for."""
        reads: dict[str, frozenset[str]] = dict(review.READS)
        told: dict[str, tuple[Detector, ...]] = {}
        self._woken: dict[str, Detector] = {}
        defaults: dict[str, Any] = {}
        for detector in detectors:
            defaults |= detector.defaults
            self._woken |= dict.fromkeys(detector.wakes, detector)
            for kind, fields in detector.reads.items():
                reads[kind] = reads.get(kind, frozenset()) | fields
                told[kind] = (*told.get(kind, ()), detector)
        self.reads: Mapping[str, frozenset[str]] = reads
        self.defaults: Mapping[str, Any] = defaults
        self._told = told
        self._tells = {kind: [one.tell for one in whom] for kind, whom in told.items()}

    def keys(self, seen: Seen) -> Iterable[str]:
        """What the detectors will ask for."""
        return [key for detector in self._told.get(seen.type, ()) for key in detector.keys(seen)]

    def tell(self, seen: Seen, context: Context) -> None:
        """To each detector that reads it; disputes and rulings to the review."""
        if seen.type in review.READS:
            review.tell(seen, context)
            return
        for tell in self._tells[seen.type]:
            tell(seen, context)

    def due(self, key: str, context: Context) -> None:
        """To whoever asked for it."""
        self._woken[key.partition(" ")[0]].due(key, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """From each detector; what was found by it is looked at again."""
        if seen.type in review.READS:
            review.take_back(seen, context)
            return
        for detector in self._told[seen.type]:
            detector.take_back(seen, context)
        review.forget(seen, context)

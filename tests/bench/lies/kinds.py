"""The codes that a suspicion of each kind of lie may have: the one table between truth and findings."""

from collections.abc import Mapping
from typing import Final

from tests.bench.lies.liars import devices, foreheads, late, photographs, timing, weights

CODES: Final[Mapping[str, frozenset[str]]] = {
    foreheads.KIND: frozenset({"temperatures-uniform"}),
    photographs.SAME: frozenset({"photo-reused"}),
    photographs.LIKE: frozenset({"photo-similar"}),
    weights.ROUND: frozenset({"weights-round"}),
    weights.REPEATED: frozenset({"weights-identical"}),
    timing.KIND: frozenset({"timing-impossible"}),
    devices.SILENT: frozenset({"device-silent"}),
    devices.CLOCK: frozenset({"clock-skewed"}),
    devices.LIMIT: frozenset({"limit-raised"}),
    late.BURST: frozenset({"back-dated"}),
    late.BY_HAND: frozenset({"entered-by-hand"}),
}
"""By kind of lie, `suspicion_kind` codes."""

BY_DAY: Final = frozenset({devices.SILENT})
"""Kinds that leave nothing behind to point at: a finding that covers the day has found them."""

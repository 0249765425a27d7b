"""Temperature series told twice (温度曲线复制): yesterday's file with today's date.

Two batches of one cabinet with the very same readings, in the same order, where these are enough and
different enough: a dozen readings of more than four values do not repeat by themselves.

`cabinet-copied`, at every such pair, but for the days of quiet.

Kept as `copied`, of the newest 31 batches that are long and lively enough: digests of their readings,
each with a space after it, and in the same order [index, leaf hash, id, first read at].
"""

from hashlib import sha256
from typing import Any, ClassVar, Final

import orjson

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import place_of, replaces
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.fabrication.series import Batch, Series
from ledger.oversight.family import Context

_FIRST = 3
_KEPT = 31
_READINGS = 12
_VALUES = 4
_DIGITS = 32
_WIDTH = _DIGITS + 1
_NOTHING: Final[list[Any]] = ["", []]


class Copied(Series):
    """The same series of a cabinet twice."""

    name: ClassVar[str] = "copied"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"cabinet", "mC_readings", "first_read_at", "last_read_at"}
    )

    def enter(self, batch: Batch, kept: Any, context: Context) -> Any:
        """It is held against those before."""
        fields = batch.seen.fields
        readings = fields["mC_readings"]
        if len(readings) < _READINGS or len(set(readings)) <= _VALUES or replaces(batch.seen):
            return kept
        digests, batches = kept or _NOTHING
        digest = sha256(orjson.dumps(readings)).hexdigest()[:_DIGITS]
        place = digests.find(digest)
        if place >= 0:
            self._found(batch, batches[place // _WIDTH], context)
            return kept
        mine = [*batch.ref, fields["first_read_at"]]
        return [f"{digests[_WIDTH * (1 - _KEPT) :]}{digest} ", [*batches[1 - _KEPT :], mine]]

    def leave(self, kept: Any, index: int) -> Any:
        """It is no original any more."""
        digests, batches = kept
        places = [place for place, one in enumerate(batches) if one[0] != index]
        left = [digests[place * _WIDTH : (place + 1) * _WIDTH] for place in places]
        return ["".join(left), [batches[place] for place in places]]

    def _found(self, batch: Batch, original: list[Any], context: Context) -> None:
        seen = batch.seen
        place = place_of(seen)
        case = Case(
            kind="temperatures-uniform",
            rule="cabinet-copied",
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=[original[:3], batch.ref],
            fields="mC_readings",
            first_at=min(original[_FIRST], seen.fields["first_read_at"]),
            last_at=max(original[_FIRST], seen.fields["last_read_at"]),
            score_ppm=statistics.WHOLE,
            threshold_ppm=statistics.WHOLE,
            measured={"readings": len(seen.fields["mC_readings"])},
            episodes=[f"{seen.fields['cabinet']} copied"],
            again_days=context.policy.rules["again_days"],
        )
        report(context, case)

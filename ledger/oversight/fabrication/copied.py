"""Temperature series told twice (温度曲线复制): yesterday's file with today's date.

Two batches of one cabinet with the very same readings, in the same order, where these are enough and
different enough: a dozen readings of more than four values do not repeat by themselves.

`cabinet-copied`, at every such pair, but for the days of quiet.

Kept as `copied`, of the newest 31 batches that are long and lively enough, a line of text for each:
the digest of their readings, index, id, and first read at.
"""

from hashlib import sha256
from typing import Any, ClassVar

import orjson

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import place_of, replaces
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.fabrication.series import Batch, Series
from ledger.oversight.family import Context

_KEPT = 31
_READINGS = 12
_VALUES = 4
_DIGITS = 32


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
        lines: str = kept or ""
        digest = sha256(orjson.dumps(readings)).hexdigest()[:_DIGITS]
        place = lines.find(digest)
        if place >= 0:
            self._found(batch, lines[place:].partition("\n")[0], context)
            return kept
        if lines.count("\n") == _KEPT:
            lines = lines.partition("\n")[2]
        seen = batch.seen
        return f"{lines}{digest} {seen.index} {seen.id} {fields['first_read_at']}\n"

    def leave(self, kept: Any, index: int) -> Any:
        """It is no original any more."""
        lines = kept.splitlines(keepends=True)
        return "".join([line for line in lines if line.split(" ")[1] != str(index)])

    def _found(self, batch: Batch, original: str, context: Context) -> None:
        _, _, first_id, first_at = original.split(" ")
        first = context.record(first_id)
        if first is None:
            return
        seen = batch.seen
        place = place_of(seen)
        case = Case(
            kind="temperatures-uniform",
            rule="cabinet-copied",
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=[first.ref, batch.ref],
            fields="mC_readings",
            first_at=min(first_at, seen.fields["first_read_at"]),
            last_at=max(first_at, seen.fields["last_read_at"]),
            score_ppm=statistics.WHOLE,
            threshold_ppm=statistics.WHOLE,
            measured={"readings": len(seen.fields["mC_readings"])},
            episodes=[f"{seen.fields['cabinet']} copied"],
            again_days=context.policy.rules["again_days"],
        )
        report(context, case)

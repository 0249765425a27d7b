"""Temperature series told twice (温度曲线复制): yesterday's file with today's date.

Two batches of one cabinet with the very same readings, in the same order, where these are enough and
different enough: a dozen readings of more than four values do not repeat by themselves.

`cabinet-copied`, at every such pair, but for the days of quiet.

Kept under `copied <cabinet>`: of the newest 31 batches that are long and lively enough [index, leaf
hash, id, digest of the readings, first read at].
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, ClassVar

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import Detector, place_of, ref_of, replaces, without
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_DIGEST, _FIRST = 3, 4
_KEPT = 31
_READINGS = 12
_VALUES = 4


class Copied(Detector):
    """The same series of a cabinet twice."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "temperature-log": frozenset({"cabinet", "mC_readings", "first_read_at", "last_read_at"})
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The cabinet's."""
        return [f"copied {seen.subject('device')}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """One more batch, held against those before."""
        fields = seen.fields
        readings = fields["mC_readings"]
        if len(readings) < _READINGS or len(set(readings)) <= _VALUES or replaces(seen):
            return
        key = f"copied {fields['cabinet']}"
        batches = context.get(key) or []
        digest = sha256(repr(readings).encode()).hexdigest()[:32]
        for batch in batches:
            if batch[_DIGEST] == digest:
                self._found(seen, batch, context)
                break
        else:
            batch = [*ref_of(seen), digest, fields["first_read_at"]]
            context.put(key, [*batches[1 - _KEPT :], batch])

    def take_back(self, seen: Seen, context: Context) -> None:
        """It is no original any more."""
        key = f"copied {seen.subject('device')}"
        kept = context.get(key)
        if kept is not None:
            context.put(key, without(kept, seen.index))

    def _found(self, seen: Seen, original: list[Any], context: Context) -> None:
        place = place_of(seen)
        case = Case(
            kind="temperatures-uniform",
            rule="cabinet-copied",
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=[original[:3], ref_of(seen)],
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

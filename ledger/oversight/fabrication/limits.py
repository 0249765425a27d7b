"""Alarm limits raised just before an alarm (调高限值), and what they kept silent.

A limit is loosened when the upper one rises or the lower one falls. By itself that may be right: a
cabinet is put to another use. Found is that readings which the limit before would have alarmed at
follow within `limit_hours` of the change: `limit-raised`. The limits stand in every temperature batch;
an alarm says since when its limit holds, and is found too where that was within `limit_hours` before,
and is looser than what was known.

Batches come in any order. A change is seen from the latest batch known to one with later readings; a
batch that arrives late is no change, but its readings count. A reading just beyond the old limit, as when
a door is opened, is enough: it is what a raised limit is raised for. Settings are not in the log: a
limit raised and put back between two batches is not seen.

Kept under `limits <cabinet>`: the latest batch, [last read, low, high, index, leaf hash, id], and of a
week the changes, [since, side, old limit, what it was, what it became].
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from ledger import timestamp
from ledger.oversight import civil
from ledger.oversight.fabrication import statistics, times
from ledger.oversight.fabrication.detector import Detector, place_of
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_LAST, _LOW, _HIGH, _REF = 0, 1, 2, slice(3, 6)
_KEPT_S: Final = 7 * civil.DAY_S


class Limits(Detector):
    """Limits loosened, and readings beyond what they were."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "temperature-log": frozenset(
            {
                "cabinet", "interval_s", "first_read_at", "last_read_at", "mC_readings",
                "alarm_low_mC", "alarm_high_mC",
            }
        ),
        "temperature-alarm": frozenset(
            {"cabinet", "direction", "limit_mC", "limit_set_at", "started_at"}
        ),
    }  # fmt: skip
    defaults: ClassVar[Mapping[str, Any]] = {"limit_hours": 12}

    def keys(self, seen: Seen) -> Iterable[str]:
        """The cabinet's."""
        return [f"limits {seen.subject('device')}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """A batch may change a limit, and have readings beyond an older one."""
        if seen.type == "temperature-alarm":
            self._alarm(seen, context)
            return
        fields = seen.fields
        key = f"limits {fields['cabinet']}"
        kept = context.get(key)
        # A clock that is ahead would make every later batch an old one.
        first, last = fields["first_read_at"], min(fields["last_read_at"], seen.logged_at)
        low, high = fields["alarm_low_mC"], fields["alarm_high_mC"]
        mine = [last, low, high, *seen.ref]
        if kept is None:
            context.put(key, {"latest": mine, "changes": []})
            return
        latest, changes = kept["latest"], [*kept["changes"]]
        if changes:
            old = civil.later(latest[_LAST], -_KEPT_S)
            changes = [one for one in changes if one[0] > old]
        if first > latest[_LAST]:
            if high > latest[_HIGH]:
                changes.append([first, "high", latest[_HIGH], latest[_REF], seen.ref])
            if latest[_LOW] is not None and (low is None or low < latest[_LOW]):
                changes.append([first, "low", latest[_LOW], latest[_REF], seen.ref])
        if changes:
            changes = [one for one in changes if not self._silenced(seen, one, context)]
        latest = mine if last > latest[_LAST] else latest
        context.put(key, {"latest": latest, "changes": changes})

    def take_back(self, seen: Seen, context: Context) -> None:
        """It is not the latest, and changed nothing."""
        key = f"limits {seen.subject('device')}"
        kept = context.get(key)
        if kept is None:
            return
        changes = [one for one in kept["changes"] if seen.index not in {one[3][0], one[4][0]}]
        gone = kept["latest"][3] == seen.index
        context.put(key, None if gone else {**kept, "changes": changes})

    def _silenced(self, seen: Seen, change: list[Any], context: Context) -> bool:
        """Whether this batch has a reading that the limit before would have alarmed at; found."""
        fields = seen.fields
        since, side, old, before, after = times.ms(change[0]), *change[1:]
        own = fields[f"alarm_{side}_mC"]
        if own is not None and (own <= old if side == "high" else own >= old):
            return False
        first, last = times.ms(fields["first_read_at"]), times.ms(fields["last_read_at"])
        step = 1000 * fields["interval_s"]
        for place, reading in enumerate(fields["mC_readings"]):
            if reading is None or (reading <= old if side == "high" else reading >= old):
                continue
            at = min(first + place * step, last)
            if at < since:
                continue
            measured = {"side": side, "old_mC": old, "reading_mC": reading}
            refs = {ref[0]: ref for ref in (before, after, seen.ref)}
            return self._found(seen, since, at, [*refs.values()], measured, context)
        return False

    def _alarm(self, seen: Seen, context: Context) -> None:
        fields = seen.fields
        kept = context.get(f"limits {fields['cabinet']}")
        if kept is None:
            return
        side = "high" if fields["direction"] == "above" else "low"
        limit, set_at = fields["limit_mC"], times.ms(fields["limit_set_at"])
        known = [
            (one[2], one[3])
            for one in kept["changes"]
            if one[1] == side and abs(times.ms(one[0]) - set_at) <= times.DAY_MS
        ]
        latest = kept["latest"]
        if (
            latest[_LAST] < fields["limit_set_at"]
            and latest[_HIGH if side == "high" else _LOW] is not None
        ):
            known.append((latest[_HIGH if side == "high" else _LOW], latest[_REF]))
        for old, ref in known:
            if limit > old if side == "high" else limit < old:
                measured = {"side": side, "old_mC": old, "limit_mC": limit}
                at = times.ms(fields["started_at"])
                self._found(seen, set_at, at, [ref, seen.ref], measured, context)
                return

    def _found(
        self,
        seen: Seen,
        since: int,
        at: int,
        refs: list[Any],
        measured: Mapping[str, int | str],
        context: Context,
    ) -> bool:
        window = max(1, context.policy.rules["limit_hours"] * times.HOUR_MS)
        if not 0 <= at - since <= window:
            return False
        place = place_of(seen)
        field = "limit_set_at" if seen.type == "temperature-alarm" else "mC_readings"
        case = Case(
            kind="limit-raised",
            rule="limit-raised",
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=refs,
            fields={ref[2]: f"alarm_{measured['side']}_mC" for ref in refs} | {seen.id: field},
            first_at=timestamp.format(since),
            last_at=timestamp.format(at),
            score_ppm=statistics.WHOLE - (at - since) * statistics.HALF // window,
            threshold_ppm=statistics.HALF,
            measured={"after_s": (at - since) // 1000, **measured},
            episodes=[seen.fields["cabinet"]],
            again_days=context.policy.rules["again_soon_days"],
        )
        return report(context, case)

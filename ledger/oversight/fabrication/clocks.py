"""Clocks that are wrong (时钟偏差): said by the device itself, or shown by the log's own clock.

`clock-offset`: a device says that its clock is more than `offset_ms` off. `clock-ahead`: a record
claims to have occurred more than `ahead_s` after it was logged. `clock-behind`: nothing that a device
sends is less than `behind_s` old, over eight records logged in three different hours. A device that was
offline sends old records, but among them new ones: the least of its lags tells the two apart.
`clock-late`: a device's record is logged more than `late_s` after it occurred, no outage is declared for
it within a day, and it is not one of many (that is a back-dated burst).

People write things down when they find the time: only devices are held to account for being late.

Several devices may send through one gateway: each has its clock, and so has each type of record that
names no device.

Kept under `clock <device, or issuer and type>`: the lags since one was short, [milliseconds, hour logged,
index, leaf hash, id, occurred at]; under `late <issuer>`: what came too late and waits for an outage
to be declared.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from ledger import subject
from ledger.oversight import civil
from ledger.oversight.fabrication import outages, statistics, times
from ledger.oversight.fabrication.detector import Detector, place_of, replaces
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen
from ledger.standing import MACHINES

_LAG, _HOUR, _AT = 0, 1, 5
_RECORDS: Final = 8
_HOURS: Final = 3
_WAIT_S: Final = 86_400
_NAMED: Final = ("scale", "cabinet", "camera", "device")
_MACHINES: Final = tuple(f"{kind}:" for kind in sorted(MACHINES))
_SAYS: Final = frozenset({"weigh-in", "temperature-log", "device-status"})


class Clocks(Detector):
    """Offsets, futures and steady lags."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "weigh-in": frozenset({"clock_offset_ms", "scale"}),
        "temperature-log": frozenset({"clock_offset_ms", "cabinet"}),
        "device-status": frozenset({"clock_offset_ms", "device"}),
        "morning-check": frozenset(),
        "sample-retained": frozenset({"cabinet"}),
        "cooking-step": frozenset(),
        "meal-service": frozenset(),
        "acceptance": frozenset(),
        "dispatch": frozenset(),
        "inspection-alert": frozenset({"camera"}),
        "temperature-alarm": frozenset({"cabinet"}),
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "offset_ms": 180_000,
        "ahead_s": 300,
        "behind_s": 7200,
        "late_s": 259_200,
    }
    wakes: ClassVar[frozenset[str]] = frozenset({"late"})

    def keys(self, seen: Seen) -> Iterable[str]:
        """The stream's, of a machine."""
        return [f"clock {_stream(seen)}"] if seen.issuer.startswith(_MACHINES) else ()

    def tell(self, seen: Seen, context: Context) -> None:
        """What it says of its clock, and how long it took to the log."""
        rules = context.policy.rules
        offset = seen.fields.get("clock_offset_ms") if seen.type in _SAYS else None
        if offset and abs(offset) > rules["offset_ms"]:
            field = next(name for name in _NAMED if name in seen.fields)
            self._report(
                "clock-offset", seen.fields[field], [[0, "", *seen.ref, seen.occurred_at]],
                place_of(seen).scope, "clock_offset_ms", abs(offset), rules["offset_ms"], context,
            )  # fmt: skip
        lag = times.lag_ms(seen)
        if lag < -1000 * rules["ahead_s"]:
            self._report(
                "clock-ahead", seen.issuer, [[0, "", *seen.ref, seen.occurred_at]],
                place_of(seen).scope, "occurred_at", -lag // 1000, rules["ahead_s"], context,
            )  # fmt: skip
        if seen.issuer.startswith(_MACHINES) and not replaces(seen):
            self._lag(seen, lag, context)

    def due(self, key: str, context: Context) -> None:
        """A day after the first: whether an outage was declared, or it is a burst."""
        kept = context.get(key)
        context.put(key, None)
        if kept is None:
            return
        rules = context.policy.rules
        late = [
            one for one in kept["late"]
            if not outages.of_type(context, kept["scope"], one[6], times.ms(one[_AT]))
        ]  # fmt: skip
        if late and len(kept["late"]) < rules["burst_records"]:
            worst = max(one[_LAG] for one in late) // 1000
            self._report(
                "clock-late", key.removeprefix("late "), late, kept["scope"], "occurred_at", worst,
                rules["late_s"], context,
            )  # fmt: skip

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its lag counts no more."""
        key = f"clock {_stream(seen)}"
        kept = context.get(key)
        if kept is not None:
            context.put(key, [one for one in kept if one[2] != seen.index] or None)
        key = f"late {seen.issuer}"
        kept = context.get(key)
        if kept is not None:
            context.put(
                key, {**kept, "late": [one for one in kept["late"] if one[2] != seen.index]}
            )

    def _lag(self, seen: Seen, lag: int, context: Context) -> None:
        rules = context.policy.rules
        stream = _stream(seen)
        key = f"clock {stream}"
        kept = context.get(key)
        if lag <= 1000 * rules["behind_s"]:
            if kept is not None:
                context.put(key, None)
            return
        entry = [lag, seen.logged_at[:13], *seen.ref, seen.occurred_at]
        kept = [*(kept or ())[1 - 2 * _RECORDS :], entry]
        enough = len(kept) >= _RECORDS and len({one[_HOUR] for one in kept}) >= _HOURS
        if enough:
            least = min(one[_LAG] for one in kept) // 1000
            if self._report(
                "clock-behind", stream, kept, place_of(seen).scope, "occurred_at", least,
                rules["behind_s"], context,
            ):  # fmt: skip
                kept = []
        context.put(key, kept or None)
        if lag > 1000 * rules["late_s"]:
            self._late(seen, entry, context)

    def _late(self, seen: Seen, entry: list[Any], context: Context) -> None:
        key = f"late {seen.issuer}"
        kept = context.get(key)
        if kept is None:
            kept = {"scope": place_of(seen).scope, "late": []}
            context.wake(civil.later(context.now, _WAIT_S), key)
        if len(kept["late"]) < context.policy.rules["burst_records"]:
            context.put(key, {**kept, "late": [*kept["late"], [*entry, seen.type]]})

    def _report(
        self,
        rule: str,
        device: str,
        entries: list[list[Any]],
        scope: str,
        field: str,
        measured: int,
        allowed: int,
        context: Context,
    ) -> bool:
        case = Case(
            kind="clock-skewed",
            rule=rule,
            scope=scope,
            responsible=device if subject.kind(device) == "supplier" else scope,
            canteen=None,
            severity="minor",
            inputs=[entry[2:5] for entry in entries],
            fields=field,
            first_at=min(entry[_AT] for entry in entries),
            last_at=max(entry[_AT] for entry in entries),
            score_ppm=statistics.above(measured, allowed),
            threshold_ppm=statistics.HALF,
            measured={"device": device, "measured": measured, "allowed": allowed},
            needs=max(1, len(entries) * 3 // 4),
            episodes=[f"{device} {rule}"],
            again_days=context.policy.rules["again_days"],
        )
        return report(context, case)


def _stream(seen: Seen) -> str:
    """The device that it names; else its issuer, and the type."""
    fields = seen.fields
    for name in _NAMED:
        if name in fields:
            return str(fields[name])
    return f"{seen.issuer} {seen.type}"

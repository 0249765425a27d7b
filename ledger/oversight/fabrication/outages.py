"""Declared outages (停用申报): what excuses silence and lateness.

Kept under `outages <school>` for 90 days after their end: [index, from, until, devices, late types],
times in milliseconds. An outage may be declared before, during or after; so whoever asks asks late.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from ledger.oversight.fabrication import times
from ledger.oversight.fabrication.detector import Detector, without
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_FROM, _UNTIL, _DEVICES, _TYPES = 1, 2, 3, 4
_KEPT_MS: Final = 90 * times.DAY_MS


class Outages(Detector):
    """Remembers outages, and finds nothing by itself."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "outage": frozenset({"school", "devices", "from_at", "until_at", "late_types"})
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The school's."""
        return [f"outages {seen.subject('school')}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """One more outage; those long past are forgotten."""
        fields = seen.fields
        key = f"outages {fields['school']}"
        old = times.ms(seen.logged_at) - _KEPT_MS
        kept = [one for one in context.get(key) or () if one[_UNTIL] > old]
        span = [times.ms(fields["from_at"]), times.ms(fields["until_at"])]
        context.put(key, [*kept, [seen.index, *span, fields["devices"], fields["late_types"]]])

    def take_back(self, seen: Seen, context: Context) -> None:
        """It was not declared."""
        for key in self.keys(seen):
            context.put(key, without(context.get(key) or [], seen.index) or None)


def of_device(context: Context, school: str, device: str, begin: int, end: int) -> bool:
    """Whether a declared outage of the device touches a stretch of time."""
    return any(
        device in one[_DEVICES] and one[_FROM] < end and begin < one[_UNTIL]
        for one in context.get(f"outages {school}") or ()
    )


def of_type(context: Context, school: str, kind: str, at: int) -> bool:
    """Whether records of a type that say they occurred then may be late."""
    return any(
        kind in one[_TYPES] and one[_FROM] <= at <= one[_UNTIL]
        for one in context.get(f"outages {school}") or ()
    )

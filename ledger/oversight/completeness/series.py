"""A series of readings: the stretches of time that were read, and the gaps between them.

Times are milliseconds since the epoch.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ledger import timestamp
from ledger.canonical import JsonValue
from ledger.oversight.completeness.cold_days import Window
from ledger.oversight.completeness.page import Fact
from ledger.oversight.seen import Ref


class Gap(NamedTuple):
    """A time without readings.

    Attributes:
        since: the last reading before it.
        until: the first after it, or the end of what was looked at.
        source: the log that ended before it.
        known_at: when that stood in the log.
    """

    since: int
    until: int
    source: Ref
    known_at: str

    @property
    def shown(self) -> JsonValue:
        """For people."""
        return [timestamp.format(self.since), timestamp.format(self.until)]

    def longest_beside(self, accounted: Sequence[tuple[int, int]]) -> int:
        """The longest time of it, ms, that none of these spans accounts for."""
        longest, at = 0, self.since
        for since, until in sorted(accounted):
            if until > at and since < self.until:
                longest, at = max(longest, since - at), until
        return max(longest, self.until - at)


class Read(NamedTuple):
    """A stretch of time that was read, and the log that says so."""

    first: int
    last: int
    place: int
    leaf: str
    record: str
    since: str

    @property
    def ref(self) -> Ref:
        """The log, to be cited."""
        return [self.place, self.leaf, self.record]


class Series(NamedTuple):
    """What was read about a day.

    Attributes:
        reads: ascending; of the day, and of the days beside it.
        before: the log that was the last one when the day before was over, if there was one.
    """

    reads: tuple[Read, ...]
    before: Read | None

    @classmethod
    def of(cls, logs: Mapping[str, Fact], before: Mapping[str, Fact]) -> "Series":
        """Of the logs of some pages, and the last ones before them."""
        reads = sorted(
            Read(first, last, fact[0], fact[2], record, fact[1])
            for record, fact in logs.items()
            for first, last in zip(fact[3][::2], fact[3][1::2], strict=True)
        )
        known = [
            Read(fact[3], fact[3], fact[0], fact[2], record, fact[1])
            for record, fact in before.items()
        ]
        return cls(tuple(reads), max(known, default=None))

    def last(self, end: int) -> Read | None:
        """The log that reads the farthest up to a time."""
        known = [one for one in self.reads if one.first < end]
        if self.before is not None and self.before.first < end:
            known.append(self.before)
        return max(known, key=lambda one: (min(one.last, end), -one.place), default=None)

    def latest(self, window: Window) -> Read | None:
        """The log that came last of those that read in a window."""
        read = (one for one in self.reads if one.first < window.end and one.last > window.begin)
        return max(read, key=lambda one: (one.since, one.place), default=None)

    def gaps(self, window: Window, limit: int) -> list[Gap]:
        """The gaps longer than so many ms that lie in a window, wholly or in part.

        One that goes on before or after the window is measured whole, unless nothing had to be read
        there. One that nothing was read after ends with the window.
        """
        found = []
        cursor = None if window.fresh else self.before
        for one in self.reads:
            if window.fresh and one.last <= window.begin:
                continue
            if cursor is None and one.first >= window.end:
                break
            if cursor is not None and cursor.last < window.end and one.first > window.begin:
                until = min(one.first, window.end) if window.last else one.first
                if until - cursor.last > limit:
                    found.append(Gap(cursor.last, until, cursor.ref, cursor.since))
            if cursor is None or one.last > cursor.last:
                cursor = one
        if cursor is None:
            known = self.last(window.begin)
            if known is not None:
                found.append(Gap(window.begin, window.end, known.ref, known.since))
        elif window.end - cursor.last > limit:
            found.append(Gap(cursor.last, window.end, cursor.ref, cursor.since))
        return found


def stretches(said: Mapping[str, Any]) -> list[int]:
    """First and last of each stretch of a batch that was read, flat: `[first, last, first, …]`."""
    first, last = timestamp.parse(said["first_read_at"]), timestamp.parse(said["last_read_at"])
    readings = said["mC_readings"]
    if None not in readings:
        return [first, last]
    step = (last - first) // max(1, len(readings) - 1)
    found: list[int] = []
    for place, reading in enumerate(readings):
        if reading is None:
            continue
        at = first + place * step
        if place and readings[place - 1] is not None:
            found[-1] = at
        else:
            found += [at, at]
    return found

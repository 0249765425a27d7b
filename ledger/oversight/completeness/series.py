"""A series of readings: the stretches of time that were read, and the gaps between them.

Times are milliseconds since the epoch.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
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
    def of(cls, pages: Iterable[Mapping[str, Fact]], before: Mapping[str, Fact]) -> "Series":
        """Of the logs of some pages, and the last ones before them.

        A log that was over before the last of these says nothing more.
        """
        known = [
            Read(until, until, place, leaf, record, since)
            for record, (place, since, leaf, until) in before.items()
        ]
        last = max(known, default=None)
        begin = -math.inf if last is None else last.last
        reads = []
        for logs in pages:
            for record, (place, since, leaf, times) in logs.items():
                if times and times[-1] < begin:
                    continue
                reads += [
                    Read(times[at], times[at + 1], place, leaf, record, since)
                    for at in range(0, len(times), 2)
                ]
        reads.sort()
        return cls(tuple(reads), last)

    def last(self, end: int) -> Read | None:
        """The log that reads the farthest up to a time; of several the first in the log."""
        found = self.before if self.before is not None and self.before.first < end else None
        farthest, earliest = (
            (-math.inf, 0) if found is None else (min(found.last, end), found.place)
        )
        for one in self.reads:
            first, last, place, *_ = one
            if first >= end:
                break
            reach = min(last, end)
            if reach > farthest or (reach == farthest and place < earliest):
                found, farthest, earliest = one, reach, place
        return found

    def latest(self, window: Window) -> Read | None:
        """The log that came last of those that read in a window."""
        latest, newest, (begin, end, _, _) = None, ("", 0), window
        for one in self.reads:
            first, last, place, _, _, since = one
            if first < end and last > begin and (since, place) > newest:
                latest, newest = one, (since, place)
        return latest

    def gaps(self, window: Window, limit: int) -> list[Gap]:
        """The gaps longer than so many ms that lie in a window, wholly or in part.

        One that goes on before or after the window is measured whole, unless nothing had to be read
        there. One that nothing was read after ends with the window.
        """
        found: list[Gap] = []
        begin, end, fresh, is_last = window
        cursor = None if fresh else self.before
        for one in self.reads:
            first, last, *_ = one
            if fresh and last <= begin:
                continue
            if cursor is None:
                if first >= end:
                    break
                cursor = one
                continue
            if first - cursor.last > limit and cursor.last < end and first > begin:
                until = min(first, end) if is_last else first
                if until - cursor.last > limit:
                    found.append(Gap(cursor.last, until, cursor.ref, cursor.since))
            if last > cursor.last:
                cursor = one
        if cursor is None:
            known = self.last(begin)
            if known is not None:
                found.append(Gap(begin, end, known.ref, known.since))
        elif end - cursor.last > limit:
            found.append(Gap(cursor.last, end, cursor.ref, cursor.since))
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

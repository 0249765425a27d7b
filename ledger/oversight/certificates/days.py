"""Civil days in the log's time zone, and moments a while from others.

Papers are valid up to and including a day; the day ends at local midnight, wherever the log is kept.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from ledger import timestamp

DAY_S: Final = 86_400
_LAST: Final = date.max.toordinal() - 1


def civil(at: str, zone: str) -> str:
    """The civil day `YYYY-MM-DD` of a time in normal form."""
    return _civil(at[:16], zone)


def midnight(day: str, zone: str) -> str:
    """When a civil day begins, normal form."""
    begins = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(zone))
    return begins.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shifted(day: str, days: int) -> str:
    """The civil day so many days after another, within what a calendar can hold."""
    ordinal = date.fromisoformat(day).toordinal() + days
    return date.fromordinal(min(max(ordinal, 2), _LAST)).isoformat()


def between(first: str, last: str) -> int:
    """Days from the first day to the last; negative where it lies before."""
    return date.fromisoformat(last).toordinal() - date.fromisoformat(first).toordinal()


def later(at: str, seconds: int) -> str:
    """The moment so many seconds after a time in normal form; before it if negative."""
    return timestamp.format(timestamp.parse(at) + 1000 * seconds)


def credible(claimed: str, logged_at: str, within_days: int) -> str:
    """The time that a record is judged by: what it claims, unless that cannot be.

    A clock that was reset says 1970; nobody is held against the papers he had then. A time after
    the entry's own, or further back than a batch is ever kept offline, gives way to the entry's.
    """
    if claimed > logged_at:
        return logged_at
    if claimed[:10] == logged_at[:10] or claimed >= later(logged_at, -within_days * DAY_S):
        return claimed
    return logged_at


@lru_cache(maxsize=4096)
def _civil(minute: str, zone: str) -> str:
    moment = datetime.fromisoformat(f"{minute}:00+00:00")
    try:
        return moment.astimezone(ZoneInfo(zone)).date().isoformat()
    except OverflowError:  # in the first or the last hours of the calendar
        return minute[:10]

"""Times of records for the detectors: milliseconds, civil days, and how late something was logged.

`occurred_at` and what stands in a payload are claims; `logged_at` is the log's own. Most records are
logged within the hour that they claim: that is seen without parsing a time.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from ledger import timestamp
from ledger.oversight.seen import Seen

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
_LONGEST_S: Final = 40 * 86_400


def ms(text: str) -> int:
    """Milliseconds since 1970 of a time in normal form."""
    return timestamp.parse(text)


def later(text: str, seconds: int) -> str:
    """So many seconds after a time in normal form."""
    return timestamp.format(timestamp.parse(text) + 1000 * seconds)


def civil_day(text: str, zone: str) -> str:
    """The civil date `YYYY-MM-DD` of a time in normal form, in a time zone by its IANA name."""
    return _day_of_minute(text[:16], zone)


def day_is_over(day: str, zone: str) -> str:
    """When a civil day ends in a time zone, normal form."""
    return _end(day, zone)


def after_day(day: str, zone: str, now: str, wait_s: int) -> str:
    """So long after a civil day's end, or after now where that is later.

    Days are claims: one that lies far ahead is waited for `_LONGEST_S` and no longer.
    """
    over = max(_end(day, zone), now)
    longest = later(now, _LONGEST_S)
    return longest if over >= longest else later(over, wait_s)


@lru_cache(maxsize=1024)
def day_before(day: str, days: int) -> str:
    """The date so many days before another."""
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def lag_ms(seen: Seen) -> int:
    """How much later than it says it occurred a record was logged; negative: it lies in the future."""
    occurred, logged = seen.occurred_at, seen.logged_at
    if occurred[:13] == logged[:13] and occurred <= logged:
        return 0  # within the same hour, in order: no rule asks how many minutes
    return ms(logged) - ms(occurred)


@lru_cache(maxsize=8192)
def _day_of_minute(minute: str, zone: str) -> str:
    try:
        at = datetime.fromisoformat(minute + "+00:00").astimezone(ZoneInfo(zone))
    except OverflowError:  # a claim at the edge of the calendar
        return minute[:10]
    return at.date().isoformat()


@lru_cache(maxsize=1024)
def _end(day: str, zone: str) -> str:
    midnight = datetime.combine(datetime.fromisoformat(day), time(), ZoneInfo(zone))
    try:
        after = midnight + timedelta(days=1)
        return timestamp.format(int(after.timestamp()) * 1000)
    except OverflowError:
        return f"{day}T23:59:59.999Z"

"""Civil days: which day it is at the school when the log says it is that moment.

Deadlines and sums are by the school's own day, which begins and ends at midnight in the log's time
zone; the log itself keeps UTC. Times are in normal form, days `YYYY-MM-DD`. What a record claims may
lie anywhere in the years 1 to 9999; what would follow beyond them stays at their edge.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from ledger import timestamp

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
_MINUTE_MS: Final = 60_000
_FIRST_DAY, _LAST_DAY = date(1, 1, 3).toordinal(), date(9999, 12, 29).toordinal()
_FIRST_MS = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // _MS
_LAST_MS = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // _MS


@lru_cache(maxsize=4096)
def day_of(time: str, zone: str) -> str:
    """The civil day of a moment of the log."""
    moment = _EPOCH + timedelta(milliseconds=timestamp.parse(time))
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()


@lru_cache(maxsize=4096)
def end_of(day: str, zone: str) -> str:
    """The moment at which a civil day is over and the next begins."""
    after = date.fromisoformat(days_later(day, 1))
    midnight = datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone))
    return timestamp.format((midnight - _EPOCH) // _MS)


def days_later(day: str, days: int) -> str:
    """The day so many days later, or earlier where negative."""
    ordinal = date.fromisoformat(day).toordinal() + days
    return date.fromordinal(min(max(ordinal, _FIRST_DAY), _LAST_DAY)).isoformat()


def minutes_later(time: str, minutes: int) -> str:
    """The moment so many minutes later, or earlier where negative."""
    ms = timestamp.parse(time) + minutes * _MINUTE_MS
    return timestamp.format(min(max(ms, _FIRST_MS), _LAST_MS))


def hours_later(time: str, hours: int) -> str:
    """The moment so many hours later, or earlier where negative."""
    return minutes_later(time, 60 * hours)

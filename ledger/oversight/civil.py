"""Civil days: which day it is at the school when the log says it is that moment.

Deadlines and sums are by the school's own day, which begins and ends at midnight in the log's time
zone; the log itself keeps UTC. Times are in normal form, days `YYYY-MM-DD`. What a record claims may
lie anywhere in the years 1 to 9999; what would follow beyond them stays at their edge.
"""

from calendar import monthrange
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from ledger import timestamp

DAY_S: Final = 86_400

_FIRST_DAY, _LAST_DAY = date(1, 1, 3).toordinal(), date(9999, 12, 29).toordinal()
_FIRST_MS = timestamp.parse("0001-01-02T00:00:00.000Z")
_LAST_MS = timestamp.parse("9999-12-30T23:59:59.999Z")
_EARLY, _LATE = "0002", "9999"
"""Years between which nothing comes near the edge."""


def day_of(time: str, zone: str) -> str:
    """The civil day of a moment."""
    return _day_of_hour(time[:13], zone) or _day_of(time[:16], zone)


@lru_cache(maxsize=4096)
def begin_of(day: str, zone: str) -> str:
    """The moment at which a civil day begins."""
    day = days_later(day, 0)
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(zone))
    return midnight.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def end_of(day: str, zone: str) -> str:
    """The moment at which a civil day is over and the next begins."""
    return begin_of(days_later(day, 1), zone)


@lru_cache(maxsize=4096)
def days_later(day: str, days: int) -> str:
    """The day so many days later, or earlier where negative."""
    ordinal = date.fromisoformat(day).toordinal() + days
    return date.fromordinal(min(max(ordinal, _FIRST_DAY), _LAST_DAY)).isoformat()


def days_between(first: str, last: str) -> int:
    """Days from the first day to the last; negative where it lies before."""
    return date.fromisoformat(last).toordinal() - date.fromisoformat(first).toordinal()


@lru_cache(maxsize=4096)
def later(time: str, seconds: int) -> str:
    """The moment so many seconds later, or earlier where negative.

    The entries of one transaction share their time, and deliveries of a day their deadlines.
    """
    days, rest_s = divmod(seconds, DAY_S)
    if not rest_s:
        # UTC has no leap seconds here: whole days later it is the same time of day.
        moved = days_later(time[:10], days) + time[10:]
        if _EARLY < moved < _LATE:
            return moved
    ms = timestamp.parse(time) + 1000 * seconds
    return timestamp.format(min(max(ms, _FIRST_MS), _LAST_MS))


def seconds_between(earlier: str, late: str) -> int:
    """Whole seconds from one moment to a later one."""
    return (timestamp.parse(late) - timestamp.parse(earlier)) // 1000


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
def period_of(day: str, kind: str) -> tuple[str, str]:
    """First and last day of the `month` or `quarter` that a day lies in."""
    year, month = int(day[:4]), int(day[5:7])
    months = 3 if kind == "quarter" else 1
    first = month - (month - 1) % months
    last = first + months - 1
    return f"{year:04}-{first:02}-01", f"{year:04}-{last:02}-{monthrange(year, last)[1]:02}"


@lru_cache(maxsize=4096)
def school_of(subject: str) -> str:
    """The school that a canteen, or a school itself, belongs to by its ten digits."""
    return f"school:{subject.partition(':')[2].partition('~')[0]}"


@lru_cache(maxsize=4096)
def _day_of_hour(hour: str, zone: str) -> str:
    """The day of a whole hour; empty where midnight lies within it, as in zones of half an hour."""
    first, last = _day_of(f"{hour}:00", zone), _day_of(f"{hour}:59", zone)
    return first if first == last else ""


@lru_cache(maxsize=4096)
def _day_of(minute: str, zone: str) -> str:
    moment = datetime.fromisoformat(f"{minute}:00+00:00")
    try:
        return moment.astimezone(ZoneInfo(zone)).date().isoformat()
    except OverflowError:  # in the first or the last hours of the calendar
        return minute[:10]

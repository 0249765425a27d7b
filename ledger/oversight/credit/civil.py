"""Days and periods in the log's time zone, and times moved by seconds."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ledger import timestamp


@lru_cache(maxsize=4096)
def day_of(time: str, zone: str) -> str:
    """The civil date of an instant in normal form."""
    instant = datetime.fromisoformat(f"{time[:-1]}+00:00")
    return instant.astimezone(ZoneInfo(zone)).date().isoformat()


def begin_of(day: str, zone: str) -> str:
    """The instant at which a civil date begins, in normal form."""
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(zone))
    return midnight.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def days_after(day: str, days: int) -> str:
    """The date so many days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def later(time: str, seconds: int) -> str:
    """The instant so many seconds later."""
    return timestamp.format(timestamp.parse(time) + 1000 * seconds)


def seconds_between(earlier: str, late: str) -> int:
    """Whole seconds from one instant to a later one."""
    return (timestamp.parse(late) - timestamp.parse(earlier)) // 1000


def period_of(day: str, kind: str) -> tuple[str, str]:
    """First and last day of the `month` or `quarter` that a date lies in."""
    year, month = int(day[:4]), int(day[5:7])
    months = 3 if kind == "quarter" else 1
    first = month - (month - 1) % months
    last = first + months - 1
    return f"{year:04}-{first:02}-01", f"{year:04}-{last:02}-{monthrange(year, last)[1]:02}"

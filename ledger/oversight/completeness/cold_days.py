"""When a cabinet has to be read: while its canteen serves, and while samples of that are in it.

On each day of service and the day after, all day; on the second day after, until the last samples
have had their 48 hours. Where no calendar of the canteen is known, always.
"""

from functools import lru_cache
from typing import NamedTuple

from ledger import timestamp
from ledger.oversight import civil
from ledger.oversight.completeness import rules, serving_days
from ledger.oversight.completeness.obligation import later
from ledger.oversight.family import Context


class Window(NamedTuple):
    """The time of one day in which a cabinet has to be read, ms since the epoch.

    Attributes:
        begin: of it.
        end: of it.
        fresh: whether it did not have to be read just before: it is switched on some time that day.
        last: whether it does not have to be read just after.
    """

    begin: int
    end: int
    fresh: bool = False
    last: bool = False


@lru_cache(maxsize=256)
def all_day(day: str, zone: str) -> Window:
    """The whole of a day."""
    begin, end = civil.begin_of(day, zone), civil.end_of(day, zone)
    return Window(timestamp.parse(begin), timestamp.parse(end))


def window(canteen: str, day: str, context: Context) -> Window | None:
    """That of a day; None where it need not be read at all."""

    def serves(days: int) -> bool | None:
        return serving_days.serves(canteen, civil.days_later(day, days), context)

    whole, today = all_day(day, context.zone), serves(0)
    if today is None or serves(-1):
        return whole
    if today:
        return whole._replace(fresh=not (serves(-2) or serves(-3)))
    if serves(-2):
        until_s = rules.whole(context, "temperature_last_day_s")
        end = timestamp.parse(later(civil.begin_of(day, context.zone), until_s))
        return whole._replace(end=end, last=not serves(1))
    return None

"""When a cabinet has to be read: while its canteen serves, and while samples of that are in it.

On each day of service and the day after, all day; on the second day after, until the last samples
have had their 48 hours. Where no calendar of the canteen is known, always.
"""

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


def window(canteen: str, day: str, context: Context) -> Window | None:
    """That of a day; None where it need not be read at all."""
    times = civil.begin_of(day, context.zone), civil.end_of(day, context.zone)
    begin, end = timestamp.parse(times[0]), timestamp.parse(times[1])
    served = [
        serving_days.serves(canteen, civil.days_later(day, days), context) for days in range(-3, 2)
    ]
    if None in served:
        return Window(begin, end)
    three_before, two_before, before, today, after = served
    fresh = not (before or two_before or three_before)
    if today or before:
        return Window(begin, end, fresh=fresh)
    if two_before:
        until_s = rules.whole(context, "temperature_last_day_s")
        end = timestamp.parse(later(times[0], until_s))
        return Window(begin, end, last=not after)
    return None

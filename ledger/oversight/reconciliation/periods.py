"""Periods (核算期间): months that begin on a day which the policy says, and when a record counts."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.seen import Seen

HOUR_S: Final = 3_600
OFFLINE_DAYS: Final = 60
"""A record kept offline longer than this counts when it was logged."""


def time_of(seen: Seen) -> str:
    """When what a record says was: its claim, unless that cannot be."""
    return civil.credible(seen.occurred_at, seen.logged_at, OFFLINE_DAYS)


def period_of(day: str, rules: Mapping[str, Any]) -> tuple[str, str]:
    """First and last civil day of the period that a day lies in."""
    return _period(day, rules["period_first_day"])


def after(day: str, days: int, zone: str) -> str:
    """The moment at which so many days after a civil day are over."""
    return civil.end_of(civil.days_later(day, days), zone)


@lru_cache(maxsize=4096)
def _period(day: str, first_day: int) -> tuple[str, str]:
    first, last = civil.period_of(day, "month")
    first_day = min(max(first_day, 1), 28)
    if first_day == 1:
        return first, last
    if int(day[8:10]) < first_day:
        first = civil.period_of(civil.days_later(first, -1), "month")[0]
    begin = civil.days_later(first, first_day - 1)
    following = civil.period_of(civil.days_later(first, 32), "month")[0]
    return begin, max(begin, civil.days_later(following, first_day - 2))

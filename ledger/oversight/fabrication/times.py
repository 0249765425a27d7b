"""Times of records for the detectors: milliseconds, how late something was logged, when to look again.

`occurred_at` and what stands in a payload are claims; `logged_at` is the log's own. Most records are
logged within the hour that they claim: that is seen without parsing a time. Civil days are those of
`ledger.oversight.civil`.
"""

from typing import Final

from ledger import timestamp
from ledger.oversight import civil
from ledger.oversight.seen import Seen

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
_LONGEST_S: Final = 40 * civil.DAY_S


def ms(text: str) -> int:
    """Milliseconds since 1970 of a time in normal form."""
    return timestamp.parse(text)


def lag_ms(seen: Seen) -> int:
    """How much later than it says it occurred a record was logged; negative: it lies in the future."""
    occurred, logged = seen.occurred_at, seen.logged_at
    if occurred[:13] == logged[:13] and occurred <= logged:
        return 0  # within the same hour, in order: no rule asks how many minutes
    return ms(logged) - ms(occurred)


def before_s(early: str, late: str) -> int:
    """How many whole seconds a time lies before another; 0 where it does not."""
    return (ms(late) - ms(early)) // 1000 if early < late else 0


def after_day(day: str, zone: str, now: str, wait_s: int) -> str:
    """So long after a civil day's end, or after now where that is later.

    Days are claims: one that lies far ahead is waited for `_LONGEST_S` and no longer.
    """
    over = max(civil.end_of(day, zone), now)
    longest = civil.later(now, _LONGEST_S)
    return longest if over >= longest else civil.later(over, wait_s)

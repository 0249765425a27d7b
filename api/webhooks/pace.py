"""When something is sent again: longer and longer apart, never all at once, and not for ever.

    attempt n failed → due again after  uniform(½, 1) · min(cap, 5 s · 3ⁿ⁻¹)

One entry waits up to six hours, a whole receiver up to five minutes: what is new reaches one that is
back soon, and what it cannot take does not hold up the rest. A receiver that says when to come back
is believed, up to a day. Pure: chance is an argument.
"""

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

_DAY_MS: Final = 86_400_000
_STEPS: Final = 20
"""Beyond so many attempts the cap holds anyway."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is tried, in milliseconds.

    Attributes:
        first_ms: the longest wait after the first failure.
        entry_ms: the longest between two attempts of one entry.
        receiver_ms: the longest between two attempts at one receiver.
        robot_ms: between two messages of one robot: twenty a minute are taken.
        give_up_ms: an entry that waits since then is given up.
    """

    first_ms: int = 5_000
    entry_ms: int = 6 * 3_600_000
    receiver_ms: int = 300_000
    robot_ms: int = 3_200
    give_up_ms: int = 3 * _DAY_MS

    def wait_ms(self, failures: int, cap_ms: int, chance: float) -> int:
        """How long to wait after so many failures in a row.

        Args:
            failures: at least 1.
            cap_ms: at most.
            chance: drawn from [0, 1).
        """
        longest = min(cap_ms, self.first_ms * 3 ** min(failures - 1, _STEPS))
        return int(longest * (0.5 + chance / 2))


def retry_after_ms(value: str | None, now_ms: int) -> int:
    """What a `Retry-After` asks for (RFC 9110 §10.2.3), at most a day; 0 where it asks nothing."""
    if value is None:
        return 0
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]) * 1000, _DAY_MS)
    try:
        until_ms = int(parsedate_to_datetime(text).timestamp() * 1000)
    except (ValueError, TypeError, OverflowError):
        return 0
    return min(max(until_ms - now_ms, 0), _DAY_MS)

"""Dates as certificates print them (日期): 2024年03月12日, 2024-03-12, 2024.3.12, 长期.

Strict: a day that does not exist is none, and digits that run together are not taken apart.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

OPEN_ENDED: Final = "长期"
"""What stands in place of the last day of a licence without one."""

_WRITTEN: Final = re.compile(
    r"(?<![0-9])([12][0-9]{3})\s*[年.\-/]\s*([01]?[0-9])\s*[月.\-/]\s*([0-3]?[0-9])(?:\s*日|(?![0-9]))"
)
_OPEN: Final = re.compile(r"长\s*期|永\s*久|无固定期限")


def dates(text: str) -> Iterator[str]:
    """The days that stand in a text, as `2024-03-12`, in their order."""
    for year, month, day in _WRITTEN.findall(text):
        try:
            yield date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue


def last_day(text: str) -> str | None:
    """The last day that a text names, `长期` where it is open-ended, None where it names neither."""
    found = list(dates(text))
    if _OPEN.search(text):
        return OPEN_ENDED
    return found[-1] if found else None

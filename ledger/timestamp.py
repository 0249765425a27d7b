"""Times: UTC, RFC 3339, milliseconds and `Z`, one spelling per instant (FORMATS §1).

Inside, a time is an integer: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
"""

import re
from datetime import date
from functools import lru_cache

from ledger.errors import MalformedError

_NORMAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_FIRST_MS = (1 - _EPOCH_DAY) * 86_400_000
_LAST_MS = (date.max.toordinal() + 1 - _EPOCH_DAY) * 86_400_000 - 1


@lru_cache(maxsize=1024)
def parse(text: str) -> int:
    """Milliseconds since the epoch of a time in normal form `YYYY-MM-DDTHH:MM:SS.mmmZ`.

    The entries of one transaction share their time: it is looked at once.

    Raises:
        MalformedError: any other form, or a day or time of day that does not exist.
    """
    if not _NORMAL.fullmatch(text):
        raise MalformedError(f"not a time as YYYY-MM-DDTHH:MM:SS.mmmZ: {text!r:.60}")
    seconds = _seconds(text)
    return seconds * 1000 + int(text[20:23])


def format(ms: int) -> str:  # noqa: A001 - the other half of parse
    """The normal form of an instant in the years 1 to 9999.

    Raises:
        MalformedError: an instant outside these years.
    """
    if not _FIRST_MS <= ms <= _LAST_MS:
        raise MalformedError(f"a time outside the years 1 to 9999: {ms} ms")
    seconds, ms = divmod(ms, 1000)
    days, seconds = divmod(seconds, 86_400)
    day = date.fromordinal(days + _EPOCH_DAY).isoformat()
    minutes, seconds = divmod(seconds, 60)
    return f"{day}T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{ms:03}Z"


def normalise(text: str) -> str:
    """The normal form of an RFC 3339 time with any offset and up to nine decimals, cut to ms.

    Raises:
        MalformedError: no offset, more decimals, a leap second, or a time that does not exist.
    """
    if _NORMAL.fullmatch(text):
        _seconds(text)  # most are in normal form already, and need only exist
        return text
    match = _RFC3339.fullmatch(text)
    if not match:
        raise MalformedError(f"not an RFC 3339 time with an offset: {text!r:.60}")
    decimals, sign, hours, minutes = match.groups()
    offset_s = 0
    if sign:
        if int(hours) > 23 or int(minutes) > 59:
            raise MalformedError(f"no such offset: {text!r}")
        offset_s = int(hours) * 3600 + int(minutes) * 60
        if sign == "-":
            offset_s = -offset_s
    ms = int((decimals or "").ljust(3, "0")[:3])
    return format((_seconds(text) - offset_s) * 1000 + ms)


def _seconds(text: str) -> int:
    """Seconds since the epoch of `YYYY-MM-DDTHH:MM:SS…`, all digits known to be digits."""
    hour, minute, second = int(text[11:13]), int(text[14:16]), int(text[17:19])
    if hour > 23 or minute > 59 or second > 59:
        raise MalformedError(f"no such time of day: {text}")
    try:
        day = date(int(text[:4]), int(text[5:7]), int(text[8:10])).toordinal()
    except ValueError as error:
        raise MalformedError(f"no such day: {text}") from error
    return (day - _EPOCH_DAY) * 86_400 + hour * 3600 + minute * 60 + second

"""Times: UTC, RFC 3339, milliseconds and `Z`, one spelling per instant (FORMATS §1).

Inside, a time is an integer: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
"""


def parse(text: str) -> int:
    """Milliseconds since the epoch of a time in normal form `YYYY-MM-DDTHH:MM:SS.mmmZ`.

    Raises:
        MalformedError: any other form, or a day or time of day that does not exist.
    """
    raise NotImplementedError


def format(ms: int) -> str:  # noqa: A001 - the other half of parse
    """The normal form of an instant in the years 1 to 9999.

    Raises:
        MalformedError: an instant outside these years.
    """
    raise NotImplementedError


def normalise(text: str) -> str:
    """The normal form of an RFC 3339 time with any offset and up to nine decimals, cut to ms.

    Raises:
        MalformedError: no offset, more decimals, a leap second, or a time that does not exist.
    """
    raise NotImplementedError

"""Record ids: made by whoever posts, before the first attempt, so that every retry bears the same.

UUIDv7 (RFC 9562 §5.7) for what has no number of its own; UUIDv5 (RFC 9562 §5.5) of
`<submitter>/<document no>` for a system that knows its documents by number and may forget what it
has posted (API.md, Rules).
"""

import uuid
from typing import Final

from ledger.errors import MalformedError

NAMESPACE: Final = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""The URL namespace of RFC 9562 §6.6: fixed, since every client must get the same id."""


def uuid7(unix_ms: int, random: bytes) -> str:
    """A UUIDv7: 48 bits of time, then 74 of `random` (10 bytes; its other six bits go unused).

    Raises:
        MalformedError: a time before 1970 or past the 48 bits, or not 10 random bytes.
    """
    if not 0 <= unix_ms < 1 << 48:
        raise MalformedError(f"{unix_ms} ms since 1970 does not fit a UUIDv7")
    if len(random) != 10:
        raise MalformedError(f"{len(random)} random bytes where 10 belong")
    value = unix_ms << 80 | int.from_bytes(random)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def stable_id(submitter: str, document_no: str | int) -> str:
    """The id that a system with numbers of its own gets again each time it asks.

    Args:
        submitter: the party of the token, so that two systems with equal numbers do not meet.
        document_no: unique among all that this submitter posts: put the type into it
            (`weigh-in/4711`) where numbers of several kinds overlap.

    Raises:
        MalformedError: one of the two is empty, or the submitter holds a slash.
    """
    number = str(document_no)
    if not submitter or not number or "/" in submitter:
        raise MalformedError("a stable id needs a submitter without slash and a document number")
    return str(uuid.uuid5(NAMESPACE, f"{submitter}/{number}"))

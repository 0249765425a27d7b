"""What a client says: one record, before it has been sent.

`Evidence` is what the caller knows. Ids, times and subjects take their final form when it is made
ready (`outgoing.py`), so that a retry, in this process or the next, sends the same bytes.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from devices.client.keys import IssuerKey
from ledger.canonical import JsonInput
from ledger.statement import Link


@dataclass(frozen=True, slots=True)
class Blob:
    """A file the service holds.

    Attributes:
        sha256: 64 lower-case hex digits.
        size: bytes.
        media_type: as it will stand in the payload.
    """

    sha256: str
    size: int
    media_type: str


Content: TypeAlias = bytes | str | os.PathLike[str]
"""A file's bytes, or where it lies."""
BlobSource: TypeAlias = Content | tuple[Content, str] | Blob
"""A file, a file and its media type, or one that is uploaded already."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record to be posted.

    Attributes:
        type: record type, `weigh-in` for instance.
        payload: its fields, units in their names; integers, strings, booleans, lists, objects.
        occurred_at: when it happened: a datetime with a zone, or RFC 3339 text with an offset.
        blobs: by role: a file, (file, media type), an uploaded `Blob`, or a list of these.
        subjects: further order, delivery, lot, meal or dish subjects; most are derived.
        links: ties to other records.
        issuer: who says it; None: the party of the token.
        id: the record's id; None: a new UUIDv7.
        key: the issuer's key; None: the log alone vouches for the record (custodial).
        type_version: version of the type's rules.
    """

    type: str
    payload: Mapping[str, JsonInput]
    occurred_at: datetime | str
    blobs: Mapping[str, BlobSource | list[BlobSource]] = field(default_factory=dict)
    subjects: Sequence[str] = ()
    links: Sequence[Link] = ()
    issuer: str | None = None
    id: str | None = None
    key: IssuerKey | None = None
    type_version: int = 1

"""The client for programs that wait: one thread, one call at a time (`async_client.py` else)."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

import httpx

from devices.client.evidence import Blob, BlobSource, Content, Evidence, Link
from devices.client.keys import SigningKey
from devices.client.receipt import Receipt
from devices.client.trust import Trust
from ledger.canonical import JsonInput, JsonValue


class MealtraceClient:
    """A connection to one MealTrace service; to be closed, or used in a `with`.

    Args:
        url: the service's address, `https://meals.example`.
        token: its bearer token; None: only what is open to everybody.
        trust: whom to believe; default: whatever the service says at first contact.
        party: the token's party, where the caller knows it: needed to sign without naming an
            issuer, and then every receipt must name it as submitter.
        time_zone: the log's zone of civil dates.
        transport: another httpx transport, for a proxy or a Unix socket.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        trust: Trust | None = None,
        party: str | None = None,
        time_zone: str = "Asia/Shanghai",
        timeout_s: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        raise NotImplementedError

    def post(
        self,
        type: str,  # noqa: A002 - the record's own word
        payload: Mapping[str, JsonInput],
        *,
        occurred_at: datetime | str,
        blobs: Mapping[str, BlobSource | Sequence[BlobSource]] | None = None,
        subjects: Sequence[str] = (),
        links: Sequence[Link] = (),
        issuer: str | None = None,
        id: str | None = None,  # noqa: A002 - likewise
        key: SigningKey | None = None,
        type_version: int = 1,
    ) -> Receipt:
        """Post one record and return its receipt, checked; safe to call again with the same `id`.

        Raises:
            RefusedError: the evidence does not fit its type; nothing was sent.
            ProblemError: the service refused it.
            UnavailableError: the attempts are used up; it may be stored: post again, same id.
            VerificationError: the service's receipt is a lie.
        """
        raise NotImplementedError

    def upload(self, content: Content, media_type: str | None = None) -> Blob:
        """Store one file with the service, for records still to come."""
        raise NotImplementedError

    def download(self, sha256: str) -> bytes:
        """A file by its digest, which is checked."""
        raise NotImplementedError

    def bundle(self, id: str, *, disclose: Iterable[str] | None = None) -> bytes:  # noqa: A002
        """The proof bundle of a record; `verify` it, and hand it on."""
        raise NotImplementedError

    def search(self, **filters: str | int) -> Iterator[JsonValue]:
        """Records that match, page after page."""
        raise NotImplementedError

    def post_many(self, evidence: Iterable[Evidence], *, atomic: bool = False) -> Iterator[object]:
        """Post many records in few requests."""
        raise NotImplementedError(os.name)

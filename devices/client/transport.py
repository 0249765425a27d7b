"""What both shells share of httpx: the address, the headers, and which errors are a lost request.

Redirects are not followed: a token must not travel where the caller did not send it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import httpx

from devices.client.exchange import Answer, FileBody, Lost, Request
from ledger.errors import MalformedError, UnavailableError

_CHUNK: Final = 256 << 10


@dataclass(frozen=True, slots=True)
class Service:
    """Where the service is and how to speak to it.

    Attributes:
        url: its address without a slash at the end; a path before `/v1` is kept.
        token: bearer token, or None.
    """

    url: str
    token: str | None

    def __post_init__(self) -> None:
        """Raises MalformedError for an address or token that can be none."""
        try:
            url = httpx.URL(self.url)
        except httpx.InvalidURL as error:
            raise MalformedError(f"not a URL: {self.url!r}") from error
        if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
            raise MalformedError(f"not the address of a service: {self.url!r}")
        if self.token is not None and not (self.token.isascii() and self.token.isprintable()):
            raise MalformedError("a token is printable ASCII")
        object.__setattr__(self, "url", self.url.rstrip("/"))

    @property
    def headers(self) -> Mapping[str, str]:
        """What every request bears."""
        headers = {"User-Agent": f"mealtrace-client/{version('mealtrace')}"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers


def headers_of(request: Request) -> dict[str, str]:
    """The request's own headers; a file's length is told, or it would be sent in chunks."""
    headers = dict(request.headers)
    if isinstance(request.body, FileBody):
        headers["Content-Length"] = str(request.body.size)
    return headers


def read_file(body: FileBody) -> Iterator[bytes]:
    """The file while it is sent: as many bytes as were hashed and announced.

    Raises:
        MalformedError: it has more or fewer of them by now.
        UnavailableError: it cannot be read any more.
    """
    left = body.size
    try:
        with Path(body.path).open("rb") as file:
            while chunk := file.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    break
                yield chunk
    except OSError as error:
        raise UnavailableError(f"{body.path} cannot be read: {error.strerror}") from error
    if left:
        raise MalformedError(f"{body.path} changed while it was sent")


async def read_file_aside(body: FileBody) -> AsyncIterator[bytes]:
    """The same, without holding up the event loop."""
    chunks = read_file(body)
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        yield chunk


class Collector:
    """An answer while it comes in, no larger than its request allows."""

    def __init__(self, request: Request, response: httpx.Response) -> None:
        self._largest = request.largest_answer
        self._response = response
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, part: bytes) -> None:
        """One more piece of the body.

        Raises:
            MalformedError: it is too much by now.
        """
        self._size += len(part)
        if self._size > self._largest:
            raise MalformedError(f"the answer is larger than {self._largest} bytes")
        self._parts.append(part)

    def answer(self, *, complete: bool) -> Answer:
        """What came."""
        headers = {name.lower(): value for name, value in self._response.headers.items()}
        return Answer(self._response.status_code, headers, b"".join(self._parts), complete)


def lost(error: httpx.RequestError) -> Lost:
    """What an httpx error means.

    Raises:
        MalformedError: the fault is on this side, and sending again would not mend it.
    """
    if isinstance(error, (httpx.LocalProtocolError, httpx.UnsupportedProtocol)):
        raise MalformedError(f"the request cannot be sent: {error}") from error
    return Lost(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)

"""One blob from a request's body into the sealed store, a piece at a time."""

import asyncio
import re
from dataclasses import asdict, dataclass
from typing import Any, Final

from api.auth import Principal
from api.errors import malformed, too_large
from api.service import Service
from storage.uploads import UploadWriter

_PIECE: Final = 256 * 1024
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What the store holds now: SHA-256 in hex, bytes, media type."""

    sha256: str
    size: int
    media_type: str

    def to_json(self) -> dict[str, Any]:
        """The answer to an upload; the same whether or not such a blob was there before."""
        return asdict(self)


class BlobIntake:
    """Takes pieces on the event loop and writes them in threads; `finish` or `abort` ends it."""

    def __init__(self, service: Service, principal: Principal, media_type: str) -> None:
        """`media_type` is one that `clean_media_type` gave."""
        self._service = service
        self._principal = principal
        self._media_type = media_type
        self._waiting = bytearray()
        self._size = 0
        self._writer: UploadWriter | None = None

    async def write(self, data: bytes) -> None:
        """Add bytes.

        Raises:
            ProblemError: `too-large`.
            UnavailableError: the store does not take them.
        """
        self._size += len(data)
        limit = self._service.settings.blob_bytes
        if self._size > limit:
            raise too_large("the blob", "文件", limit)
        self._waiting += data
        if len(self._waiting) >= _PIECE:
            await self._flush()

    async def digest(self) -> bytes:
        """SHA-256 of what came so far."""
        await self._flush()
        assert self._writer is not None
        return self._writer.digest()

    async def finish(self) -> Uploaded:
        """Make it durable and known.

        Raises:
            UnavailableError: no record can name it.
        """
        await self._flush()
        assert self._writer is not None
        sha256 = await asyncio.to_thread(self._writer.finish)
        self._service.metrics.blob_bytes["in"] += self._size
        self._service.blob_facts.remember(
            self._principal.party, sha256, (self._media_type, self._size)
        )
        return Uploaded(sha256, self._size, self._media_type)

    async def abort(self) -> None:
        """Forget what came."""
        if self._writer is not None:
            await asyncio.to_thread(self._writer.abort)

    async def _flush(self) -> None:
        piece = bytes(self._waiting)
        self._waiting.clear()
        if self._writer is None:
            self._writer = await asyncio.to_thread(
                self._service.store.uploads.begin, self._principal.party, self._media_type
            )
        if piece:
            await asyncio.to_thread(self._writer.write, piece)


def clean_media_type(value: str | None) -> str:
    """A media type in lower case without parameters.

    Raises:
        ProblemError: `malformed`, there is none or it is none.
    """
    found = (value or "").partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(found):
        raise malformed(
            "a blob needs a Content-Type, image/jpeg for instance",
            "文件必须给出 Content-Type，例如 image/jpeg",
        )
    return found

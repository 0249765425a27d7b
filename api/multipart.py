"""multipart/form-data as it streams in (RFC 7578), nothing of it kept on disk.

A photo goes from the socket into the sealed store; a plain copy in a temporary folder would outlive
its erasure.
"""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from api.errors import malformed

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_PARTS: Final = 64
"""Parts of one body: a record names at most 32 blobs (FORMATS §1)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part begins: its form name, its file name if it has one, its media type or None."""

    name: str
    filename: str | None
    media_type: str | None


class PartEnd(Enum):
    """A part is over."""

    END = "end"


Event = Part | bytes | PartEnd


async def events(content_type: bytes | None, chunks: AsyncIterator[bytes]) -> AsyncIterator[Event]:
    """A `Part`, its bytes in pieces, `PartEnd.END`, and so on to the closing boundary.

    Raises:
        ProblemError: `malformed`: no boundary, a part without a name, too many parts, a body that
            ends before its closing boundary; and whatever `chunks` raises.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise malformed(
            "the Content-Type must be multipart/form-data with a boundary",
            "Content-Type 必须是带 boundary 的 multipart/form-data",
        )
    reader = _Reader()
    try:
        parser = MultipartParser(boundary, reader.callbacks(), max_header_count=16)
        async for chunk in chunks:
            parser.write(chunk)
            while reader.events:
                yield reader.events.popleft()
        parser.finalize()
    except FormParserError as error:
        raise malformed(
            f"the multipart body is broken: {error}", "multipart 请求体不合规"
        ) from error
    if not reader.ended:
        raise malformed(
            "the multipart body ends before its closing boundary", "multipart 请求体不完整"
        )


class _Reader:
    """The parser's callbacks, collecting events."""

    def __init__(self) -> None:
        self.events: deque[Event] = deque()
        self.ended = False
        self._parts = 0
        self._headers: dict[bytes, bytes] = {}
        self._field = b""
        self._value = b""

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._on_part_begin,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_end": self._on_end,
        }

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise malformed(f"more than {MAX_PARTS} parts", f"超过 {MAX_PARTS} 个部分")
        self._headers = {}

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _on_headers_finished(self) -> None:
        disposition, options = parse_options_header(self._headers.get(b"content-disposition"))
        name = options.get(b"name")
        if disposition != b"form-data" or not name:
            raise malformed("a part of the body has no name", "multipart 中有未命名的部分")
        filename = options.get(b"filename")
        kind = self._headers.get(b"content-type")
        self.events.append(
            Part(
                name.decode("utf-8", "replace"),
                None if filename is None else filename.decode("utf-8", "replace"),
                None if kind is None else kind.decode("latin-1").strip().lower(),
            )
        )

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.events.append(data[start:end])

    def _on_part_end(self) -> None:
        self.events.append(PartEnd.END)

    def _on_end(self) -> None:
        self.ended = True

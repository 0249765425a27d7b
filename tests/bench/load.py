"""A load generator light enough to share two cores with the server it measures.

Prebuilt HTTP/1.1 requests over kept-alive loopback connections; answers are read by their
`Content-Length`. The same generator drives the service and the bare endpoint beside it.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

STORED = frozenset({200, 201})
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Run:
    """What one run gave; latencies in seconds. Status 0 is a connection that broke."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies_s: list[float] = field(default_factory=list)
    seconds: float = 0.0
    answer_bytes: int = 0
    problem: str = ""

    @property
    def stored(self) -> int:
        return sum(self.statuses[status] for status in STORED)

    @property
    def errors(self) -> int:
        return self.statuses.total() - self.stored

    @property
    def per_s(self) -> float:
        return self.stored / self.seconds

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies_s)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def request(path: str, body: bytes, headers: dict[str, str], *, port: int) -> bytes:
    """The bytes of one POST."""
    lines = [f"POST {path} HTTP/1.1", f"host: 127.0.0.1:{port}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def connect(port: int) -> Streams:
    """A connection to keep alive."""
    return await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)


async def exchange(streams: Streams, raw: bytes) -> tuple[int, bytes]:
    """Send one request and wait: status and body of its answer."""
    reader, writer = streams
    writer.write(raw)
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if length is None:
        raise RuntimeError(f"an answer without Content-Length: {head!r}")
    return int(head[9:12]), await reader.readexactly(int(length[1]))


async def drive(port: int, requests: Iterator[bytes], *, clients: int) -> Run:
    """Send all of `requests`, each client one at a time, and wait for every answer."""
    run, began = Run(), time.perf_counter()
    await asyncio.gather(*(_client(port, requests, run) for _ in range(clients)))
    run.seconds = time.perf_counter() - began
    return run


async def _client(port: int, requests: Iterator[bytes], run: Run) -> None:
    streams = await connect(port)
    try:
        for raw in requests:
            sent = time.perf_counter()
            status, body = await exchange(streams, raw)
            run.latencies_s.append(time.perf_counter() - sent)
            run.statuses[status] += 1
            run.answer_bytes = len(body)
    finally:
        streams[1].close()

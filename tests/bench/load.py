"""A load generator light enough to share two cores with the server it measures.

Prebuilt HTTP/1.1 requests over kept-alive loopback connections; answers are read by their
`Content-Length`. The same generator drives the service and the bare endpoint beside it.
"""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Outcome:
    """What one run gave; latencies in seconds, one per answered request."""

    seconds: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    answer_bytes: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies_s) / self.seconds

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies_s)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def request(path: str, body: bytes, headers: dict[str, str], *, port: int) -> bytes:
    """The bytes of one POST."""
    lines = [f"POST {path} HTTP/1.1", f"host: 127.0.0.1:{port}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def drive(port: int, requests: Iterator[bytes], *, clients: int) -> Outcome:
    """Send all of `requests`, each client one at a time, and wait for every answer."""
    outcome = Outcome()
    started = time.perf_counter()
    await asyncio.gather(*(_client(port, requests, outcome) for _ in range(clients)))
    outcome.seconds = time.perf_counter() - started
    return outcome


async def _client(port: int, requests: Iterator[bytes], outcome: Outcome) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        for raw in requests:
            sent = time.perf_counter()
            writer.write(raw)
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if length is None:
                raise RuntimeError(f"an answer without Content-Length: {head!r}")
            body = await reader.readexactly(int(length[1]))
            outcome.latencies_s.append(time.perf_counter() - sent)
            status = int(head[9:12])
            outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
            outcome.answer_bytes = len(body)
    finally:
        writer.close()

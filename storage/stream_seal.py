"""Blobs sealed as a stream (FORMATS §4): ranges can be read, and nothing can be cut or reordered.

    object = 7 random bytes ‖ chunk 0 ‖ chunk 1 ‖ …
    chunk  = AES-256-GCM of 64 KiB of plaintext (the last one may be shorter, or empty), 16 bytes more
    nonce  = the 7 bytes ‖ u32 chunk number ‖ 01 for the last chunk, else 00

The upload's id is the associated data. Each upload has a data key of its own.
"""

import os
from collections.abc import Callable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import VerificationError

CHUNK: Final = 65_536
TAG: Final = 16
PREFIX: Final = 7

ReadRange = Callable[[int, int], Iterator[bytes]]
"""`(start, end)` of the object → its bytes in pieces of any length."""


class StreamSealer:
    """Turns plaintext written in pieces into the object's bytes."""

    def __init__(self, data_key: bytes, upload_id: str) -> None:
        """A new random prefix is drawn; one sealer seals one object."""
        self._cipher = AESGCM(data_key)
        self._about = upload_id.encode()
        self._prefix = os.urandom(PREFIX)
        self._number = 0
        self._rest = bytearray()
        self._started = False

    def update(self, data: bytes) -> bytes:
        """The bytes of the object that are ready after `data`."""
        out = bytearray()
        if not self._started:
            out += self._prefix
            self._started = True
        self._rest += data
        # The last chunk is known only at the end: one full chunk always stays behind.
        while len(self._rest) > CHUNK:
            out += self._seal(bytes(self._rest[:CHUNK]), last=False)
            del self._rest[:CHUNK]
        return bytes(out)

    def finish(self) -> bytes:
        """The object's remaining bytes."""
        return self.update(b"") + self._seal(bytes(self._rest), last=True)

    def _seal(self, plain: bytes, *, last: bool) -> bytes:
        sealed = self._cipher.encrypt(_nonce(self._prefix, self._number, last), plain, self._about)
        self._number += 1
        return sealed


def sealed_size(size: int) -> int:
    """Bytes of the object whose plaintext has `size`."""
    return PREFIX + size + TAG * _chunks(size)


def open_range(
    data_key: bytes, upload_id: str, size: int, read: ReadRange, start: int, end: int
) -> Iterator[bytes]:
    """Plaintext bytes [start, end) of an object whose plaintext has `size`; 0 <= start <= end <= size.

    Raises:
        VerificationError: the object was altered, cut or exchanged; the message names the chunk.
    """
    if start == end and size:
        return  # of an empty blob, the one chunk is still checked
    cipher, about, count = AESGCM(data_key), upload_id.encode(), _chunks(size)
    prefix = b"".join(read(0, PREFIX))
    if len(prefix) != PREFIX:
        raise VerificationError(f"blob {upload_id} is shorter than its head")
    first, last = start // CHUNK, max(0, (end - 1) // CHUNK)
    begin = PREFIX + first * (CHUNK + TAG)
    finish = min(PREFIX + (last + 1) * (CHUNK + TAG), sealed_size(size))
    pieces = _regroup(read(begin, finish))
    for number in range(first, last + 1):
        sealed = next(pieces, b"")
        try:
            plain = cipher.decrypt(_nonce(prefix, number, number == count - 1), sealed, about)
        except (InvalidTag, ValueError) as error:
            raise VerificationError(
                f"chunk {number} of blob {upload_id} (bytes {number * CHUNK} to "
                f"{min(size, (number + 1) * CHUNK)}) was altered or is missing"
            ) from error
        low = max(start - number * CHUNK, 0)
        high = min(end - number * CHUNK, CHUNK)
        if high > low:
            yield plain[low:high]


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK))


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def _regroup(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in sealed chunks."""
    rest = bytearray()
    for piece in pieces:
        rest += piece
        while len(rest) >= CHUNK + TAG:
            yield bytes(rest[: CHUNK + TAG])
            del rest[: CHUNK + TAG]
    if rest:
        yield bytes(rest)

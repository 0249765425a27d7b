from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import VerificationError
from storage.stream_seal import (
    CHUNK,
    PREFIX,
    TAG,
    ReadRange,
    StreamSealer,
    open_range,
    sealed_size,
)

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
ID = "6f1c1f0e-0000-4000-8000-000000000001"

around_chunk_bounds = st.builds(
    lambda chunks, offset: max(0, chunks * CHUNK + offset),
    st.integers(0, 3),
    st.integers(-2, 2) | st.integers(-CHUNK, CHUNK),
)


def plaintext(size: int) -> bytes:
    return (b"%06x" * (size // 6 + 1) % tuple(range(size // 6 + 1)))[:size]


def seal(plain: bytes, *cuts: int, key: bytes = KEY, name: str = ID) -> bytes:
    """The object of `plain`, written in pieces that end at `cuts`."""
    sealer = StreamSealer(key, name)
    ends = [*sorted(cut for cut in cuts if cut <= len(plain)), len(plain)]
    begins = [0, *ends[:-1]]
    pieces = [sealer.update(plain[a:b]) for a, b in zip(begins, ends, strict=True)]
    return b"".join(pieces) + sealer.finish()


def reader(stored: bytes, piece: int = 10_000) -> ReadRange:
    def read(start: int, end: int) -> Iterator[bytes]:
        part = stored[start:end]
        return (part[at : at + piece] for at in range(0, len(part), piece))

    return read


def opened(
    stored: bytes, size: int, start: int = 0, end: int | None = None, *, key: bytes = KEY
) -> bytes:
    stop = size if end is None else end
    return b"".join(open_range(key, ID, size, reader(stored), start, stop))


@given(around_chunk_bounds, st.lists(around_chunk_bounds, max_size=3), st.data())
def test_any_range_of_any_size_comes_out_as_it_went_in(
    size: int, cuts: list[int], data: st.DataObject
) -> None:
    plain = plaintext(size)
    stored = seal(plain, *cuts)
    near = st.integers(0, size) | around_chunk_bounds.filter(lambda at: at <= size)
    start, end = sorted((data.draw(near), data.draw(near)))

    assert len(stored) == sealed_size(size)
    assert opened(stored, size) == plain
    assert opened(stored, size, start, end) == plain[start:end]


def test_an_object_is_sealed_as_the_format_says() -> None:
    """FORMATS §4, read with nothing but the cipher."""
    plain = plaintext(2 * CHUNK + 5)
    stored = seal(plain)
    prefix, body, cipher = stored[:7], stored[7:], AESGCM(KEY)
    opened_by_hand = b""
    for number, flag in ((0, 0), (1, 0), (2, 1)):
        chunk = body[number * 65_552 : (number + 1) * 65_552]
        nonce = prefix + number.to_bytes(4, "big") + bytes([flag])
        opened_by_hand += cipher.decrypt(nonce, chunk, ID.encode())

    assert opened_by_hand == plain


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_a_range_of_nothing_holds_nothing_wherever_it_begins(size: int) -> None:
    stored = seal(plaintext(size))
    for at in {0, size // 2, min(size, CHUNK), size}:
        assert opened(stored, size, at, at) == b""


@given(st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 7]), st.data())
def test_every_altered_byte_is_caught(size: int, data: st.DataObject) -> None:
    stored = bytearray(seal(plaintext(size)))
    at = data.draw(st.integers(0, len(stored) - 1))
    stored[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(VerificationError):
        opened(bytes(stored), size)


@given(st.sampled_from([0, 1, CHUNK, CHUNK + 1, 3 * CHUNK]), st.data())
def test_an_object_cut_anywhere_is_caught(size: int, data: st.DataObject) -> None:
    stored = seal(plaintext(size))
    length = data.draw(st.integers(0, len(stored) - 1))

    with pytest.raises(VerificationError):
        opened(stored[:length], size)


def test_an_object_cut_at_a_chunk_is_caught_though_its_size_is_forged_too() -> None:
    stored = seal(plaintext(3 * CHUNK))

    with pytest.raises(VerificationError, match="chunk 1"):
        opened(stored[: PREFIX + 2 * (CHUNK + TAG)], 2 * CHUNK)


def test_chunks_in_another_order_are_caught() -> None:
    stored = seal(plaintext(4 * CHUNK))
    chunks = [stored[at : at + CHUNK + TAG] for at in range(PREFIX, len(stored), CHUNK + TAG)]
    for first in range(4):
        for second in range(first):
            swapped = list(chunks)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            with pytest.raises(VerificationError):
                opened(stored[:PREFIX] + b"".join(swapped), 4 * CHUNK)


def test_a_chunk_of_another_object_under_the_same_key_is_caught() -> None:
    one, two = seal(plaintext(3 * CHUNK)), seal(plaintext(3 * CHUNK))
    edge = PREFIX + CHUNK + TAG

    with pytest.raises(VerificationError, match="chunk 1"):
        opened(one[:edge] + two[edge:], 3 * CHUNK)


def test_an_object_under_another_uploads_name_or_key_does_not_open() -> None:
    with pytest.raises(VerificationError):
        opened(seal(b"abc", name=ID.replace("6", "7")), 3)
    with pytest.raises(VerificationError):
        opened(seal(b"abc"), 3, key=OTHER_KEY)


def test_a_range_reads_no_other_chunks_than_its_own() -> None:
    size = 5 * CHUNK
    stored = seal(plaintext(size))
    asked: list[tuple[int, int]] = []

    def read(start: int, end: int) -> Iterator[bytes]:
        asked.append((start, end))
        return iter([stored[start:end]])

    assert b"".join(open_range(KEY, ID, size, read, 2 * CHUNK, 3 * CHUNK))
    step = CHUNK + TAG
    assert asked == [(0, PREFIX), (PREFIX + 2 * step, PREFIX + 3 * step)]

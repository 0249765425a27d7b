"""Whatever the reads, whatever stands between frames: the same frames come out, and nothing else."""

import itertools
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.scales.families import FAMILIES
from devices.scales.frame import Frame
from devices.scales.parser import Scanner

NAMES: Final = sorted(FAMILIES)
families = st.sampled_from(NAMES)
shown = st.builds(
    Frame,
    raw=st.just(b""),
    value=st.integers(-9_999, 99_999),
    decimals=st.integers(0, 3),
    unit=st.just("kg"),
    kind=st.sampled_from(["gross", "net"]),
    stable=st.booleans(),
    tare=st.integers(0, 999),
    step=st.just(1),
    overload=st.just(False),
    underload=st.just(False),
)
# No byte of it begins a frame of any family, and none is a digit, sign, point or blank.
NOISE: Final = bytes(set(range(0x80, 0x100)) | {0, 1, 7, 0x7E, 0x5F})
noise = st.lists(st.sampled_from(list(NOISE)), max_size=40).map(bytes)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[begin:end] for begin, end in itertools.pairwise(edges)]


@settings(max_examples=150, deadline=None)
@given(families, st.lists(shown, max_size=8), st.lists(st.integers(0, 10_000), max_size=12))
def test_where_reads_end_does_not_matter(
    name: str, weights: list[Frame], places: list[int]
) -> None:
    scale = FAMILIES[name]()
    frames = [scale.encode(weight) for weight in weights]
    parser = FAMILIES[name]()

    found = [frame for piece in cut(b"".join(frames), places) for frame in parser.feed(piece)]

    assert [frame.raw for frame in found] == frames
    assert (parser.failed_frames, parser.dropped_bytes) == (0, 0)


@settings(max_examples=150, deadline=None)
@given(families, st.binary(max_size=400), st.lists(st.integers(0, 10_000), max_size=12))
def test_anything_at_all_reads_alike_in_one_piece_and_in_many(
    name: str, data: bytes, places: list[int]
) -> None:
    whole, parts = FAMILIES[name](), FAMILIES[name]()

    found = whole.feed(data)

    assert [f for piece in cut(data, places) for f in parts.feed(piece)] == found
    assert parts.failed_frames == whole.failed_frames
    assert parts.dropped_bytes + len(parts._rest) == whole.dropped_bytes + len(whole._rest)


@settings(max_examples=150, deadline=None)
@given(families, st.lists(st.tuples(noise, shown), max_size=6), noise)
def test_noise_around_frames_costs_none_of_them(
    name: str, story: list[tuple[bytes, Frame]], end: bytes
) -> None:
    scale, parser = FAMILIES[name](), FAMILIES[name]()
    # A line without header can only begin where one begins.
    between = b"\n" if scale.BEFORE else b""
    frames = [scale.encode(weight) for _, weight in story]
    data = b"".join(dirt + between + frame for (dirt, _), frame in zip(story, frames, strict=True))

    assert [frame.raw for frame in parser.feed(data + end)] == frames


@pytest.mark.parametrize("name", NAMES)
def test_the_frame_after_half_a_frame_is_found(name: str) -> None:
    scale = FAMILIES[name]()
    raw = scale.encode(Frame(b"", 12_485, 3, "kg", "gross", True, 0))
    half = raw[: len(raw) // 2]

    found = FAMILIES[name]().feed(half + b"\n" * bool(scale.BEFORE) + raw)

    assert [frame.raw for frame in found] == [raw]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_between_reads_is_shorter_than_a_frame(name: str) -> None:
    parser = FAMILIES[name]()
    for _ in range(50):
        parser.feed(b"\x02=WSw0." * 300)

        assert len(parser._rest) <= parser.LONGEST


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_line_joins_no_halves(name: str) -> None:
    parser: Scanner = FAMILIES[name]()
    raw = parser.encode(Frame(b"", 12_485, 3, "kg", "gross", True, 0))

    parser.feed(raw[:7])
    parser.reset()

    assert parser.feed(raw[7:]) == []
    assert parser.dropped_bytes == 7


def test_all_that_was_dropped_is_counted() -> None:
    parser = FAMILIES["yaohua-continuous"]()

    parser.feed(b"xyz\x02+012485313\x03\x02+012485312\x03")

    assert (parser.failed_frames, parser.dropped_bytes) == (1, 15)


def test_a_lost_checksum_costs_one_frame_and_not_the_next() -> None:
    scale = FAMILIES["toledo-continuous-checked"]()
    raw = scale.encode(Frame(b"", 12_485, 3, "kg", "gross", True, 0))

    # The next frame's first byte stands where the check should be.
    assert [frame.raw for frame in scale.feed(raw[:-1] + raw)] == [raw]
    assert (scale.failed_frames, scale.dropped_bytes) == (1, 17)


def test_a_true_frame_within_a_false_one_is_found() -> None:
    scale = FAMILIES["toledo-continuous-checked"]()
    raw = scale.encode(Frame(b"", 12_485, 3, "kg", "gross", True, 0))

    # Another 02 before it makes a candidate one byte too early.
    assert [frame.raw for frame in scale.feed(b"\x02" + raw)] == [raw]

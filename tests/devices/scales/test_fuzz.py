"""Millions of bytes that are no frames: nothing breaks, and no weight is false."""

import random

import pytest

from devices.scales.families import FAMILIES
from tests.bench.scales import fuzz

SIZE = 150_000


@pytest.mark.parametrize("family", FAMILIES)
def test_random_and_damaged_bytes_make_no_false_weight(family: str) -> None:
    tally = fuzz(FAMILIES[family], SIZE, seed=20_261)

    assert tally.size >= SIZE
    assert tally.false == []
    assert tally.weighed >= tally.loads * 9 // 10


@pytest.mark.parametrize("family", FAMILIES)
def test_a_line_that_damages_every_other_frame_makes_no_false_weight(family: str) -> None:
    tally = fuzz(FAMILIES[family], SIZE, seed=7, damaged_of=2)

    assert tally.false == []
    assert tally.weighed >= tally.loads // 2


@pytest.mark.parametrize("family", [name for name, found in FAMILIES.items() if found.checked])
def test_a_check_lets_nothing_pass_but_what_it_cannot_see(family: str) -> None:
    tally = fuzz(FAMILIES[family], SIZE, seed=3)

    blind = {"swap", "two-bits"}
    passed = sum(count for way, count in tally.passed.items() if way not in blind)
    seen = sum(count for way, count in tally.damaged.items() if way not in blind)
    assert passed * 100 < seen
    assert sum(tally.passed[way] for way in blind) > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_bytes_of_chance_are_no_frames(family: str) -> None:
    parser, chance = FAMILIES[family](), random.Random(1)

    found = [frame for _ in range(200) for frame in parser.feed(chance.randbytes(1_000))]

    assert len(found) <= (1 if not parser.checked else 0)

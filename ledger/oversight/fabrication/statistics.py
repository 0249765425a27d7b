"""Statistics in whole numbers: the same on every machine, and to be redone with pencil and paper.

Scores run from 0 to 1,000,000 (`ppm`). Where a measured quantity is held against an allowed one, the
score is measured / (measured + allowed): half of the scale is reached exactly at what is allowed.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from math import isqrt
from operator import mul
from typing import Final

WHOLE: Final = 1_000_000
HALF: Final = 500_000
NO_VARIANCE: Final = 10**9
"""Stands for a ratio over a variance of nothing."""


def above(measured: int, allowed: int) -> int:
    """Score of a quantity that should not exceed another; at least HALF from there on."""
    return measured * WHOLE // (measured + allowed) if measured + allowed else HALF


def below(measured: int, allowed: int) -> int:
    """Score of a quantity that should exceed another; at least HALF up to there."""
    return above(allowed, measured)


def share_ppm(part: int, whole: int) -> int:
    """A part of a whole; 0 of nothing."""
    return part * WHOLE // whole if whole else 0


def deviation(values: Sequence[int]) -> int:
    """Sample standard deviation, rounded down; 0 of a single value."""
    if len(values) < 2:
        return 0
    return isqrt(_squares(values) // (len(values) * (len(values) - 1)))


def studentised_range_milli(values: Sequence[int], step: int) -> int:
    """Range over standard deviation, in thousandths.

    The most powerful statistic for telling a uniform distribution from a normal one whatever their
    place and scale (Uthoff 1970; tables by David, Hartley and Pearson 1954). A uniform one comes to
    √12 ≈ 3.46 or less at any size, a normal one to more the more values there are.

    Args:
        values: at least two, not all the same.
        step: of the lattice that they were rounded to. A rounded range of n steps stands for one of
            up to n + 1/2, and in less than six steps a uniform distribution fills n + 1.
    """
    spread = max(values) - min(values)
    spread += step if spread < 6 * step else step // 2
    size = len(values)
    return isqrt(10**6 * spread * spread * size * (size - 1) // _squares(values))


def range_milli(values: Sequence[int], squares: Sequence[int]) -> int:
    """`studentised_range_milli` of values that were not rounded, out of their squares; 0 of one value."""
    spread, size = max(values) - min(values), len(values)
    if not spread:
        return 0
    around = size * sum(squares) - sum(values) ** 2
    return isqrt(10**6 * spread * spread * size * (size - 1) // around)


def f_ratio_milli(values: Sequence[int], groups: Sequence[Hashable]) -> int | None:
    """Variance between groups over variance within them (one-way analysis), in thousandths.

    None where there is one group only, or each value is one of its own; as good as infinite where
    no value differs within its group.
    """
    size = len(values)
    middle = sum(values) // size
    sums: dict[Hashable, int] = {}
    counts: Counter[Hashable] = Counter(groups)
    for value, group in zip(values, groups, strict=True):
        sums[group] = sums.get(group, 0) + value - middle
    kinds = len(counts)
    if kinds < 2 or kinds == size:
        return None
    by_group = sum(1000 * sums[group] ** 2 // counts[group] for group in counts)
    between = by_group - 1000 * sum(sums.values()) ** 2 // size
    within = 1000 * sum((value - middle) ** 2 for value in values) - by_group
    if within <= 0:
        return NO_VARIANCE
    return 1000 * between * (size - kinds) // (within * (kinds - 1))


def f_limit_milli(kinds: int) -> int:
    """About the 98 % point of `f_ratio_milli` where groups make no difference and are many values.

    An F of k - 1 and many degrees of freedom has mean 1 and standard deviation √(2 / (k - 1)).
    """
    return 1000 + isqrt(2500 * 2500 * 2 // max(1, kinds - 1))


def most_common(values: Iterable[Hashable]) -> int:
    """How often the most frequent value stands there."""
    return max(Counter(values).values())


def chi_square_milli(digits: Iterable[int]) -> int:
    """Pearson's χ² of last digits 0-9 against all ten alike, in thousandths: 9 degrees of freedom."""
    counts = Counter(digits)
    size = sum(counts.values())
    return 1000 * 10 * sum(count * count for count in counts.values()) // size - 1000 * size


def _squares(values: Sequence[int]) -> int:
    """n·Σx² - (Σx)²: n(n - 1) times the sample variance, exactly."""
    base = values[0]
    moved = [value - base for value in values]
    squared: int = sum(map(mul, moved, moved))
    return len(moved) * squared - sum(moved) ** 2

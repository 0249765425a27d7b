"""Suspicions held against the truth.

A finding is *right* if there is a lie of a kind that its code stands for, in that school, and one of
the records it names is among those that lie; of silence, if it covers a day of it. It is *beside* if
it is not right, and names a record of some other lie: of what a liar changed something else was
seen. Every other finding is *false*. Precision is right ÷ (right + false).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt
from typing import Final

from tests.bench.lies.truth import Lie

_Z: Final = 1.959964
"""Of a two-sided interval of 95 %."""

SchoolDay = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Suspected:
    """One suspicion.

    Attributes:
        code: its `suspicion_kind`.
        schools: whose records it names.
        days: civil days from its first moment to its last.
        records: ids of the records it observes or cites.
        seen_on: school-days of the records that it observes.
    """

    code: str
    schools: frozenset[str]
    days: frozenset[str]
    records: frozenset[str]
    seen_on: frozenset[SchoolDay]


@dataclass(slots=True)
class Count:
    """What became of one kind: lies told, found, and noticed under any code; what findings were."""

    lies: int = 0
    found: int = 0
    noticed: int = 0
    right: int = 0
    beside: int = 0
    false: int = 0
    false_on_clean: int = 0

    def add(self, other: "Count") -> None:
        """What another one counted as well."""
        for name in Count.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def findings(self) -> int:
        """All of them."""
        return self.right + self.beside + self.false

    @property
    def precision(self) -> float | None:
        """Share of right ones among those that are right or false."""
        judged = self.right + self.false
        return self.right / judged if judged else None

    @property
    def recall(self) -> float | None:
        """Share of lies that were found."""
        return self.found / self.lies if self.lies else None


@dataclass(slots=True)
class Score:
    """All counts.

    Attributes:
        kinds: by kind of lie; codes that stand for none by themselves.
        ways: by kind and way, lies and found.
        lengths: by kind, way and number of days, lies and found.
        missed: the lies that were not found.
        false: the false findings, in order.
        clean_days: school-days without a lie.
        lying_days: the others.
    """

    kinds: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    ways: dict[tuple[str, str], Count] = field(default_factory=lambda: defaultdict(Count))
    lengths: dict[tuple[str, str, int], Count] = field(default_factory=lambda: defaultdict(Count))
    missed: list[Lie] = field(default_factory=list)
    false: list[Suspected] = field(default_factory=list)
    clean_days: int = 0
    lying_days: int = 0

    @property
    def total(self) -> Count:
        """Over all kinds."""
        whole = Count()
        for count in self.kinds.values():
            whole.add(count)
        return whole

    def per_1000(self, false: int) -> float:
        """So many false findings, per 1,000 clean school-days."""
        return 1000 * false / self.clean_days


def score(
    told: Sequence[Lie],
    suspected: Iterable[Suspected],
    school_days: Iterable[SchoolDay],
    codes: Mapping[str, frozenset[str]],
    by_day: frozenset[str],
) -> Score:
    """Hold suspicions against lies.

    Args:
        told: the lies.
        suspected: the suspicions.
        school_days: school and day, all that were served.
        codes: by kind of lie, the codes that stand for it.
        by_day: kinds of which a finding need only cover the day.
    """
    lying = {(school, day) for lie in told for school in lie.schools for day in lie.days}
    served = set(school_days)
    result = Score(clean_days=len(served - lying), lying_days=len(served & lying))
    for kind in codes:
        result.kinds[kind] = Count()
    usual = {code: kind for kind, known in reversed(list(codes.items())) for code in known}
    of_record: dict[str, list[int]] = defaultdict(list)
    for number, lie in enumerate(told):
        for record in lie.records:
            of_record[record].append(number)
    found: set[int] = set()
    noticed: set[int] = set()
    for one in suspected:
        touched = {number for record in one.records for number in of_record[record]}
        right = {number for number in touched if one.code in codes[told[number].kind]}
        right |= {
            number
            for number, lie in enumerate(told)
            if lie.kind in by_day
            and one.code in codes[lie.kind]
            and one.schools.intersection(lie.schools)
            and one.days.intersection(lie.days)
        }
        found |= right
        noticed |= right | touched
        count = result.kinds[told[min(right)].kind if right else usual.get(one.code, one.code)]
        if right:
            count.right += 1
        elif touched:
            count.beside += 1
        else:
            count.false += 1
            # Weekends and holidays are clean as well.
            count.false_on_clean += not (one.seen_on and one.seen_on <= lying)
            result.false.append(one)
    for number, lie in enumerate(told):
        for count in (
            result.kinds[lie.kind],
            result.ways[lie.kind, lie.way],
            result.lengths[lie.kind, lie.way, len(lie.days)],
        ):
            count.lies += 1
            count.found += number in found
            count.noticed += number in noticed
        if number not in found:
            result.missed.append(lie)
    return result


def together(scores: Iterable[Score]) -> Score:
    """Several scores of schools and ways that have nothing to do with one another, as one."""
    whole = Score()
    for one in scores:
        for kind, count in one.kinds.items():
            whole.kinds[kind].add(count)
        for way, count in one.ways.items():
            whole.ways[way].add(count)
        for length, count in one.lengths.items():
            whole.lengths[length].add(count)
        whole.missed += one.missed
        whole.false += one.false
        whole.clean_days += one.clean_days
        whole.lying_days += one.lying_days
    return whole


def wilson(found: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson."""
    if not of:
        return 0.0, 1.0
    share, z2 = found / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def days_of(first: str, last: str) -> frozenset[str]:
    """The civil days from one to another, both included."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return frozenset(
        str(begin + timedelta(days=number)) for number in range((end - begin).days + 1)
    )

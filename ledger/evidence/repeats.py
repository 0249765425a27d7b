"""Lists of which each item stands once: what stands twice could be meant either way."""

from collections.abc import Hashable, Iterator, Sequence

from ledger.errors import Fault
from ledger.evidence.model import breach


def each_once(at: Sequence[int | str], member: str, values: Sequence[Hashable]) -> Iterator[Fault]:
    """Refuse items of the list at `at` whose `member` (empty: they themselves) repeats an earlier.

    `values` are what the items hold there, in their order.
    """
    seen = set()
    for place, value in enumerate(values):
        if value in seen:
            name = member or str(at[-1])
            yield breach(
                [*at, place, *([member] if member else [])],
                "twice",
                f"{name}: this stands in the list already; put what belongs to it together",
                f"{name}：列表中已有相同项，请合并",
            )
        seen.add(value)

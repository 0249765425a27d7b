"""What a way of looking at a cabinet's temperatures is; `cabinets` tells each of them every batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ledger.oversight.family import Context
from ledger.oversight.seen import Ref, Seen


@dataclass(slots=True)  # not frozen: one is made for every batch
class Batch:
    """A batch of temperatures, gone through once for all who look at it.

    Attributes:
        seen: the record.
        ref: of it.
        values: the readings in mC that are not missing; one at least.
        lowest, highest: of them.
    """

    seen: Seen
    ref: Ref
    values: Sequence[int]
    lowest: int
    highest: int


class Series:
    """One way of looking at the batches of a cabinet; it says what it keeps of them.

    Attributes:
        name: under which it is kept.
        reads: payload fields that it reads.
        defaults: its members of the policy.
    """

    name: ClassVar[str]
    reads: ClassVar[frozenset[str]]
    defaults: ClassVar[Mapping[str, Any]] = {}

    def enter(self, batch: Batch, kept: Any, context: Context) -> Any:
        """What is kept after one more batch; `kept` is None at first, and is not changed in place."""
        raise NotImplementedError

    def leave(self, kept: Any, index: int) -> Any:
        """What is kept without the record at this index."""
        raise NotImplementedError

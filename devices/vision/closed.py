"""When the kitchen is closed (后厨关闭时段): in local time, over midnight as well."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from ledger.canonical import JsonInput
from ledger.errors import MalformedError

_SPAN: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
_OFFSET: Final = re.compile(r"([+-])(0[0-9]|1[0-4]):([0-5][0-9])")
_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Closed:
    """Hours of every day.

    Attributes:
        spans: minutes of the local day, from and until; one over midnight has the larger first.
        offset_min: minutes that local time is ahead of UTC; China has had no summer time since 1991.
        texts: as they were written.
    """

    spans: tuple[tuple[int, int], ...]
    offset_min: int
    texts: tuple[str, ...]

    @classmethod
    def parse(cls, texts: Sequence[str], offset: str = "+08:00") -> Self:
        """Read `20:30-05:00` and an offset.

        Raises:
            MalformedError: one of them is none, or a span is empty.
        """
        spans = []
        for text in texts:
            span = _SPAN.fullmatch(text) if isinstance(text, str) else None
            if span is None:
                raise MalformedError(f"{text!r:.40} is no span of hours, write 20:30-05:00")
            begin, end = (60 * int(span[at]) + int(span[at + 1]) for at in (1, 3))
            if begin == end:
                raise MalformedError(f"{text} is empty; all day is 00:00-12:00 and 12:00-00:00")
            spans.append((begin, end))
        shift = _OFFSET.fullmatch(offset)
        if shift is None:
            raise MalformedError(f"{offset!r:.20} is no offset, write +08:00")
        minutes = 60 * int(shift[2]) + int(shift[3])
        return cls(tuple(spans), minutes if shift[1] == "+" else -minutes, tuple(texts))

    def at(self, ms: int) -> bool:
        """Whether it is closed at that instant; the end of a span is open again."""
        minute = (ms // 60_000 + self.offset_min) % _DAY
        return any(
            begin <= minute < end if begin < end else minute >= begin or minute < end
            for begin, end in self.spans
        )

    def to_json(self) -> dict[str, JsonInput]:
        """As it stands in a detector's manifest."""
        return {"hours": list(self.texts), "offset_min": self.offset_min}

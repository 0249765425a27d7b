"""A running sum (累计) over documents, each of which may come to something else later, or to nothing.

In state {fen, count, last}: `last` {document: ref} of the NEWEST newest, which are cited, in the order
of the log.
"""

from typing import Any, Final

from ledger.oversight.reconciliation.ordered import Json, bounded
from ledger.oversight.seen import Ref

NEWEST: Final = 50
EMPTY: Final[Json] = {"fen": 0, "count": 0, "last": {}}


def counted(
    tally: Json, document: str, before: int | None, now: int | None, ref: Ref | None
) -> dict[str, Any]:
    """A sum in which a document counts otherwise than before.

    Args:
        tally: the sum so far.
        document: by which it is told from the others.
        before: what it counted with, in fen; None: it did not.
        now: what it counts with; None: no more.
        ref: its record.
    """
    last = {**tally["last"]}
    last.pop(document, None)
    if now is not None and ref is not None:
        newest = next(reversed(last.values()), ref)
        last[document] = ref
        if newest[0] > ref[0]:
            last = dict(sorted(last.items(), key=_index))
        if len(last) > NEWEST:
            del last[next(iter(last))]
    return {
        "fen": bounded(tally["fen"] - (before or 0) + (now or 0)),
        "count": tally["count"] + (now is not None) - (before is not None),
        "last": last,
    }


def _index(one: tuple[str, Ref]) -> int:
    index: int = one[1][0]
    return index

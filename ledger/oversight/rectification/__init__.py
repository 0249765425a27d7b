"""Rectification (整改闭环、电子工单、影像复核销号): what is wrong is put right, shown, and looked at.

    a cause  →  `opening`: a work order  →  the log  →  `loop`: answered, reviewed, closed, or late

The family reads its own work orders back from the log, as it reads those of a regulator: there is one
loop for both. `docs/oversight/rectification.md` says who may do what.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ledger.oversight import canteens
from ledger.oversight.family import Context
from ledger.oversight.rectification import causes, loop, opening, policy
from ledger.oversight.seen import Seen

_LOOP: Final[Mapping[str, Callable[[Seen, Context], None]]] = {
    "work-order": loop.opened,
    "rectification": loop.answered,
    "rectification-review": loop.reviewed,
}


class Rectification:
    """The family; `ledger.oversight.family.Family` says what each method is asked."""

    name: Final = policy.NAME
    reads: Final[Mapping[str, frozenset[str]]] = {**causes.READS, **loop.READS, **canteens.READS}
    defaults: Final[Mapping[str, Any]] = policy.DEFAULTS

    def keys(self, seen: Seen) -> Iterable[str]:
        """The work orders it names or casts doubt on, and where it belongs."""
        orders = [name for name in seen.subjects if name.startswith("work-order:")]
        answer = loop.doubted(seen) if seen.type == "suspicion" else None
        return [*orders, *([] if answer is None else [answer]), *canteens.keys(seen)]

    def tell(self, seen: Seen, context: Context) -> None:
        """A cause, a step of the loop, or who works where."""
        if seen.type in _LOOP:
            _LOOP[seen.type](seen, context)
        elif seen.type in canteens.READS:
            canteens.learn(seen, context)
        elif seen.type != "suspicion" or not loop.doubt(seen, context):
            opening.caused(seen, context)

    def due(self, key: str, context: Context) -> None:
        """A deadline of a work order, or midnight."""
        if key.startswith(canteens.FORGET):
            canteens.forget(key, context)
        elif key.startswith("day "):
            opening.midnight(key, context)
        elif key.startswith("opened "):
            context.put(key, None)
        else:
            loop.due(key, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """As if it had never been told, but for the work orders that were opened."""
        if seen.type in _LOOP:
            loop.take_back(seen, context)
        elif seen.type in canteens.READS:
            canteens.unlearn(seen, context)
        elif seen.type != "suspicion" or not loop.doubt(seen, context, counts=False):
            opening.take_back(seen, context)

"""A cabinet's temperatures (柜温): each batch is held against those before it, in several ways.

All of them look at the same readings, and what they keep of a cabinet changes with every batch: so
the readings are gone through once, and what is kept stands together.

Kept under `cabinet <cabinet>`: by the name of the way, what it keeps.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from ledger.oversight.fabrication.copied import Copied
from ledger.oversight.fabrication.detector import Detector
from ledger.oversight.fabrication.series import Batch, Series
from ledger.oversight.fabrication.smooth import Smooth
from ledger.oversight.fabrication.still import Still
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_WAYS: Final[Sequence[Series]] = (Still(), Smooth(), Copied())
_ENTER: Final = [(way.name, way.enter) for way in _WAYS]


class Cabinets(Detector):
    """Temperatures too uniform, in a cabinet."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "temperature-log": frozenset({"cabinet", "mC_readings"}).union(
            *(way.reads for way in _WAYS)
        )
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        member: value for way in _WAYS for member, value in way.defaults.items()
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The cabinet's."""
        return [f"cabinet {seen.subject('device')}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """One more batch; one whose readings are all missing shows nothing."""
        fields = seen.fields
        values = fields["mC_readings"]
        if None in values:
            values = [value for value in values if value is not None]
        if not values:
            return
        batch = Batch(seen, seen.ref, values, min(values), max(values))
        key = f"cabinet {fields['cabinet']}"
        kept = context.get(key) or {}
        after = {name: enter(batch, kept.get(name), context) for name, enter in _ENTER}
        context.put(key, after)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its readings are gone from the cabinet's series."""
        key = f"cabinet {seen.subject('device')}"
        kept = context.get(key)
        if kept is not None:
            left = {
                way.name: way.leave(kept[way.name], seen.index)
                for way in _WAYS
                if kept[way.name] is not None
            }
            context.put(key, left)

"""One look at a cabinet: what it says at a moment, whatever it speaks.

Looks are levels, not events: which slot holds what, whether the door is open. What was put in or
taken out follows from two looks, so nothing is lost with a message or while nobody looked.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlotLook:
    """What lies in one slot (留样格).

    Attributes:
        weight_g: grams on its scale, container included.
        label: text of the label that was read, "" for none.
    """

    weight_g: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a cabinet says.

    Attributes:
        temperature_mC: thousandths of a degree; None: its probe gives none.
        temperature_at_ms: when that was measured, by this machine's clock; None: just now.
        door_open: None where the cabinet does not say.
        slots: by name; None where it has no scales, or they were not asked.
        operator: what it calls the person who opened it last (staff number, card); "" for nobody.
        firmware: its version, "" where it does not say.
    """

    temperature_mC: int | None = None
    temperature_at_ms: int | None = None
    door_open: bool | None = None
    slots: Mapping[str, SlotLook] | None = None
    operator: str = ""
    firmware: str = ""

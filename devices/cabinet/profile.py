"""Register map of a cabinet that speaks Modbus: which holding registers (FC03) hold what.

There is no public standard. The defaults are our own profile (docs/devices/cabinet.md); whatever a
cabinet does otherwise is said in its table:

    register  0            temperature ×10, signed; 8000h: the probe gives none
              1            door: 0 closed, anything else open
              2-9          who opened it last, ASCII, two characters a register, NULs after the end
              10-17        firmware version, likewise
              100 + 40·n   slot n: weight in grams, unsigned
              101 + 40·n   slot n: label, 32 registers of ASCII

All of it is read as levels; nothing is written to the cabinet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from devices.cabinet.look import Look, SlotLook
from devices.gateway.table import Table
from ledger.errors import MalformedError

NO_TEMPERATURE: Final = 0x8000
MOST: Final = 125
"""Registers of one FC03 answer (Modbus Application Protocol V1.1b3 §6.3)."""
_LAST: Final = 65_535


@dataclass(frozen=True, slots=True)
class Profile:
    """A register map; addresses from 0, as they go over the wire. -1: there is none.

    Attributes:
        temperature: register of the temperature.
        temperature_step_mC: thousandths of a degree per unit: 100 where it is sent ×10.
        door: register of the door.
        door_open_is: the value that means open; -1: whatever is not 0.
        operator: first register of who opened it last.
        operator_registers: how many.
        firmware: first register of the version.
        firmware_registers: how many.
        slots: first register of the first slot.
        slot_stride: registers from one slot to the next.
        weight_offset: of the weight within a slot.
        weight_step_mg: milligrams per unit: 1000 where it is sent in grams.
        label_offset: of the label within a slot.
        label_registers: how many.
    """

    temperature: int = 0
    temperature_step_mC: int = 100
    door: int = 1
    door_open_is: int = -1
    operator: int = 2
    operator_registers: int = 8
    firmware: int = 10
    firmware_registers: int = 8
    slots: int = 100
    slot_stride: int = 40
    weight_offset: int = 0
    weight_step_mg: int = 1_000
    label_offset: int = 1
    label_registers: int = 32

    def __post_init__(self) -> None:
        """A slot's parts lie within its stride, and fit into one answer."""
        ends = self.weight_offset + 1, self.label_offset + self.label_registers
        if max(ends) > self.slot_stride or self.slot_stride > MOST:
            raise MalformedError(f"a slot's registers go past its stride of {self.slot_stride}")


def from_table(table: Table) -> Profile:
    """The map of a table `registers`; what it leaves out is as in our own profile.

    Raises:
        MalformedError: an unknown key, or a value that is none.
    """
    default = Profile()
    values = {
        name: table.integer(name, getattr(default, name), least=-1, most=_LAST)
        for name in Profile.__dataclass_fields__
    }
    table.end()
    return Profile(**values)


def plan(profile: Profile, slots: int) -> list[tuple[int, int]]:
    """The reads of one look, as (first register, count): few, none longer than `MOST`."""
    single = [
        (profile.temperature, 1),
        (profile.door, 1),
        (profile.operator, profile.operator_registers),
        (profile.firmware, profile.firmware_registers),
    ]
    wanted = sorted((first, count) for first, count in single if first >= 0 and count > 0)
    wanted += [(profile.slots + n * profile.slot_stride, profile.slot_stride) for n in range(slots)]
    reads: list[tuple[int, int]] = []
    for first, count in sorted(wanted):
        if reads:
            start, so_far = reads[-1]
            # What lies between two wanted registers may not exist: only what touches is joined.
            if first <= start + so_far and max(first + count, start + so_far) - start <= MOST:
                reads[-1] = start, max(first + count, start + so_far) - start
                continue
        reads.append((first, count))
    return reads


def decode(profile: Profile, registers: Mapping[int, int], slots: Sequence[str]) -> Look:
    """The look of the registers that `plan` asked for.

    Requires every one of them, 0 to 65535.
    """
    temperature: int | None = None
    if registers[profile.temperature] != NO_TEMPERATURE:
        raw = registers[profile.temperature]
        signed = raw - 0x10000 if raw > 0x7FFF else raw
        temperature = signed * profile.temperature_step_mC
    door: bool | None = None
    if profile.door >= 0:
        value = registers[profile.door]
        door = value != 0 if profile.door_open_is < 0 else value == profile.door_open_is
    found: dict[str, SlotLook] | None = None
    if slots and profile.slots >= 0:
        found = {}
        for n, name in enumerate(slots):
            base = profile.slots + n * profile.slot_stride
            units = registers[base + profile.weight_offset]
            label = _text(registers, base + profile.label_offset, profile.label_registers)
            found[name] = SlotLook(units * profile.weight_step_mg // 1000, label)
    return Look(
        temperature_mC=temperature,
        door_open=door,
        slots=found,
        operator=_text(registers, profile.operator, profile.operator_registers),
        firmware=_text(registers, profile.firmware, profile.firmware_registers),
    )


def encode_text(text: str, registers: int) -> list[int]:
    """Registers of an ASCII text: two characters each, the first in the high byte, NULs after it."""
    data = text.encode("ascii")[: 2 * registers].ljust(2 * registers, b"\x00")
    return [int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2)]


def _text(registers: Mapping[int, int], first: int, count: int) -> str:
    """The text before the first NUL. What is no ASCII stays, and no label or number reads so."""
    if first < 0:
        return ""
    data = b"".join(registers[at].to_bytes(2) for at in range(first, first + count))
    return data.partition(b"\x00")[0].decode("latin-1").strip()

"""What a cabinet says over MQTT: one JSON object on one topic, members where the table says.

There is no public standard. The defaults are our own profile (docs/devices/cabinet.md):

    topic     mealtrace/cabinet/<name>/state, QoS 1
    payload   {"at": "2026-11-23T05:41:07Z", "temperature_mC": 4100, "door": "closed",
               "operator": "0012", "firmware": "2.4.1",
               "slots": {"A3": {"weight_g": 131, "label": "mealtrace:1/…"}}}

`at` is the cabinet's own clock. A message with a time says how old its temperature is; one without,
that the broker had retained, says nothing about now and gives no temperature.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson

from devices.cabinet.look import Look, SlotLook
from devices.gateway.table import Table
from ledger import timestamp
from ledger.errors import MalformedError

LARGEST: Final = 64 * 1024
"""Bytes of a message."""
_NONE: Final = object()


@dataclass(frozen=True, slots=True)
class Members:
    """Where in the object what stands: names, joined by dots; "" for what a cabinet does not say.

    Attributes:
        at: RFC 3339 text, or milliseconds or seconds since 1970.
        temperature: a number.
        temperature_step_mC: thousandths of a degree per unit of it: 1, 100 (×10) or 1000 (°C).
        door: a text, number or truth value.
        door_open_is: what it is when open, as text: `open`, `1`, `true`.
        operator: who opened it last.
        firmware: version.
        slots: an object by the slot's name, or a list with the name in `slot_name`.
        slot_name: within an item of a list.
        weight: within a slot, grams.
        label: within a slot.
    """

    at: str = "at"
    temperature: str = "temperature_mC"
    temperature_step_mC: int = 1
    door: str = "door"
    door_open_is: str = "open"
    operator: str = "operator"
    firmware: str = "firmware"
    slots: str = "slots"
    slot_name: str = "slot"
    weight: str = "weight_g"
    label: str = "label"


def from_table(table: Table) -> Members:
    """The members of a table `members`; `""` in it says that there is none.

    Raises:
        MalformedError: an unknown key, or a value that is none.
    """
    default = Members()
    values: dict[str, Any] = {}
    for name in Members.__dataclass_fields__:
        if name == "temperature_step_mC":
            values[name] = table.integer(name, 1, least=1, most=1000)
        else:
            values[name] = table.optional_text(name, getattr(default, name))
    table.end()
    return Members(**values)


def parse(data: bytes, members: Members, received_ms: int, *, retained: bool = False) -> Look:
    """The look of a message.

    Raises:
        MalformedError: it is no object, or something in it has another type than it should.
    """
    if len(data) > LARGEST:
        raise MalformedError(f"a message of {len(data)} bytes; at most {LARGEST}")
    try:
        value = orjson.loads(data)
    except ValueError as error:
        raise MalformedError(f"the message is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise MalformedError("the message is no object")
    at = _at(value, members)
    temperature = _temperature(value, members)
    if at is None and retained:
        temperature = None
    door = _member(value, members.door)
    return Look(
        temperature_mC=temperature,
        temperature_at_ms=received_ms if at is None else at,
        door_open=None if door is _NONE else _plain(door) == members.door_open_is,
        slots=_slots(value, members),
        operator=_text(value, members.operator),
        firmware=_text(value, members.firmware),
    )


def _at(value: Mapping[str, Any], members: Members) -> int | None:
    at = _member(value, members.at)
    if at is _NONE:
        return None
    if type(at) is str:
        return timestamp.parse(timestamp.normalise(at))
    if type(at) is int and at > 0:
        return at if at > 10**11 else 1000 * at
    raise MalformedError(f"{members.at} is no time: {at!r:.40}")


def _temperature(value: Mapping[str, Any], members: Members) -> int | None:
    found = _member(value, members.temperature)
    if found is _NONE:
        return None
    if type(found) not in (int, float, str):
        raise MalformedError(f"{members.temperature} is no number: {found!r:.40}")
    try:
        # Through the shortest decimal text: 4.1 °C is 4100 thousandths, not 4099.
        exact = Decimal(str(found)) * members.temperature_step_mC
        return int(exact.to_integral_value())
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise MalformedError(f"{members.temperature} is no number: {found!r:.40}") from error


def _slots(value: Mapping[str, Any], members: Members) -> dict[str, SlotLook] | None:
    found = _member(value, members.slots)
    if found is _NONE:
        return None
    if isinstance(found, list):
        items = {_text(one, members.slot_name): one for one in found if isinstance(one, dict)}
    elif isinstance(found, dict):
        items = found
    else:
        raise MalformedError(f"{members.slots} is neither an object nor a list")
    slots = {}
    for name, one in items.items():
        if not isinstance(one, dict):
            raise MalformedError(f"{members.slots}.{name} is no object")
        weight = _member(one, members.weight)
        if weight is _NONE:
            weight = 0
        if type(weight) not in (int, float) or not abs(weight) < 10**7:
            raise MalformedError(f"the weight of {name} is no number: {weight!r:.40}")
        slots[name] = SlotLook(round(weight), _text(one, members.label))
    return slots


def _text(value: Mapping[str, Any], path: str) -> str:
    found = _member(value, path)
    if found is _NONE:
        return ""
    if type(found) is int:
        return str(found)
    if type(found) is not str:
        raise MalformedError(f"{path} is no text: {found!r:.40}")
    return found.strip()[:200]


def _member(value: Any, path: str) -> Any:
    """What stands at a path; `_NONE` where nothing does, or null."""
    if not path:
        return _NONE
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return _NONE
        value = value[name]
    return _NONE if value is None else value


def _plain(value: Any) -> str:
    """A truth value, number or text as the table writes it."""
    return str(value).lower() if type(value) is bool else str(value)

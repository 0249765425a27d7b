"""Where a record belongs: which school's, and which canteen's where that is known.

Most records name their canteen. A school may report an incident without one; then it concerns all
canteens that a serving calendar (供餐日历) is in force for. A warning about a certificate names a person
or a scale alone: a staff registration says where the person works, a calibration whose scale it is.

State, under keys of the family that asks, record id → `[index, what it says, its last day]`:

    canteens <school>   the school's canteens, by serving calendars
    where <person>      where somebody works
    where <device>      whose scale it is

Each is forgotten some time after its own term, so that all of it is as long as there are people,
scales and canteens at work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger import subject
from ledger.evidence.subjects import school_of
from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

READS: Final[Mapping[str, frozenset[str]]] = {
    "serving-calendar": frozenset({"school", "canteen", "period_until"}),
    "staff-registration": frozenset({"staff", "canteen", "works_until"}),
    "calibration": frozenset({"school", "scale", "valid_until"}),
}
"""What `learn` reads."""

FORGET: Final = "forget "
"""How the keys begin that `forget` is to be woken with."""

_KEPT_DAYS: Final = 60

_SAYS: Final = {
    "serving-calendar": ("canteens", "school", "canteen", "period_until"),
    "staff-registration": ("where", "staff", "canteen", "works_until"),
    "calibration": ("where", "scale", "school", "valid_until"),
}
"""Of each type: the key's first word, whose key it is, what it says of it, and until when."""

_KINDS: Final = {"canteens": ("school",), "where": ("person", "device")}
"""Of each key's first word: the kinds of subject that it is followed by."""


@dataclass(frozen=True, slots=True)
class Place:
    """A school, and one of its canteens where a record names one."""

    school: str
    canteen: str | None = None


def keys(seen: Seen) -> list[str]:
    """Keys that `learn` and `place` ask for."""
    return [f"{word} {name}" for word, kinds in _KINDS.items() for name in _of(seen, kinds)]


def learn(seen: Seen, context: Context) -> None:
    """Remember what one of `READS` says."""
    fields = seen.fields
    word, about, says, until = _SAYS[seen.type]
    key = f"{word} {fields[about]}"
    known = {**(context.get(key) or {}), seen.id: [seen.index, fields[says], fields[until]]}
    context.put(key, known)
    over = civil.days_later(fields[until], _KEPT_DAYS)
    context.wake(civil.end_of(over, context.zone), FORGET + key)


def unlearn(seen: Seen, context: Context) -> None:
    """As if it had never been told."""
    for key in keys(seen):
        known = context.get(key) or {}
        if seen.id in known:
            context.put(
                key, {name: said for name, said in known.items() if name != seen.id} or None
            )


def forget(key: str, context: Context) -> None:
    """What was woken for with a key that begins with `FORGET`."""
    key = key.removeprefix(FORGET)
    over = civil.days_later(civil.day_of(context.now, context.zone), -_KEPT_DAYS)
    known = {name: said for name, said in (context.get(key) or {}).items() if said[2] >= over}
    context.put(key, known or None)


def of_school(school: str, context: Context) -> list[str]:
    """The canteens of a school that there are calendars for, ascending."""
    return sorted({said[1] for said in (context.get(f"canteens {school}") or {}).values()})


def place(seen: Seen, context: Context) -> Place | None:
    """Where a record belongs; None where it is no school's, or nobody said yet whose."""
    fields = seen.fields
    for name in ("canteen", "school", "holder", "responsible"):
        found = named(fields.get(name))
        if found is not None:
            return found
    for name in ("staff", "scale"):
        known = context.get(f"where {fields[name]}") if name in fields else None
        if known:
            return named(max(known.values())[1])
    return None


def schools_named(seen: Seen) -> list[str]:
    """The schools that a record's subjects name, themselves or by a canteen; ascending."""
    return sorted({school_of(name) for name in _of(seen, ("school", "canteen"))})


def schools(seen: Seen, context: Context) -> list[str]:
    """The schools that `place` may have put a record in, told by its subjects alone.

    For a record taken back, whose fields may be gone.
    """
    found = set(schools_named(seen))
    for name in _of(seen, ("person", "device")):
        for said in (context.get(f"where {name}") or {}).values():
            found.add(school_of(said[1]))
    return sorted(found)


def named_by(seen: Seen, context: Context) -> list[str]:
    """The canteens that a record's subjects name, themselves or by their school."""
    found = set(_of(seen, ("canteen",)))
    for school in schools(seen, context):
        found.update(of_school(school, context))
    return sorted(found)


def named(name: str | None) -> Place | None:
    """The place that a subject is; None where it is none."""
    kind = "" if name is None else subject.kind(name)
    if name is None or kind not in {"school", "canteen"}:
        return None
    return Place(name) if kind == "school" else Place(school_of(name), name)


def _of(seen: Seen, kinds: tuple[str, ...]) -> list[str]:
    return [name for name in seen.subjects if subject.kind(name) in kinds]

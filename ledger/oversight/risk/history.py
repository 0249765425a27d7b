"""What happened in a school, day by day, as far back as it can still count.

    day <school> <day>   factor → entries (`scores.Entry`), by the day on which the log heard of it
    school <school>      {"days": those days, ascending, "last": what was assessed last, by canteen}
    dispute <id>         [disputed record, school]

Days are kept twice as long as they count, so that a record taken back puts right the rows of every
day that it counted for.
"""

from collections.abc import Iterator
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.oversight import canteens, civil
from ledger.oversight.family import Context
from ledger.oversight.risk import events
from ledger.oversight.risk.scores import Entry
from ledger.oversight.seen import Seen

_KEPT_WINDOWS: Final = 2

_WITHDRAWN: Final = 4
"""Where in an entry the rulings stand."""


def note(seen: Seen, context: Context) -> canteens.Place | None:
    """Remember a record; where it counts, None where it does not."""
    place = canteens.place(seen, context)
    found = [] if place is None else list(events.read(seen))
    if place is None or not found:
        return None
    day = civil.day_of(seen.logged_at, context.zone)
    factor = events.FACTORS[seen.type]
    happened: dict[str, JsonValue] = {**(context.get(_day(place.school, day)) or {})}
    before: Any = happened.get(factor, ())
    added: list[JsonValue] = [
        [place.canteen or "", code, severity, seen.ref, []] for code, severity in found
    ]
    happened[factor] = [*before, *added]
    context.put(_day(place.school, day), happened)
    known = of(place.school, context)
    if day not in known["days"]:
        context.put(_school(place.school), {**known, "days": sorted([*known["days"], day])})
    wake(place.school, day, context)
    return place


def drop(seen: Seen, context: Context) -> Iterator[tuple[str, str, list[str]]]:
    """Forget a record; the schools it counted for, since which day, and for which canteens."""
    day = civil.day_of(seen.logged_at, context.zone)
    for school in canteens.schools(seen, context):
        happened = context.get(_day(school, day)) or {}
        gone = [e for entries in happened.values() for e in entries if e[3][2] == seen.id]
        if gone:
            left: dict[str, JsonValue] = {
                factor: [entry for entry in entries if entry[3][2] != seen.id]
                for factor, entries in happened.items()
            }
            context.put(_day(school, day), left)
            yield school, day, [entry[0] for entry in gone]


def disputed(seen: Seen, context: Context) -> None:
    """Somebody says that a record is wrong: if a ruling says so too, it counts no more."""
    fields = seen.fields
    place = canteens.named(fields["disputed_by"]) or canteens.named(fields["responsible"])
    if place is not None:
        context.put(f"dispute {seen.id}", [fields["record"], place.school])
        kept = civil.DAY_S * _KEPT_WINDOWS * context.policy.rules["window_days"]
        context.wake(civil.later(context.now, kept), f"dispute {seen.id}")


def ruled(
    ruling: str, dispute: str, context: Context, *, withdrawn: bool
) -> tuple[str, str, list[str]] | None:
    """A ruling withdraws a record, or does no more; what changed, as `drop` says it."""
    about = context.get(f"dispute {dispute}")
    if not about:
        return None
    record, school = about
    for day in of(school, context)["days"]:
        happened = context.get(_day(school, day)) or {}
        found = [e for entries in happened.values() for e in entries if e[3][2] == record]
        if found:
            changed: dict[str, JsonValue] = {
                factor: [
                    _ruled(entry, ruling, withdrawn=withdrawn) if entry[3][2] == record else entry
                    for entry in entries
                ]
                for factor, entries in happened.items()
            }
            context.put(_day(school, day), changed)
            return school, day, [entry[0] for entry in found]
    return None


def happened(
    school: str, until: str, context: Context, *, after: int = -1
) -> dict[str, list[Entry]]:
    """What counts on a day: of the window that ends with it, of entries above index `after`."""
    window = context.policy.rules["window_days"]
    found: dict[str, list[Entry]] = {}
    for day in of(school, context)["days"]:
        if civil.days_later(until, -window) < day <= until:
            for factor, entries in (context.get(_day(school, day)) or {}).items():
                counting = [entry for entry in entries if entry[3][0] > after]
                found.setdefault(factor, []).extend(counting)
    return found


def of(school: str, context: Context) -> dict[str, Any]:
    """What is remembered of a school."""
    return {"days": [], "last": {}, **(context.get(_school(school)) or {})}


def put(school: str, known: dict[str, Any], context: Context) -> None:
    """Remember it, or nothing where there is nothing."""
    context.put(_school(school), known if known["days"] or known["last"] else None)


def prune(school: str, day: str, known: dict[str, Any], context: Context) -> dict[str, Any]:
    """Without the days that count no more, nor for any day that may have to be put right."""
    first = civil.days_later(day, -_KEPT_WINDOWS * context.policy.rules["window_days"])
    for old in known["days"]:
        if old <= first:
            context.put(_day(school, old), None)
    return {**known, "days": [kept for kept in known["days"] if kept > first]}


def wake(school: str, day: str, context: Context) -> None:
    """At the end of that day it is assessed."""
    context.wake(civil.end_of(day, context.zone), f"assess {school} {day}")


def _day(school: str, day: str) -> str:
    return f"day {school} {day}"


def _school(school: str) -> str:
    return f"school {school}"


def _ruled(entry: Entry, ruling: str, *, withdrawn: bool) -> Entry:
    others = [name for name in entry[_WITHDRAWN] if name != ruling]
    return [*entry[:_WITHDRAWN], sorted([*others, ruling]) if withdrawn else others]

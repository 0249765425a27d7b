"""停用申报: an outage declared excuses what comes late because of it, and is itself shown.

It excuses records of the types it names, of the canteen it names or of all of its school, that were
due within it and come before it is over and their grace with it. The policy says how long one may
last, how soon after its end it must stand in the log, and how many count within 30 days; one beyond
that, and one corrected or superseded, excuses nothing and its row is `void`.

State under `outage <school>`: `{"f": {id: [index, leaf hash, declared, from, until, canteen or "",
devices, types, superseded ids, cause, planned]}}`, forgotten 40 days after the last one's end; under
`late <school> <day>` the keys of what came late of that day, for an outage may be declared after it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.family import Context, Row
from ledger.oversight.seen import Seen

TYPE: Final = "outage"
READS: Final = frozenset(
    {"school", "canteen", "devices", "from_at", "until_at", "late_types", "cause", "planned"}
)
_OUTAGE: Final = "outage"
_LATE: Final = "late"
_KEPT_S: Final = 40 * civil.DAY_S
_MONTH_S: Final = 30 * civil.DAY_S


class Outage(NamedTuple):
    """One outage, as declared."""

    id: str
    place: int
    leaf: str
    declared_at: str
    since: str
    until: str
    canteen: str
    devices: list[str]
    types: list[str]
    supersedes: list[str]
    cause: str
    planned: bool

    def excuses(self, record_type: str, canteen: str | None, devices: Collection[str] = ()) -> bool:
        """Whether records of this type may be late in this canteen, from one of these devices."""
        return (
            record_type in self.types
            and (not self.canteen or self.canteen == canteen)
            and (not devices or not set(devices).isdisjoint(self.devices))
        )


class Outages:
    """The outages of all schools: a part of the family (`family.Part`)."""

    prefixes = (_OUTAGE, _LATE)
    reads: Mapping[str, frozenset[str]] = {TYPE: READS}

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:  # noqa: ARG002 - as every part
        """The school's."""
        return _keys(seen)

    def tell(self, seen: Seen, context: Context) -> None:
        """One is declared."""
        said = seen.fields
        fact = [
            seen.index,
            seen.leaf_hash.hex(),
            seen.logged_at,
            said["from_at"],
            said["until_at"],
            said.get("canteen") or "",
            said["devices"],
            said["late_types"],
            seen.linked("supersedes"),
            said["cause"],
            said["planned"],
        ]
        for key in _keys(seen):
            known = {**_known(key, context), seen.id: fact}
            self._changed(key, known, context)
            context.wake(civil.later(max(said["until_at"], context.now), _KEPT_S), key)

    def take_back(self, seen: Seen, context: Context) -> None:
        """One is corrected: it excuses nothing."""
        for key in _keys(seen):
            known = _known(key, context)
            if seen.id in known:
                _show(Outage(seen.id, *known[seen.id]), key, context, "corrected")
                self._changed(key, {i: f for i, f in known.items() if i != seen.id}, context)

    def due(self, key: str, context: Context) -> None:
        """Forget what is long over."""
        if key.startswith(_LATE):
            context.put(key, None)
            return
        over = civil.later(context.now, -_KEPT_S)
        context.put(key, _state({i: f for i, f in _known(key, context).items() if f[4] > over}))

    def revise(self, key: str, context: Context) -> None:
        """Others may excuse now; what came late is looked at again with its own page."""
        if not key.startswith(_LATE):
            self._show_all(key, _known(key, context), context)

    def _show_all(self, key: str, known: Mapping[str, Any], context: Context) -> None:
        declared = _all(known)
        refused = _refused(declared, context)
        for outage in declared:
            _show(outage, key, context, refused.get(outage.id))

    def _changed(self, key: str, known: dict[str, Any], context: Context) -> None:
        before = _known(key, context)
        context.put(key, _state(known))
        school = key.partition(" ")[2]
        self._show_all(key, known, context)
        touched = {**before, **known}
        days = {
            day
            for outage in _all({i: f for i, f in touched.items() if before.get(i) != known.get(i)})
            for day in _days(outage, context)
        }
        for day in sorted(days):
            for late in context.get(f"{_LATE} {school} {day}") or ():
                context.wake(context.now, late)


def accepted(school: str, context: Context) -> list[Outage]:
    """The school's outages that excuse something, by their place in the log."""
    declared = _all(_known(f"{_OUTAGE} {school}", context))
    refused = _refused(declared, context) if declared else {}
    return [outage for outage in declared if outage.id not in refused]


def note_late(key: str, school: str, day: str, context: Context) -> None:
    """Remember that something under this key was late on a day: an outage may yet be declared."""
    at = f"{_LATE} {school} {day}"
    known = context.get(at)
    if known is None:
        context.wake(civil.later(context.now, rules.seconds(context, "keep_days")), at)
    if key not in (known or ()):
        context.put(at, [*(known or ()), key])


def _refused(declared: list[Outage], context: Context) -> dict[str, str]:
    """Why those that excuse nothing do not, by id."""
    longest_s = rules.whole(context, "outage_longest_s")
    within_s = rules.whole(context, "outage_told_within_s")
    most = rules.whole(context, "outages_in_30_days")
    superseded = {name for outage in declared for name in outage.supersedes}
    why: dict[str, str] = {}
    counted: list[Outage] = []
    for outage in sorted(declared, key=lambda one: (one.since, one.place)):
        month = civil.later(outage.since, -_MONTH_S)
        if outage.id in superseded:
            why[outage.id] = "superseded"
        elif outage.until > civil.later(outage.since, longest_s):
            why[outage.id] = "too-long"
        elif outage.declared_at > civil.later(outage.until, within_s):
            why[outage.id] = "told-too-late"
        elif sum(one.since > month for one in counted) >= most:
            why[outage.id] = "too-many"
        else:
            counted.append(outage)
    return why


def _show(outage: Outage, key: str, context: Context, refused: str | None) -> None:
    context.row(
        Row(
            rules.NAME,
            f"{_OUTAGE} {outage.id}",
            key.partition(" ")[2],
            civil.day_of(outage.since, context.zone),
            _OUTAGE,
            "excused" if refused is None else "void",
            {
                "source": outage.id,
                "source_index": outage.place,
                "canteen": outage.canteen or None,
                "from_at": outage.since,
                "until_at": outage.until,
                "declared_at": outage.declared_at,
                "devices": [*outage.devices],
                "late_types": [*outage.types],
                "cause": outage.cause,
                "planned": outage.planned,
                "void_because": refused,
            },
        )
    )


def _days(outage: Outage, context: Context) -> Iterator[str]:
    """The civil days it touches, as far as anything is remembered of them."""
    day, last = (civil.day_of(time, context.zone) for time in (outage.since, outage.until))
    day = max(day, civil.day_of(civil.later(context.now, -_KEPT_S), context.zone))
    while day <= min(last, civil.day_of(context.now, context.zone)):
        yield day
        day = civil.days_later(day, 1)


def _keys(seen: Seen) -> list[str]:
    return [f"{_OUTAGE} {name}" for name in seen.subjects if name.startswith("school:")]


def _known(key: str, context: Context) -> dict[str, Any]:
    stored = context.get(key)
    return {} if stored is None else stored["f"]


def _state(known: dict[str, Any]) -> Any:
    return {"f": known} if known else None


def _all(known: Mapping[str, Any]) -> list[Outage]:
    return sorted((Outage(i, *fact) for i, fact in known.items()), key=lambda one: one.place)

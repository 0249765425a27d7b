"""供餐日历: which meals a canteen serves on which day, as the bureau's calendars say.

    serving-calendar → days opened one by one, a week ahead → pages of meals and of self-inspections

What an exception says goes before the week's pattern. A calendar that supersedes another counts
instead of it from the day on that it stands in the log, and for what it excepts by name on any day.
Several in force add up. A term is not opened at once: each midnight opens a day more, and a calendar
that changes is held against the days that are open and still remembered.

State under `calendar <canteen>`, which stays until a later calendar is over:

    c  id → [index, logged_at, leaf hash, from, until, weekday → meals, day → meals]
    v  [[superseding id, superseded id, from which day on]]
    u  the last day opened
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from ledger.evidence import subjects
from ledger.evidence.kitchen import MEALS
from ledger.oversight import civil
from ledger.oversight.completeness import rules, self_inspection_of_period
from ledger.oversight.completeness.book import Book
from ledger.oversight.completeness.page import Fact, facts
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

TYPE: Final = "serving-calendar"
_CALENDAR: Final = "calendar"

Known = dict[str, Any]
Facts = dict[str, Fact]


class ServingDays:
    """The calendars of all canteens: a part of the family (`family.Part`)."""

    prefixes = (_CALENDAR,)
    reads: Mapping[str, frozenset[str]] = {
        TYPE: frozenset({"canteen", "period_from", "period_until", "weekly", "exceptions"})
    }

    def __init__(self, meals: Book, self_inspections: Book) -> None:
        """The books whose pages the calendars open."""
        self._meals, self._self_inspections = meals, self_inspections

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:  # noqa: ARG002 - as every part
        """The canteen's."""
        return _keys(seen)

    def tell(self, seen: Seen, context: Context) -> None:
        """A calendar comes into force."""
        said = seen.fields
        calendar = [
            seen.index,
            seen.logged_at,
            seen.leaf_hash.hex(),
            said["period_from"],
            said["period_until"],
            {str(day["weekday"]): day["meals"] for day in said["weekly"]},
            {other["on"]: other["meals"] for other in said["exceptions"]},
        ]
        today = civil.day_of(context.now, context.zone)
        since = max(today, said["period_from"])
        for key in _keys(seen):
            known = _read(key, context)
            known["c"] = {**known["c"], seen.id: calendar}
            ended = [[seen.id, name, since] for name in seen.linked("supersedes")]
            known["v"] = [*known["v"], *ended]
            known["u"] = max(known["u"], _ahead(today, context))
            context.put(key, known)
            self._change(key, known, _window(known, today, context), context, frozenset())
            context.wake(civil.end_of(today, context.zone), key)

    def take_back(self, seen: Seen, context: Context) -> None:
        """A calendar is corrected: nothing is owed by it, and nothing ended."""
        for key in _keys(seen):
            known = _read(key, context)
            if seen.id in known["c"]:
                known["c"] = {name: one for name, one in known["c"].items() if name != seen.id}
                known["v"] = [ended for ended in known["v"] if ended[0] != seen.id]
                context.put(key, known if known["c"] else None)
                today = civil.day_of(context.now, context.zone)
                gone = frozenset({seen.id})
                self._change(key, known, _window(known, today, context), context, gone)

    def due(self, key: str, context: Context) -> None:
        """A new day: one more is opened."""
        known = _read(key, context)
        if not known["c"]:
            return
        today = civil.day_of(context.now, context.zone)
        opened, known["u"] = known["u"], max(known["u"], _ahead(today, context))
        _prune(known, today, context)
        context.put(key, known)
        self._open(key, known, _days(civil.days_later(opened, 1), known["u"]), context)
        if max(calendar[4] for calendar in known["c"].values()) >= today:
            context.wake(civil.end_of(today, context.zone), key)

    def revise(self, key: str, context: Context) -> None:
        """More days may be opened now."""
        context.wake(context.now, key)

    def _open(self, key: str, known: Known, days: Iterable[str], context: Context) -> None:
        """Days that were not open before: what the calendars say of them comes on their pages."""
        canteen = key.partition(" ")[2]
        for day in days:
            served = self._say(canteen, known, day, context, frozenset())
            for level, begin, _ in self_inspection_of_period.periods(day) if served else ():
                page = self_inspection_of_period.key(canteen, level, begin)
                before = facts(context.get(page), TYPE)
                if not served.keys() <= before.keys():
                    self._self_inspections.replace(page, {TYPE: {**before, **served}}, context)

    def _change(
        self, key: str, known: Known, days: Iterable[str], context: Context, gone: frozenset[str]
    ) -> None:
        """Days that are open already: another calendar says otherwise of them."""
        canteen = key.partition(" ")[2]
        periods: dict[tuple[str, str, str], None] = {}
        for day in days:
            self._say(canteen, known, day, context, gone)
            periods.update(dict.fromkeys(self_inspection_of_period.periods(day)))
        for level, begin, last in periods:
            serving = _serving(known, begin, last)
            page = self_inspection_of_period.key(canteen, level, begin)
            if serving or context.get(page) is not None:
                self._self_inspections.replace(page, {TYPE: serving}, context, gone)

    def _say(
        self, canteen: str, known: Known, day: str, context: Context, gone: frozenset[str]
    ) -> Facts:
        """Put on the pages of one day's meals what the calendars say; those that name any."""
        served, closed = _day(known, day)
        found: Facts = {}
        for meal in dict.fromkeys((*MEALS, *served)):
            page = subjects.meal(canteen, day, meal)
            named = served.get(meal, {})
            found |= named
            if named or context.get(page) is not None:
                say = {TYPE: named, "closed": {} if named else closed}
                self._meals.replace(page, say, context, gone)
        return found


def said(canteen: str, day: str, meal: str, context: Context) -> dict[str, Facts]:
    """What the calendars say of one meal, as facts of its page."""
    known = context.get(f"{_CALENDAR} {canteen}")
    if known is None:
        return {}
    served, closed = _day(known, day)
    named = served.get(meal, {})
    return {TYPE: named, "closed": {} if named else closed}


def serves(canteen: str, day: str, context: Context) -> bool | None:
    """Whether a canteen serves on a day; None where no calendar of it is known."""
    known = context.get(f"{_CALENDAR} {canteen}")
    return None if known is None else any(meals for _, _, meals in _covering(known, day))


def _day(known: Known, day: str) -> tuple[dict[str, Facts], Facts]:
    """By meal, the calendars in force that name it; and all calendars that know the day."""
    served: dict[str, Facts] = {}
    covering: Facts = {}
    for name, calendar, meals in _covering(known, day):
        fact = covering[name] = calendar[:3]
        for meal in meals:
            served.setdefault(meal, {})[name] = fact
    return served, covering


def _covering(known: Known, day: str) -> Iterator[tuple[str, Fact, Sequence[str]]]:
    """The calendars that know a day, and the meals of it that each says are served."""
    for name, calendar in known["c"].items():
        if calendar[3] <= day <= calendar[4]:
            meals = calendar[6].get(day)
            if meals is None:
                meals = calendar[5].get(_weekday(day), ())
            yield name, calendar, () if _ended(known, name, day) else meals


@lru_cache(maxsize=1024)
def _weekday(day: str) -> str:
    """From `1`, Monday, on."""
    return str(date.fromisoformat(day).isoweekday())


def _ended(known: Known, name: str, day: str) -> bool:
    """Whether another calendar counts instead of this one on a day."""
    return any(
        day >= since or day in known["c"][other][6]
        for other, ended, since in known["v"]
        if ended == name and other in known["c"]
    )


def _serving(known: Known, first: str, last: str) -> Facts:
    """The calendars by which any meal is served in a period."""
    found: Facts = {}
    for day in _days(first, last):
        for named in _day(known, day)[0].values():
            found.update(named)
    return found


def _days(first: str, last: str) -> Iterator[str]:
    return (civil.days_later(first, after) for after in range(civil.days_between(first, last) + 1))


def _window(known: Known, today: str, context: Context) -> Iterator[str]:
    """The days that are open and still remembered."""
    first = civil.days_later(today, -rules.whole(context, "keep_days"))
    return _days(first, known["u"])


def _ahead(today: str, context: Context) -> str:
    return civil.days_later(today, rules.whole(context, "ahead_days"))


def _prune(known: Known, today: str, context: Context) -> None:
    """Forget calendars that are over, but for the last: it says that nothing is served now."""
    over = civil.days_later(today, -rules.whole(context, "keep_days"))
    last = max(calendar[4] for calendar in known["c"].values())
    known["c"] = {
        name: calendar
        for name, calendar in known["c"].items()
        if calendar[4] >= over or calendar[4] == last
    }
    known["v"] = [ended for ended in known["v"] if ended[0] in known["c"]]


def _keys(seen: Seen) -> list[str]:
    return [f"{_CALENDAR} {name}" for name in seen.subjects if name.startswith("canteen:")]


def _read(key: str, context: Context) -> Known:
    return {"c": {}, "v": [], "u": "", **(context.get(key) or {})}

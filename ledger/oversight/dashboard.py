"""The dashboard (实时数据看板): each school's day in figures, kept so that it cannot be retold.

At the midnight that ends a day on which anything was logged about a school, a snapshot counts what
was logged that day: meals served, goods accepted and refused, money settled, waste, and what the
camera and the rules found. It is the day of logging that counts, for the dashboard shows what is
known by then.

State: `<school>` holds the day that is being counted.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.family import Context, Row
from ledger.oversight.seen import Seen

NAME: Final = "dashboard"
_LAYOUT: Final = "school-day"

Counted = tuple[str, str, Callable[[Mapping[str, Any]], int]]


def _one(_: Mapping[str, Any]) -> int:
    return 1


#: Type → figure, its unit, and what a record adds to it.
_FIGURES: Final[Mapping[str, Counted]] = {
    "meal-service": ("meals-served", "count", lambda fields: int(fields["diners"])),
    "acceptance": ("deliveries-accepted", "count", _one),
    "rejection": ("deliveries-rejected", "count", _one),
    "settlement": ("amount-settled", "fen", lambda fields: int(fields["net_fen"])),
    "waste-log": ("waste", "g", lambda fields: int(fields["net_g"])),
    "inspection-alert": ("alerts", "count", _one),
    "temperature-alarm": ("temperature-alarms", "count", _one),
    "work-order": ("work-orders-opened", "count", _one),
    "missing-evidence": ("evidence-missing", "count", _one),
    "suspicion": ("suspicions", "count", _one),
}


class Dashboard:
    """The family; `ledger.oversight.family.Family` says what each method is asked."""

    name: Final = NAME
    reads: Final[Mapping[str, frozenset[str]]] = {
        **dict.fromkeys(_FIGURES, frozenset[str]()),
        "meal-service": frozenset({"diners"}),
        "settlement": frozenset({"net_fen"}),
        "waste-log": frozenset({"net_g"}),
    }
    defaults: Final[Mapping[str, Any]] = {}

    def keys(self, seen: Seen) -> Iterable[str]:
        """The school that it is about."""
        school = _school(seen)
        return () if school is None else (school,)

    def tell(self, seen: Seen, context: Context) -> None:
        """It is counted for the day on which it was logged."""
        school = _school(seen)
        if school is None:
            return
        today = civil.day_of(context.now, context.zone)
        state = context.get(school)
        if state is not None and state["day"] != today:
            self.due(school, context)  # logged at the very midnight that ends that day
            state = None
        figure, _, added = _FIGURES[seen.type]
        counted: dict[str, Any] = {seen.id: [seen.ref, figure, added(seen.fields)]}
        if state is None:
            context.wake(civil.end_of(today, context.zone), school)
        else:
            counted = state["counted"] | counted
        context.put(school, {"day": today, "counted": counted})

    def due(self, key: str, context: Context) -> None:
        """The day is over: what was counted is shown."""
        state = context.get(key)
        if state is None or state["day"] >= civil.day_of(context.now, context.zone):
            return
        context.put(key, None)
        if not state["counted"]:
            return
        day, counted = state["day"], state["counted"]
        sums: dict[str, int] = {}
        for _, figure, value in counted.values():
            sums[figure] = sums.get(figure, 0) + value
        units = {figure: unit for figure, unit, _ in _FIGURES.values()}
        figures = [
            {"figure_code": figure, "value": sums[figure], "value_unit": units[figure]}
            for figure in units
            if figure in sums
        ]
        payload = {
            "school": key,
            "layout": f"{_LAYOUT}-{key.partition(':')[2]}",
            "taken_at": context.now,
            "period_from": day,
            "period_until": day,
            "figures": figures,
        }
        refs = [ref for ref, _, _ in counted.values()]
        snapshot = context.find("dashboard-snapshot", payload, refs, cites=False)
        detail: dict[str, Any] = {**sums, "snapshot": snapshot}
        context.row(Row(NAME, f"{key} {day}", key, day, _LAYOUT, "taken", detail))

    def take_back(self, seen: Seen, context: Context) -> None:
        """It is counted no more, where its day is not over."""
        school = _school(seen)
        state = None if school is None else context.get(school)
        if school is not None and state and seen.id in state["counted"]:
            left = {one: value for one, value in state["counted"].items() if one != seen.id}
            context.put(school, {**state, "counted": left})


def _school(seen: Seen) -> str | None:
    """The school of a record: itself a subject, or by its canteen."""
    school = seen.subject("school")
    canteen = None if school else seen.subject("canteen")
    return civil.school_of(canteen) if canteen else school

"""Two weeks of a whole canteen: silent where all is as it should be, or sloppy as kitchens are.

And what must hold of any log: the same findings in whatever stretches it is told, nothing twice, and
no state for what is over.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from components.told_canteen import (
    CABINET,
    CANTEEN,
    COOK,
    FUNDS,
    HAND,
    HEAD,
    SCHOOL,
    ToldCanteen,
    utc,
)
from components.told_log import LEDGER

from ledger import timestamp
from ledger.evidence.catalogue import TYPES
from ledger.oversight import civil
from ledger.oversight.completeness import Completeness
from ledger.oversight.engine import Changes, Engine
from ledger.oversight.seen import Seen

DAYS = ("2026-09-07", "2026-09-08", "2026-09-09", "2026-09-10", "2026-09-11",
        "2026-09-14", "2026-09-15", "2026-09-16", "2026-09-17", "2026-09-18")  # fmt: skip

Event = tuple[str, Callable[["Term"], Any]]
"""When it is logged, local time, and what is posted then."""


class Term(ToldCanteen):
    """One canteen, its papers and its money, for two weeks of September."""

    def __init__(self, **rules: Any) -> None:
        super().__init__(Completeness(), policies={"completeness": rules})
        self.acceptances: list[str] = []
        self.samples: dict[str, Any] = {}

    def run(self, events: Sequence[Event], until: str = "2026-11-20 00:00") -> None:
        for at, post in sorted(events, key=lambda event: event[0]):
            self.go(at)
            post(self)
        self.go(until)

    def order(self, number: str, day: str) -> None:
        example = TYPES["order"].example["payload"]
        self.say(
            "order", order_no=number, lines=example["lines"][:1],
            line_prices=example["line_prices"][:1], amount_fen=29_894,
            deliver_from=utc(f"{day} 05:30"), deliver_until=utc(f"{day} 07:00"),
        )  # fmt: skip

    def weigh(self, number: str, line: int, item: str, day: str, minute: int) -> None:
        counter = int(day[8:]) * 100 + minute
        order = f"order:2105020001~{number}"
        at = utc(f"{day} 06:{minute:02}")
        self.say(
            "weigh-in", order=order, order_line_no=line, item_code=item, counter=counter,
            photo_taken_at=at,
        )  # fmt: skip

    def accept(self, number: str) -> None:
        order = f"order:2105020001~{number}"
        self.acceptances.append(self.say("acceptance", order=order, acceptance_no=number).id)

    def keep(self, dish: str, day: str) -> None:
        self.samples[f"{day} {dish}"] = self.sample(dish, day)

    def throw(self, dish: str, day: str, at: str) -> None:
        self.dispose(self.samples[f"{day} {dish}"], at)

    def eat(self, day: str) -> None:
        self.say("companion-meal", meal_on=day, ate_at=self.now)

    def inspect(self, level: str, first: str, last: str) -> None:
        meeting: dict[str, Any] = {}
        if level == "monthly-meeting":
            meeting = {"attendees": [COOK, HEAD], "decisions": ["x"]}
        items = [{"item_code": "hygiene", "result": "pass"}]
        self.say(
            "self-inspection", without=("measures_taken",), level=level, period_from=first,
            period_until=last, items=items, conclusion="pass", **meeting,
        )  # fmt: skip

    def read(self, day: str, hour: int) -> None:
        first, last = utc(f"{day} {hour:02}:00"), utc(f"{day} {hour:02}:50")
        counter = timestamp.parse(first) // 600_000
        self.say(
            "temperature-log", counter_from=counter, counter_until=counter + 5, interval_s=600,
            first_read_at=first, last_read_at=last, mC_readings=[4_000] * 6,
        )  # fmt: skip

    def reckon(self) -> None:
        line = TYPES["settlement"].example["payload"]["lines"]
        lines = [
            {**line[0], "acceptance": one, "line_no": place}
            for place, one in enumerate(self.acceptances, 1)
        ]
        price = TYPES["settlement"].example["payload"]["line_prices"][0]
        prices = [{**price, "line_no": place} for place in range(1, len(lines) + 1)]
        gross = price["amount_fen"] * len(lines)
        self.say(
            "settlement", settlement_no="JS-2026-09", lines=lines, line_prices=prices,
            gross_fen=gross, net_fen=gross - 1_480,
        )  # fmt: skip


def calendar(told: Term) -> None:
    told.calendar(period_until="2026-09-20")


def week(day: str) -> list[Event]:
    """The menus of a week, posted on the Friday before."""
    days = [civil.days_later(day, later) for later in range(5)]
    before = f"{civil.days_later(day, -3)} 16:00"
    return [(before, lambda told, on=on: told.menu("d-1", "d-2", day=on)) for on in days]


def school_day(day: str) -> list[Event]:
    """Everything of a day, in time."""
    number = f"A-{day}"
    ahead, after = civil.days_later(day, -1), civil.days_later(day, 2)
    shift = {"starts": f"{day} 06:00", "ends": f"{day} 14:00"}
    return [
        (f"{ahead} 15:00", lambda told: told.order(number, day)),
        (f"{ahead} 16:00", lambda told: told.roster(COOK, HAND, **shift)),
        (f"{day} 05:00", lambda told: told.say(
            "dispatch", order=f"order:2105020001~{number}", dispatch_no=number)),
        (f"{day} 05:50", lambda told: told.check(COOK, f"{day} 05:48")),
        (f"{day} 05:51", lambda told: told.check(HAND, f"{day} 05:50")),
        (f"{day} 06:10", lambda told: told.weigh(number, 1, "pork-leg", day, 10)),
        (f"{day} 06:30", lambda told: told.accept(number)),
        (f"{day} 11:20", lambda told: told.keep("d-1", day)),
        (f"{day} 11:21", lambda told: told.keep("d-2", day)),
        (f"{day} 12:40", lambda told: told.serve("d-1", "d-2", day=day)),
        (f"{day} 12:50", lambda told: told.eat(day)),
        (f"{day} 17:00", lambda told: told.inspect("daily-control", day, day)),
        (f"{after} 12:00", lambda told: told.throw("d-1", day, f"{after} 11:59")),
        (f"{after} 12:01", lambda told: told.throw("d-2", day, f"{after} 11:59")),
    ]  # fmt: skip


def cold(day: str) -> list[Event]:
    """A day of the cabinet."""
    return [
        (f"{day} {hour:02}:50:30", lambda told, hour=hour: told.read(day, hour))
        for hour in range(24)
    ]


def papers() -> list[Event]:
    """What there is of weeks and months."""
    weekly, monthly = "weekly-check", "monthly-meeting"
    return [
        ("2026-09-01 09:00", calendar),
        ("2026-09-11 17:30", lambda told: told.inspect(weekly, "2026-09-07", "2026-09-11")),
        ("2026-09-18 17:30", lambda told: told.inspect(weekly, "2026-09-14", "2026-09-18")),
        ("2026-09-30 17:30", lambda told: told.inspect(monthly, "2026-09-01", "2026-09-30")),
        ("2026-10-09 10:00", Term.reckon),
        ("2026-10-12 10:00", lambda told: told.say("account-entry", purpose="JS-2026-09")),
    ]


def whole_term() -> list[Event]:
    """All of two weeks."""
    events = papers()
    for day in (DAYS[0], DAYS[5]):
        events += week(day)
    for day in DAYS:
        events += school_day(day)
    for later in range(14):
        events += cold(civil.days_later(DAYS[0], later))
    return events


def test_clean_days_are_silent_and_leave_nothing_but_the_calendar() -> None:
    told = Term()
    told.run(whole_term())

    assert told.found == []
    statuses = {row.status for row in told.rows.values()}
    assert statuses == {"met"}
    kinds = {row.kind for row in told.rows.values()}
    assert len(kinds) == 10
    left = {key.partition(" ")[2] for key in told.state}
    assert left == {"completeness", f"calendar {CANTEEN}", f"funds {SCHOOL}"}
    assert told.state[f"completeness funds {SCHOOL}"] == FUNDS


def _delayed(at: str) -> str:
    """When what was to be logged at a time is logged where nobody hurries."""
    day, clock = at[:10], at[11:]
    if day == DAYS[0] and "05:00" <= clock < "08:00":
        return f"{day} 08:{clock[3:5]}"  # the gateway was offline until eight
    slow = {
        f"{DAYS[1]} 15:00": f"{DAYS[2]} 09:00",  # the order is there after its goods
        f"{DAYS[3]} 05:00": f"{DAYS[3]} 20:00",  # the supplier enters dispatches in the evening
        f"{DAYS[4]} 12:40": f"{civil.days_later(DAYS[4], 2)} 09:00",  # meals are typed on Sunday
    }
    return slow.get(at, at)


def test_sloppy_days_are_silent() -> None:
    """Batches two hours late, papers before what they are of, a substitute, suppliers who are slow."""
    told = Term()
    shift = {"starts": f"{DAYS[1]} 06:00", "ends": f"{DAYS[1]} 14:00"}
    substitute = "person:aaaaaaaaaaaaaaaaaaaaaaaaaa"
    absent = f"{DAYS[1]} 05:50"
    events = [(_delayed(at), post) for at, post in whole_term() if at != absent]
    events.append((absent, lambda told: told.check(substitute, f"{DAYS[1]} 05:48")))
    events.append((f"{DAYS[1]} 21:00", lambda told: told.roster(HAND, **shift, roster_no="x")))
    told.run(events)

    assert told.found == []
    statuses = {row.status for row in told.rows.values()}
    assert statuses == {"met", "late"}


FAULTS = {
    "menu-of-day": lambda at, _: at == f"{civil.days_later(DAYS[5], -3)} 16:00",
    "sample-of-dish": lambda at, _: at == f"{DAYS[3]} 11:21",
    "check-of-shift": lambda at, _: at == f"{DAYS[3]} 05:51",
    "weigh-in-of-order": lambda at, _: at == f"{DAYS[3]} 06:10",
    "acceptance-of-delivery": lambda at, _: at == f"{DAYS[3]} 06:30",
    "settlement-of-acceptance": lambda at, _: at in ("2026-10-09 10:00", "2026-10-12 10:00"),
    "bank-entry-of-settlement": lambda at, _: at == "2026-10-12 10:00",
    "temperature-of-cabinet": lambda at, _: at == f"{DAYS[3]} 13:50:30",
    "companion-of-meal": lambda at, _: at == f"{DAYS[3]} 12:50",
    "self-inspection-of-period": lambda at, _: at == f"{DAYS[3]} 17:00",
}
"""Of each kind what is left out."""


@pytest.mark.parametrize("kind", FAULTS)
def test_what_is_left_out_is_found_and_nothing_else(kind: str) -> None:
    left_out = FAULTS[kind]
    told = Term()
    events = [event for event in whole_term() if not left_out(*event)]
    if kind == "sample-of-dish":
        events = [event for event in events if event[0] != f"{civil.days_later(DAYS[3], 2)} 12:01"]
    told.run(events)

    found = {one["obligation_kind"] for one in told.of("missing-evidence")}
    assert found == {kind}
    ids = [one.id for one in told.found]
    assert len(ids) == len(set(ids))


def faulty() -> Term:
    told = Term()
    every = [left_out for kind, left_out in FAULTS.items() if kind != "sample-of-dish"]
    told.run([event for event in whole_term() if not any(one(*event) for one in every)])
    return told


@pytest.mark.parametrize("stretch", [1, 7, 1_000])
def test_the_same_log_gives_the_same_in_whatever_stretches(stretch: int) -> None:
    told = faulty()
    state: dict[str, Any] = {}
    rows: dict[Any, Any] = {}
    family = Completeness()
    engine = Engine(
        [family],
        ledger=LEDGER.hex(),
        zone="Asia/Shanghai",
        read=lambda keys: {key: state[key] for key in keys if key in state},
    )
    found = []

    def take(changes: Changes) -> None:
        state.update(changes.state)
        rows.update(changes.rows)
        found.extend(changes.findings)
        engine.forget_cache()

    for place in range(0, len(told.records), stretch):
        part = told.records[place : place + stretch]
        engine.prefetch(part)
        for seen in part:
            engine.step(seen)
        take(engine.take_changes())
    engine.advance(told.now)
    take(engine.take_changes())

    assert found == told.found
    assert len(found) > 10
    assert {key: value for key, value in state.items() if value is not None} == told.state
    shown = {name: row for name, row in rows.items() if row.detail is not None}
    assert shown == told.rows


def test_nothing_stays_of_what_was_missing_after_its_time() -> None:
    told = faulty()
    told.go("2027-09-01 00:00")

    left = {key.partition(" ")[2].partition(" ")[0] for key in told.state}
    assert left == {"completeness", "calendar"}


def test_before_a_policy_stands_in_the_log_nothing_is_found() -> None:
    told = faulty()
    engine = Engine([Completeness()], ledger=LEDGER.hex(), zone="Asia/Shanghai")
    late = [seen for seen in told.records if seen.type != "missing-evidence"]
    policy = late.pop(0)
    for index, seen in enumerate([*late, policy]):
        moved = {"index": index}
        if seen is policy:
            moved["logged_at"] = told.now
        engine.step(type(seen)(**{**{n: getattr(seen, n) for n in seen.__slots__}, **moved}))
    engine.advance("2028-01-01T00:00:00.000Z")

    changes = engine.take_changes()
    assert changes.findings == []
    missed = [row.detail for row in changes.rows.values() if row.status == "missing"]
    assert {(detail or {})["missing_record"] for detail in missed} == {None}


def test_rows_of_the_cabinet_are_by_day() -> None:
    told = Term()
    told.run(cold(DAYS[0]) + cold(DAYS[1]), until=f"{DAYS[2]} 03:00")

    names = sorted(name for _, name in told.rows)
    assert names == [f"temperature-of-cabinet {CABINET} {day}" for day in DAYS[:2]]


def _shuffled(records: Sequence[Seen], seed: int) -> list[Seen]:
    """The same records, logged all at once at the end of the 9th, in another order.

    What corrects or replaces a record comes after it, as in any log.
    """
    policy, *others = [seen for seen in records if seen.type != "missing-evidence"]
    chance = random.Random(seed)
    place = {seen.id: chance.random() for seen in others}
    for seen in others:
        for target in (*seen.linked("corrects"), *seen.linked("replaces")):
            place[seen.id] = chance.uniform(place[target], 1)
    others.sort(key=lambda seen: place[seen.id])
    return [
        replace(seen, index=index, logged_at=utc("2026-09-09 23:00"))
        for index, seen in enumerate([policy, *others])
    ]


def _told(records: Sequence[Seen]) -> tuple[dict[str, str], set[str]]:
    """The statuses of the rows, and what was found of which record."""
    by_id = {seen.id: seen for seen in records}
    engine = Engine([Completeness()], ledger=LEDGER.hex(), zone="Asia/Shanghai", lookup=by_id.get)
    for seen in records:
        engine.step(seen)
    engine.advance("2026-09-20T00:00:00.000Z")
    changes = engine.take_changes()
    rows = {row.name: row.status for row in changes.rows.values() if row.detail is not None}
    return rows, {finding.id for finding in changes.findings}


@pytest.mark.parametrize("seed", range(8))
def test_what_is_owed_does_not_depend_on_what_came_first(seed: int) -> None:
    told = Term(keep_days=30)
    told.run([event for event in whole_term() if event[0] < "2026-09-09 23:00"], "2026-09-09 23:00")
    menu = next(seen for seen in told.records if seen.type == "menu")
    told.menu("d-1", "d-7", day=DAYS[0], supersedes=[menu.id])
    roster = next(seen for seen in told.records if seen.type == "shift-roster")
    told.roster(COOK, HEAD, starts=f"{DAYS[0]} 06:00", ends=f"{DAYS[0]} 14:00")
    told.correct(roster)
    told.correct(next(seen for seen in told.records if seen.type == "sample-retained"))
    weighed = next(seen for seen in told.records if seen.type == "weigh-in")
    told.replace(weighed, item_code="pork-ham")
    told.correct(next(seen for seen in told.records if seen.type == "temperature-log"))
    told.check("person:aaaaaaaaaaaaaaaaaaaaaaaaaa", f"{DAYS[0]} 05:45")
    told.roster(
        "person:bbbbbbbbbbbbbbbbbbbbbbbbbb", starts=f"{DAYS[0]} 06:00", ends=f"{DAYS[0]} 14:00"
    )

    rows, found = _told(_shuffled(told.records, 0))
    others, found_too = _told(_shuffled(told.records, seed + 1))

    assert {"missing", "void", "late"} <= set(rows.values())
    assert others == rows
    assert found_too == found

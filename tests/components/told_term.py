"""Two weeks of a whole canteen, its papers and its money: what is posted, and when."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from components.told_canteen import COOK, HAND, HEAD, ToldCanteen, utc
from components.told_log import LEDGER
from ledger import timestamp
from ledger.canonical import JsonValue
from ledger.evidence.catalogue import TYPES
from ledger.oversight import civil
from ledger.oversight.completeness import Completeness
from ledger.oversight.engine import Changes, Engine, Finding
from ledger.oversight.family import Row

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
    before = f"{civil.days_later(day, -3)} 16:00"

    def menu(on: str) -> Event:
        return before, lambda told: told.menu("d-1", "d-2", day=on)

    return [menu(civil.days_later(day, later)) for later in range(5)]


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

    def batch(hour: int) -> Event:
        return f"{day} {hour:02}:50:30", lambda told: told.read(day, hour)

    return [batch(hour) for hour in range(24)]


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


def retold(
    told: ToldCanteen, stretch: int
) -> tuple[list[Finding], Mapping[tuple[str, str], Row], Mapping[str, JsonValue]]:
    """The same log told again, so many records at a time: what is found, the rows, the state."""
    found: list[Finding] = []
    rows: dict[tuple[str, str], Row] = {}
    state: dict[str, JsonValue] = {}
    by_id = {seen.id: seen for seen in told.records}
    engine = Engine(
        [Completeness()],
        ledger=LEDGER.hex(),
        zone="Asia/Shanghai",
        read=lambda keys: {key: state[key] for key in keys if state.get(key) is not None},
        lookup=by_id.get,
    )

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
    return (
        found,
        {name: row for name, row in rows.items() if row.detail is not None},
        {key: value for key, value in state.items() if value is not None},
    )

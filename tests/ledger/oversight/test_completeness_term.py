"""Two weeks of a whole canteen: silent where all is as it should be, or sloppy as kitchens are.

And what must hold of any log: the same findings in whatever stretches it is told, nothing twice, and
no state for what is over.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from components.told_canteen import CABINET, CANTEEN, COOK, FUNDS, HAND, HEAD, SCHOOL, utc
from components.told_log import LEDGER
from components.told_term import DAYS, Term, cold, retold, whole_term

from ledger.oversight import civil
from ledger.oversight.completeness import Completeness
from ledger.oversight.engine import Engine
from ledger.oversight.seen import Seen


def test_clean_days_are_silent_and_leave_nothing_but_the_calendar() -> None:
    told = Term()
    told.run(whole_term())

    assert told.found == []
    statuses = {row.status for row in told.rows.values()}
    assert statuses == {"met"}
    kinds = {row.kind for row in told.rows.values()}
    assert len(kinds) == 11
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
    "service-of-meal": lambda at, _: at == f"{DAYS[3]} 12:40",
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

    assert len(told.found) > 10
    assert retold(told, stretch) == (told.found, told.rows, told.state)


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
        engine.step(replace(seen, **moved))
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

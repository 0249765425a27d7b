"""The same log gives the same findings, rows and state, in whatever stretches it is told."""

from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any

import orjson
import pytest
from components.told_log import LEDGER

from ledger.canonical import JsonValue
from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day
from ledger.evidence.examples.inspections import INSPECTOR
from ledger.oversight.credit import Credit
from ledger.oversight.engine import Engine


@pytest.fixture
def autumn(supplies: Callable[..., Any]) -> Any:
    """Two months with a little of everything."""
    told = supplies(deliveries_per_gain=5, decay={"default": {"mode": "halve", "days": 20}})
    told.log.example(TYPES["reference-price"].example, valid_from="2026-09-01",
                     valid_until="2026-12-31")  # fmt: skip
    for number in range(1, 29):
        on = f"2026-09-{number:02}"
        told.deliver(on, time="09:00:00" if number % 9 == 0 else "06:10:00",
                     quantities=(9_000, 3) if number % 7 == 0 else (10_000, 3))  # fmt: skip
        if number % 10 == 3:
            rejected = told.reject(on, number=f"J-{number}", quantity=number)
            dispute = {
                **TYPES["dispute"].example["payload"],
                "record": rejected.id,
                "dispute_no": f"D-{number}",
            }
            link = {"rel": "disputes", "id": rejected.id, "sha256": rejected.leaf_hash.hex()}
            disputed = told.log.post("dispute", dispute, issuer=day.SUPPLIER, links=[link])
            if number in (3, 13):
                ruling = {
                    **TYPES["ruling"].example["payload"],
                    "dispute": disputed.id,
                    "ruling_no": f"R-{number}",
                    "decided_by": [INSPECTOR if number == 13 else day.COOK],
                    "accountable": INSPECTOR,
                }
                link = {"rel": "rules-on", "id": disputed.id, "sha256": disputed.leaf_hash.hex()}
                told.log.post("ruling", ruling, issuer=day.REGULATOR, links=[link])
            if number == 3:
                again = {**dispute, "dispute_no": "D-3-again"}
                link = {"rel": "disputes", "id": rejected.id, "sha256": rejected.leaf_hash.hex()}
                told.log.post("dispute", again, issuer=day.SUPPLIER, links=[link])
            if number == 23:
                told.log.correct(rejected)
    told.log.until("2026-12-01T00:00:00.000Z")
    return told


@pytest.mark.parametrize("stretch", [1, 7, 1_000])
def test_a_log_told_again_gives_the_same(autumn: Any, stretch: int) -> None:
    """As an audit tells it: all at once, with the findings as records of the log."""
    stored: dict[str, JsonValue] = {}
    rows: dict[Any, Any] = {}
    found = []

    def read(keys: Any) -> Mapping[str, JsonValue]:
        return {key: stored[key] for key in keys if key in stored}

    engine = Engine([Credit()], ledger=LEDGER.hex(), zone="Asia/Shanghai", read=read,
                    lookup=autumn.log._lookup)  # fmt: skip
    records = autumn.log.records
    for at in range(0, len(records), stretch):
        for seen in records[at : at + stretch]:
            engine.step(seen)
        if at + stretch >= len(records):
            engine.advance(autumn.log.now)
        changes = engine.take_changes()
        for key, value in changes.state.items():
            stored[key] = orjson.loads(orjson.dumps(value))
            if value is None:
                del stored[key]
        rows |= changes.rows
        found += changes.findings
        engine.forget_cache()

    assert len(found) > 20
    assert "suspicion" in {one.request["type"] for one in found}
    assert [one.request for one in found] == [one.request for one in autumn.log.found]
    assert rows == autumn.log.rows
    assert stored == autumn.log.state


def test_no_float_is_stored_or_posted(autumn: Any) -> None:
    def floats(value: Any) -> bool:
        if isinstance(value, dict):
            return any(floats(member) for member in value.values())
        if isinstance(value, list | tuple):
            return any(floats(member) for member in value)
        return isinstance(value, float)

    assert not any(floats(value) for value in autumn.log.state.values())
    assert not any(floats(row.detail) for row in autumn.log.rows.values())


def test_sums_by_factor_come_to_what_the_score_moved(autumn: Any) -> None:
    detail = autumn.score().detail

    assert sum(detail["sums"].values()) == detail["balance_points"] - detail["start_points"]
    assert detail["entries"] == len(autumn.entries())
    assert autumn.entries()[-1][2] == detail["balance_points"]


def test_what_movements_still_count_comes_to_what_the_score_moved(autumn: Any) -> None:
    counts = sum(
        row.detail.get("counts_points", 0)
        for (_, name), row in autumn.log.rows.items()
        if name.startswith("entry ")
    )
    detail = autumn.score().detail

    assert counts == detail["balance_points"] - detail["start_points"]


FACTS = ("order", "weigh", "accept", "reject")


@pytest.mark.parametrize("order", list(permutations(FACTS)))
def test_facts_of_a_delivery_may_come_in_any_order(
    supplies: Callable[..., Any], order: tuple[str, ...]
) -> None:
    told = supplies()
    told.log.until("2026-09-07T04:00:00.000Z")
    on = "2026-09-07"
    for fact in order:
        match fact:
            case "order":
                told.order(on)
            case "weigh":
                told.weigh(on, "09:00:00")
            case "accept":
                told.accept(on, "09:10:00", quantities=(8_000, 2))
            case _:
                told.reject(on, "label")
    told.settle(on)

    assert sorted(told.entries()[0:1]) == [("rejected", -1, 99)]
    assert [entry[:2] for entry in told.entries()] == [
        ("rejected", -1),
        ("late", -1),
        ("short-weight", -2),
    ]

"""The engine: when a family is told and woken, what it is given back, and what follows from that."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from components.dispatched import Dispatched
from components.told_log import ADMIN, ENGINE, LEDGER, ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.oversight.engine import Engine, Finding
from ledger.oversight.family import Context, Row
from ledger.oversight.found import linked
from ledger.oversight.seen import Seen, inputs_root

ORDER = TYPES["order"].example
DISPATCH = TYPES["dispatch"].example
SCHOOL = ORDER["payload"]["school"]


def log() -> ToldLog:
    return ToldLog(Dispatched())


def test_what_does_not_come_in_time_is_found_as_of_that_moment() -> None:
    told = log()
    told.example(ORDER, at="2026-09-01T08:00:00.000Z")

    told.until("2026-09-01T09:00:00.000Z")
    assert told.found == []
    told.until("2026-09-01T09:30:00.000Z")

    (missing,) = told.of("missing-evidence")
    assert missing["due_at"] == "2026-09-01T09:00:00.000Z"
    assert missing["as_of_size"] == 2
    assert (missing["inputs"], missing["inputs_root"]) == inputs_root([told.records[1].ref])
    (found,) = told.found
    assert found.request["occurred_at"] == "2026-09-01T09:00:00.000Z"
    assert found.request["links"] == [{"rel": "cites", "id": told.records[1].id}]


def test_what_comes_in_time_is_silence() -> None:
    told = log()
    told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    told.example(DISPATCH, at="2026-09-01T08:59:59.999Z")
    told.until("2026-09-02T00:00:00.000Z")

    assert told.found == []


def test_a_timer_fires_before_the_record_that_is_logged_after_it() -> None:
    told = log()
    told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    told.engine.advance("2026-09-01T08:30:00.000Z")
    told.now = "2026-09-01T09:00:00.001Z"
    told.example(DISPATCH)

    assert [m["as_of_size"] for m in told.of("missing-evidence")] == [2]


class Revising(Dispatched):
    """It looks at once, by every new policy, at what it waits for."""

    def revise(self, waiting: Sequence[str], context: Context) -> None:
        for key in waiting:
            context.wake(context.now, key)


def test_a_family_is_told_of_another_policy_and_what_it_waits_for() -> None:
    told = ToldLog(Revising())
    told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    rules = {"name": "dispatched", "rules": {"hour_s": 1}}
    told.post("policy", {**rules, "version": 1}, issuer=ADMIN, at="2026-09-01T08:10:00.000Z")
    told.until("2026-09-01T08:10:00.001Z")
    assert told.found == []
    told.post("policy", {**rules, "version": 2}, issuer=ADMIN, at="2026-09-01T08:20:00.000Z")
    told.until("2026-09-01T08:20:00.001Z")

    (missing,) = told.of("missing-evidence")
    assert missing["due_at"] == "2026-09-01T08:20:00.000Z"


def test_nothing_is_found_before_a_policy_stands_in_the_log() -> None:
    told = ToldLog()
    told.engine = Engine([Dispatched()], ledger=LEDGER.hex(), zone="Asia/Shanghai")
    told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    told.until("2026-09-02T00:00:00.000Z")

    assert told.found == []
    assert told.rows


def test_a_later_policy_is_in_force_from_its_entry_on() -> None:
    told = log()
    rules = {"name": "dispatched", "version": 2, "rules": {"hour_s": 7200}}
    told.post("policy", rules, issuer=ADMIN, at="2026-09-01T07:00:00.000Z")
    told.post("policy", {**rules, "version": 1}, issuer=ADMIN)
    told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    told.until("2026-09-01T09:30:00.000Z")
    assert told.found == []

    told.until("2026-09-01T10:30:00.000Z")

    assert [m["policy_version"] for m in told.of("missing-evidence")] == [2]


def test_a_corrected_record_counts_no_more() -> None:
    told = log()
    order = told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    told.correct(order)
    told.until("2026-09-02T00:00:00.000Z")

    assert told.found == []
    assert told.rows == {}
    assert list(told.state) == ["policy dispatched"]


@pytest.mark.parametrize(("fields", "left"), [((), 0), (("supplier",), 0), (("meals_planned",), 1)])
def test_an_erasure_takes_back_only_what_was_read(fields: tuple[str, ...], left: int) -> None:
    told = log()
    order = told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    told.erase(order, *fields)
    told.until("2026-09-02T00:00:00.000Z")

    assert len(told.found) == left


@pytest.mark.parametrize("erased", [None, frozenset({"order_no"})])
def test_a_record_with_an_erased_field_is_not_told(erased: frozenset[str] | None) -> None:
    told = log()
    order = told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    gone = replace(order, payload=None) if erased is None else replace(order, erased=erased)
    engine = Engine([Dispatched()], ledger=LEDGER.hex(), zone="Asia/Shanghai")
    engine.step(told.records[0])
    engine.step(gone)

    assert list(engine.take_changes().state) == ["policy dispatched"]


def test_the_same_log_gives_the_same_findings_in_whatever_stretches_it_comes() -> None:
    told = log()
    told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    told.until("2026-09-01T10:00:00.000Z")
    told.example(ORDER, at="2026-09-01T11:00:00.000Z", order_no="A-18")
    told.example(DISPATCH)

    again = _replayed(told)

    assert again == told.found
    assert len(again) == 1


def _replayed(told: ToldLog) -> list[Finding]:
    """What an engine finds that is told the whole log at once."""
    engine = Engine([Dispatched()], ledger=LEDGER.hex(), zone="Asia/Shanghai")
    for seen in told.records:
        engine.step(seen)
    return engine.take_changes().findings


def test_an_engine_goes_on_where_stored_changes_ended() -> None:
    told = log()
    told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    engine = Engine([Dispatched()], ledger=LEDGER.hex(), zone="Asia/Shanghai")
    for seen in told.records:
        engine.step(seen)
    stored = engine.take_changes()

    resumed = Engine(
        [Dispatched()],
        ledger=LEDGER.hex(),
        zone="Asia/Shanghai",
        read=lambda keys: {key: stored.state[key] for key in keys if key in stored.state},
        size=stored.size,
        now="2026-09-01T08:00:00.000Z",
        timers=stored.timers,
    )
    resumed.advance("2026-09-01T09:30:00.000Z")

    changes = resumed.take_changes()
    assert [finding.request["type"] for finding in changes.findings] == ["missing-evidence"]
    assert changes.fired == stored.timers
    assert changes.findings[0].request["payload"]["policy_version"] == 1


def test_a_family_is_told_what_the_engine_itself_posted() -> None:
    class Reads(Dispatched):
        name = "reads"
        reads: Mapping[str, frozenset[str]] = {"missing-evidence": frozenset()}

        def tell(self, seen: Seen, context: Context) -> None:
            assert seen.issuer == ENGINE
            context.put("missing", [*(context.get("missing") or []), seen.index])

    told = ToldLog(Dispatched(), Reads())
    told.example(ORDER, at="2026-09-01T08:00:00.000Z")
    told.until("2026-09-01T10:00:00.000Z")

    assert told.state["reads missing"] == [3]


def test_records_are_told_in_order_and_each_once() -> None:
    told = log()
    with pytest.raises(ValueError, match="record 0 after 1"):
        told.engine.step(told.records[0])


@pytest.mark.parametrize(("others", "cited"), [(0, 512), (500, 12), (512, 0)])
def test_inputs_are_cited_as_far_as_links_go(others: int, cited: int) -> None:
    inputs = [[index, "00" * 32, f"id-{index}"] for index in range(600)]

    links = linked(inputs, {"opens": [f"cause-{number}" for number in range(others)]})

    assert [link["id"] for link in links if link["rel"] == "cites"] == [
        f"id-{index}" for index in range(600 - cited, 600)
    ]
    assert len(links) == 512


def test_a_row_that_is_shown_is_made_once_and_one_that_is_put_after_it_counts() -> None:
    made: list[int] = []

    def row(number: int) -> Row:
        made.append(number)
        return Row("dispatched", "x", detail={"number": number})

    engine = Engine([Dispatched()], ledger=LEDGER.hex(), zone="Asia/Shanghai")
    context = engine._contexts[0]
    context.show("x", lambda: row(1))
    context.show("x", lambda: row(2))
    shown = engine.take_changes()
    context.show("x", lambda: row(3))
    context.row(Row("dispatched", "x"))

    assert [one.detail for one in shown.rows.values()] == [{"number": 2}]
    assert [one.detail for one in engine.take_changes().rows.values()] == [None]
    assert made == [2]

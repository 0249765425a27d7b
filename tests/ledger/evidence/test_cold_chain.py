"""Cold chain: series and disposed samples."""

from typing import Any

DAY_OF_MINUTES = {
    "counter_from": 1,
    "counter_until": 1440,
    "interval_s": 60,
    "first_read_at": "2026-11-22T00:00:00Z",
    "mC_readings": [4_000] * 1440,
}


def test_a_series_is_about_its_cabinet(example: Any, prepare: Any) -> None:
    made = prepare(example("temperature-log"))

    assert made.statement.subjects == ("canteen:2105020001~01", "device:bx-0001-cabinet-1")
    assert made.devices == ("device:bx-0001-cabinet-1",)
    assert made.posters == {"device"}


def test_one_reading_is_a_batch(example: Any, faults: Any) -> None:
    at = "2026-11-23T11:15:03+08:00"
    one = {"counter_from": 0, "counter_until": 0, "mC_readings": [4_000]}

    assert not faults(example("temperature-log", first_read_at=at, last_read_at=at, **one))


def test_a_slow_clock_makes_no_gap_but_a_missed_half_hour_does(example: Any, faults: Any) -> None:
    def until(last: str) -> set[tuple[str, str]]:
        found = faults(example("temperature-log", last_read_at=last, **DAY_OF_MINUTES))
        assert isinstance(found, set)
        return found

    assert not until("2026-11-22T23:59:00Z")
    assert not until("2026-11-23T00:05:00Z")
    assert until("2026-11-23T00:29:00Z") == {("/payload/last_read_at", "gap")}
    assert until("2026-11-22T23:29:00Z") == {("/payload/last_read_at", "gap")}


def test_a_clock_ahead_of_its_gateway_s_is_stored_and_seen(example: Any, faults: Any) -> None:
    assert not faults(example("temperature-log") | {"occurred_at": "2026-11-23T12:00:00+08:00"})


def test_a_warm_cabinet_is_stored_so_that_it_can_become_a_finding(
    example: Any, faults: Any
) -> None:
    assert not faults(example("temperature-log", mC_readings=[19_000] * 8))


def test_a_disposed_sample_is_the_retained_one_s_dish(example: Any, prepare: Any) -> None:
    disposed = prepare(example("sample-disposed"))
    retained = prepare(example("sample-retained"))

    assert disposed.statement.subjects == retained.statement.subjects
    assert disposed.statement.links[0].id == retained.statement.id


def test_a_sample_taken_early_says_why(example: Any, faults: Any) -> None:
    early = {"disposed_at": "2026-11-24T09:00:00+08:00"}

    assert not faults(example("sample-disposed", reason_code="taken-by-authority", **early))
    assert faults(example("sample-disposed", **early)) == {("/payload/disposed_at", "too-early")}


def test_only_a_person_can_write_down_what_is_yet_to_come(example: Any, faults: Any) -> None:
    early = example("sample-disposed") | {"occurred_at": "2026-11-25T15:00:00+08:00"}

    assert faults(early) == {("/payload/disposed_at", "not-yet")}
    assert not faults({**early, "issuer": "gateway:bx-0001"})


def test_a_sample_may_go_without_a_witness(example: Any, faults: Any) -> None:
    assert not faults(example("sample-disposed", witnessed_by=...))

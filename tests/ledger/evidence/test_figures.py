"""Figures and duties."""

from typing import Any

from ledger.evidence.examples import school_day as day


def test_a_snapshot_of_all_schools_is_about_none(example: Any, prepare: Any) -> None:
    assert prepare(example("dashboard-snapshot")).statement.subjects == (day.SCHOOL,)
    assert prepare(example("dashboard-snapshot", school=...)).statement.subjects == ()


def test_a_claim_may_exceed_the_whole_and_is_rounded_half_up(example: Any, faults: Any) -> None:
    def claim(numerator: int, denominator: int, value_ppm: int) -> Any:
        return example(
            "kpi-report",
            indicators=[
                {
                    "indicator_code": "waste-per-day",
                    "numerator": numerator,
                    "numerator_unit": "g",
                    "denominator": denominator,
                    "denominator_unit": "day",
                    "value_ppm": value_ppm,
                }
            ],
        )

    assert not faults(claim(75_000, 1, 75_000_000_000))
    assert not faults(claim(1, 2_000_000, 1))
    assert faults(claim(1, 2_000_001, 1)) == {("/payload/indicators/0/value_ppm", "fraction")}


def test_a_deputy_of_two_duties_of_one_side_is_fine(example: Any, faults: Any) -> None:
    duties = [
        {"duty_code": "acceptance", "side": "goods", "person": day.STOREKEEPER, "deputy": day.COOK},
        {"duty_code": "samples", "side": "goods", "person": day.COOK, "deputy": day.STOREKEEPER},
    ]

    assert not faults(example("responsibility-assignment", duties=duties, valid_until=None))

"""Devices: calibrations."""

from typing import Any


def test_a_calibration_is_about_the_scale_and_its_school(example: Any, prepare: Any) -> None:
    made = prepare(example("calibration"))

    assert made.statement.subjects == ("device:bx-0001-scale-1", "school:2105020001")
    assert made.bound_party == "school:2105020001"


def test_a_scale_that_failed_is_stored_as_failed(example: Any, faults: Any) -> None:
    assert not faults(
        example("calibration", result="fail", points=[{"applied_g": 50_000, "shown_g": 49_000}])
    )


def test_it_may_lapse_on_the_day_it_was_done(example: Any, faults: Any) -> None:
    assert not faults(example("calibration", calibrated_on="2026-09-01", valid_until="2026-09-01"))

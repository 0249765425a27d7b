"""Opinions: companion meals and surveys."""

from typing import Any

from ledger.evidence import catalogue


def test_a_companion_meal_is_about_what_was_eaten_not_about_who_ate(
    example: Any, prepare: Any
) -> None:
    made = prepare(example("companion-meal"))

    assert {name.partition(":")[0] for name in made.statement.subjects} == {
        "canteen", "dish", "meal",
    }  # fmt: skip


def test_a_meal_is_written_down_the_moment_it_is_eaten_or_later(example: Any, faults: Any) -> None:
    request = example("companion-meal", ate_at="2026-11-23T12:20:00+08:00")

    assert not faults(request)
    request["payload"]["ate_at"] = "2026-11-23T12:20:00.001+08:00"
    assert faults(request) == {("/payload/ate_at", "not-yet")}


def test_a_pass_without_findings_needs_no_action(example: Any, faults: Any) -> None:
    assert not faults(example("companion-meal", findings=[], action=...))


def test_who_left_a_question_out_is_not_counted_there(example: Any, faults: Any) -> None:
    some = [{"question_code": "taste", "counts": [0, 0, 0, 0, 100]}]

    assert not faults(example("satisfaction-survey", questions=some))


def test_a_survey_names_nobody(example: Any, prepare: Any) -> None:
    kind = catalogue.get("satisfaction-survey")
    made = prepare(example("satisfaction-survey"))

    assert made.statement.subjects == ("canteen:2105020001~01", "school:2105020001")
    assert {rule.role for rule in kind.blobs} == {"form"}

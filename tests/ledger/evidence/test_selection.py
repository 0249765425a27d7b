"""Selection: schools choose out of the pool, and say how they were served."""

from typing import Any

from ledger.evidence import catalogue

SUPPLIER = "supplier:91210500MA0UTC1A0P"
OTHER = "supplier:91210500MA0R4W7K2A"


def test_a_selection_is_about_the_chosen_not_about_those_passed_over(
    example: Any, prepare: Any
) -> None:
    """A party reads what it is a subject of: a rival would read the others' points."""
    assert prepare(example("supplier-selection")).statement.subjects == (
        "canteen:2105020001~01",
        "school:2105020001",
        SUPPLIER,
    )


def test_among_equals_no_reason_is_asked(example: Any, faults: Any) -> None:
    equals = [{"supplier": SUPPLIER, "points": 84}, {"supplier": OTHER, "points": 84}]

    assert not faults(example("supplier-selection", supplier=OTHER, candidates=equals))
    assert not faults(example("supplier-selection", supplier=OTHER, reason="距离近，可每日两送。"))


def test_an_only_candidate_is_chosen(example: Any, faults: Any) -> None:
    assert not faults(
        example("supplier-selection", candidates=[{"supplier": SUPPLIER, "points": 0}])
    )


def test_nobody_but_the_school_chooses_or_evaluates() -> None:
    for name in ("supplier-selection", "supplier-evaluation"):
        assert catalogue.get(name).posters == {"school"}
        assert catalogue.get(name).bound_field == "school"


def test_an_evaluation_of_a_month_without_deliveries_says_so(example: Any, faults: Any) -> None:
    assert not faults(example("supplier-evaluation", deliveries=0, deliveries_rejected=0))

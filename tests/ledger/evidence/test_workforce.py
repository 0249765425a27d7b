"""Workforce: registrations and rosters."""

from typing import Any

COOK = "person:c3xw6ofm2ktq7vzj5ynbhapdre"
HAND = "person:f4rm2kxw7zq5tvbn3hycjdasge"


def test_a_registration_is_the_employer_s_about_one_person(example: Any, prepare: Any) -> None:
    made = prepare(example("staff-registration"))

    assert made.bound_party == "labour:91210500MA0P7C4K8D"
    assert made.statement.subjects == ("canteen:2105020001~01", COOK)


def test_the_school_year_ends_where_the_next_pseudonym_begins(example: Any, faults: Any) -> None:
    def works(first: str, last: str) -> set[tuple[str, str]]:
        found = faults(example("staff-registration", works_from=first, works_until=last))
        assert isinstance(found, set)
        return found

    assert not works("2026-09-01", "2027-08-31")
    assert works("2026-08-31", "2027-08-31") == {("/payload/works_from", "school-year")}
    assert works("2026-09-01", "2027-09-01") == {("/payload/works_until", "school-year")}


def test_a_roster_is_about_everyone_on_it(example: Any, prepare: Any) -> None:
    made = prepare(example("shift-roster"))

    assert made.statement.subjects == ("canteen:2105020001~01", COOK, HAND)


def test_a_night_shift_belongs_to_the_day_on_either_side(example: Any, faults: Any) -> None:
    night = {"starts_at": "2026-11-23T22:00:00+08:00", "ends_at": "2026-11-24T06:00:00+08:00"}

    assert not faults(example("shift-roster", shift_on="2026-11-23", **night))
    assert not faults(example("shift-roster", shift_on="2026-11-24", **night))
    assert faults(example("shift-roster", shift_on="2026-11-25", **night)) == {
        ("/payload/starts_at", "other-day")
    }


def test_sixty_people_are_one_roster(example: Any, prepare: Any) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    people = [
        {"staff": f"person:{letters[one // 32]}{letters[one % 32]}{'a' * 24}", "duty": "server"}
        for one in range(60)
    ]

    assert len(prepare(example("shift-roster", people=people)).statement.subjects) == 61

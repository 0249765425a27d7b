"""Nutrition: commitments and consents."""

from typing import Any

import pytest

from ledger.evidence import catalogue


@pytest.mark.parametrize("name", ["nutrition-profile", "consent"])
def test_only_the_school_is_a_subject(name: str, example: Any, prepare: Any) -> None:
    assert prepare(example(name)).statement.subjects == ("school:2105020001",)


def test_no_field_but_the_accountable_s_takes_a_person() -> None:
    for name in ("nutrition-profile", "consent", "satisfaction-survey"):
        fields = catalogue.get(name).json_schema()["properties"]
        people = {
            field for field, schema in fields.items() if "person" in str(schema.get("pattern", ""))
        }
        assert people == {"accountable"}


def test_two_profiles_are_a_set_and_one_is_a_child(example: Any, faults: Any) -> None:
    assert not faults(example("nutrition-profile", profiles=2))
    assert faults(example("nutrition-profile", profiles=1)) == {("/payload/profiles", "too-small")}


def test_who_has_not_answered_yet_is_neither_given_nor_refused(example: Any, faults: Any) -> None:
    assert not faults(example("consent", given=100, refused=0))

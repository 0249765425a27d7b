"""Shared: corrections and confirmations."""

from typing import Any

TARGET = "01a206fd-6778-7a62-a7b8-000000000015"


def test_a_correction_stands_in_the_chain_of_the_record_and_of_its_issuer(
    example: Any, prepare: Any
) -> None:
    made = prepare(example("correction"))

    assert made.statement.subjects == (f"record:{TARGET}", "school:2105020001")


def test_a_correction_says_why(example: Any, prepare: Any, faults: Any) -> None:
    assert prepare(example("correction")).reason_code == "did-not-occur"
    assert (
        prepare(example("correction", reason_code="incorrect-data")).reason_code == "incorrect-data"
    )
    assert faults(example("correction", reason=...)) == {("/payload/reason", "missing")}


def test_only_a_correction_corrects(example: Any, faults: Any) -> None:
    request = example("order")
    request["links"] = example("correction")["links"]

    assert ("/links/0/rel", "link") in faults(request)


def test_the_right_record_replaces_the_wrong_one(example: Any, prepare: Any) -> None:
    request = example("order")
    request["links"] = [{"rel": "replaces", "id": TARGET}]

    (link,) = prepare(request).statement.links

    assert (link.rel, link.id) == ("replaces", TARGET)


def test_a_confirmation_stands_in_the_history_of_who_confirms(example: Any, prepare: Any) -> None:
    assert prepare(example("confirmation")).statement.subjects == ("supplier:91210500MA0UTC1A0P",)


def test_who_confirms_holds_the_role_it_confirms_in(example: Any, prepare: Any) -> None:
    assert prepare(example("confirmation")).posters == {"supplier"}
    assert prepare(example("confirmation", role="bank")).posters == {"bank"}


def test_a_machine_confirms_without_a_person(example: Any, faults: Any) -> None:
    request = example("confirmation", role="device", confirmed_by=..., accountable=...)

    assert not faults({**request, "issuer": "gateway:bx-0001"})


def test_a_school_is_no_second_to_its_canteen(example: Any, faults: Any) -> None:
    request = example("confirmation", issued_by="canteen:2105020001~01")

    assert faults({**request, "issuer": "school:2105020001"}) == {
        ("/payload/issued_by", "own-record")
    }

"""Staff: health certificates and morning checks."""

from typing import Any

from ledger.evidence import catalogue

PERSON = "person:k2vt6yqj4zrm7xbc5hdwonpeas"


def test_a_morning_check_is_about_the_canteen_and_the_person(example: Any, prepare: Any) -> None:
    made = prepare(example("morning-check"))

    assert made.statement.subjects == (
        "canteen:2105020001~01",
        "person:c3xw6ofm2ktq7vzj5ynbhapdre",
    )
    assert made.bound_party == "canteen:2105020001~01"


def test_a_person_answers_for_what_no_machine_measured(example: Any, faults: Any) -> None:
    typed = example("morning-check") | {"issuer": "school:2105020001"}

    assert faults(typed) == {("/payload/accountable", "missing")}
    typed["payload"]["accountable"] = PERSON
    assert not faults(typed)


def test_photos_of_a_face_may_be_left_out_but_not_doubled(example: Any, faults: Any) -> None:
    request = example("morning-check")

    assert not faults({**request, "blobs": []})
    assert not faults({**request, "blobs": request["blobs"][:1]})


def test_what_is_known_of_health_needs_its_own_scope() -> None:
    kind = catalogue.get("morning-check")

    assert {"forehead_mC", "hands", "symptoms", "result"} <= kind.personal
    assert all(rule.personal for rule in kind.blobs)
    assert all(rule.personal for rule in catalogue.get("health-certificate").blobs)


def test_a_health_certificate_is_the_employer_s_about_one_person(
    example: Any, prepare: Any, faults: Any
) -> None:
    made = prepare(example("health-certificate"))

    assert made.bound_party == "labour:91210500MA0P7C4K8D"
    assert made.statement.subjects == ("person:c3xw6ofm2ktq7vzj5ynbhapdre",)
    assert faults(example("health-certificate", employer="supplier:91210500MA0UTC1A0P")) == {
        ("/payload/employer", "not-a-subject")
    }

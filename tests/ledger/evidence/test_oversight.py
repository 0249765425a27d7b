"""Oversight: alerts, work orders and their answers."""

from typing import Any

from ledger.evidence import catalogue

ENGINE = "operator:91210500MA0XR22L6F~engine"
REGULATOR = "regulator:11210500MB1H7728Q5~canteens"
PERSON = "person:k2vt6yqj4zrm7xbc5hdwonpeas"


def test_an_alert_is_about_its_camera_and_canteen(example: Any, prepare: Any) -> None:
    made = prepare(example("inspection-alert"))

    assert made.statement.subjects == ("camera:bx-0001-kitchen-1", "canteen:2105020001~01")
    assert made.devices == ("camera:bx-0001-kitchen-1",)


def test_nobody_is_accountable_for_what_a_camera_saw(example: Any, faults: Any) -> None:
    assert faults(example("inspection-alert", accountable=PERSON)) == {
        ("/payload/accountable", "unknown-field")
    }


def test_a_work_order_is_about_itself_and_who_is_responsible(example: Any, prepare: Any) -> None:
    made = prepare(example("work-order"))

    assert made.statement.subjects == (
        "canteen:2105020001~01",
        "school:2105020001",
        "work-order:GD-2026-0317",
    )


def test_the_engine_answers_for_nothing_a_regulator_names_a_person(
    example: Any, faults: Any
) -> None:
    request = example("work-order")

    assert not faults({**request, "issuer": ENGINE})
    assert faults({**request, "issuer": REGULATOR}) == {("/payload/accountable", "missing")}
    request["payload"]["accountable"] = PERSON
    assert not faults({**request, "issuer": REGULATOR})


def test_a_rectification_stands_in_its_work_order_s_chain(
    example: Any, prepare: Any, faults: Any
) -> None:
    numbered = example("work-order", work_order_no="整改 17")
    (about,) = (
        name for name in prepare(numbered).statement.subjects if name.startswith("work-order:")
    )

    made = prepare(example("rectification", work_order=about))

    assert made.statement.subjects == (about,)
    assert faults(example("rectification", work_order="整改 17")) == {
        ("/payload/work_order", "not-a-subject")
    }


def test_its_photo_was_never_used_before(example: Any, prepare: Any) -> None:
    made = prepare(example("rectification"))

    assert [blob.fresh for blob in made.blobs] == [True]
    assert not any(
        rule.fresh
        for kind in catalogue.TYPES.values()
        if kind.name != "rectification"
        for rule in kind.blobs
    )

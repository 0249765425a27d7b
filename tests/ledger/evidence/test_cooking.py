"""Cooking: standards and steps."""

from typing import Any

GATEWAY = "gateway:bx-0001"


def test_a_step_ties_the_dish_to_the_lots_that_went_in(example: Any, prepare: Any) -> None:
    made = prepare(example("cooking-step"))

    assert made.statement.subjects == (
        "canteen:2105020001~01",
        "device:bx-0001-probe-1",
        "dish:2105020001~01~2026-11-23~lunch~d-4",
        "lot:91210500MA0UTC1A0P~pork-leg~P-1122",
        "meal:2105020001~01~2026-11-23~lunch",
    )
    assert made.devices == ("device:bx-0001-probe-1",)


def test_the_lot_is_the_one_that_was_delivered(example: Any, prepare: Any) -> None:
    cooked = set(prepare(example("cooking-step")).statement.subjects)
    delivered = set(prepare(example("dispatch")).statement.subjects)

    assert {name for name in cooked & delivered if name.startswith("lot:")}


def test_too_cold_is_stored_so_that_it_can_become_a_finding(example: Any, faults: Any) -> None:
    assert not faults(example("cooking-step", core_temperature_mC=41_000))


def test_a_cook_may_measure_nothing_a_device_may_not(example: Any, faults: Any) -> None:
    by_hand = example("cooking-step", probe=..., core_temperature_mC=...)

    assert not faults(by_hand)
    assert faults({**by_hand, "issuer": GATEWAY}) == {("/payload/probe", "missing")}


def test_sixty_lots_are_one_step(example: Any, prepare: Any) -> None:
    one = example("cooking-step")["payload"]["ingredients"][0]
    many = [{**one, "lot_no": f"P-{number}"} for number in range(60)]

    assert len(prepare(example("cooking-step", ingredients=many)).statement.subjects) == 64


def test_the_kitchen_does_not_write_the_standard(example: Any, prepare: Any) -> None:
    assert prepare(example("recipe-standard")).posters == {"bureau-admission"}
    assert prepare(example("cooking-step")).posters == {"kitchen", "device"}

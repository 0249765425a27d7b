"""Settlements: what was accepted, once, at the order's price; invoices; corrections afterwards."""

from bought import FUNDS, SCHOOL, Bought, value_fen

from ledger.oversight.seen import Seen

MORNING = "2026-09-07T20:30:00.000Z"
OCTOBER = "2026-10-05T02:00:00.000Z"
LATER = "2026-10-05T02:00:00.001Z"
JUDGED = "2026-10-08T00:00:00.000Z"
END = "2026-12-15T00:00:00.000Z"
RICE = {"rice": 10_000}


def taken_in(quantity: int = 10_000) -> tuple[Bought, Seen]:
    """A school that took rice in, cleanly."""
    bought = Bought()
    _, taken = bought.delivery({"rice": quantity}, MORNING)
    return bought, taken


def lines(bought: Bought, code: str) -> list[tuple[object, ...]]:
    """Expected, found and unit of the differences of a code."""
    return [
        (one["expected"], one["found"], one["unit"])
        for one in bought.row()["differences"]
        if one["code"] == code
    ]


def test_an_acceptance_settled_twice_is_found_at_once() -> None:
    bought, taken = taken_in()
    first = bought.settle([(taken.id, RICE)], OCTOBER)
    bought.log.until(LATER)
    assert bought.suspicions == []

    second = bought.settle([(taken.id, RICE)])
    bought.log.until("2026-10-05T02:00:00.002Z")

    (found,) = bought.log.of("suspicion")
    assert (found["suspicion_kind"], found["responsible"]) == ("settled-twice", FUNDS)
    assert found["severity"] == "critical"
    assert {one["record"] for one in found["observations"]} == {taken.id, first.id, second.id}
    assert lines(bought, "settled-twice") == [(0, 10_000, "g")]
    assert bought.row()["unsettled_fen"] == -value_fen("rice", 10_000)


def test_an_acceptance_settled_twice_is_found_months_later() -> None:
    bought, taken = taken_in()
    bought.pay(bought.settle([(taken.id, RICE)], OCTOBER))
    bought.log.until("2027-02-01T00:00:00.000Z")
    assert bought.results == ["matched"]
    assert "closed" in bought.log.state["reconciliation order order:2105020001~A-1"]

    bought.settle([(taken.id, RICE)], period_until="2027-01-31")
    bought.log.until("2027-02-02T00:00:00.000Z")

    assert bought.suspicions == ["settled-twice"]


def test_what_was_left_open_may_be_settled_after_closing() -> None:
    bought, taken = taken_in()
    bought.pay(bought.settle([(taken.id, {"rice": 4_000})], OCTOBER))
    bought.log.until("2027-04-01T00:00:00.000Z")
    assert bought.row()["status"] == "mismatched"

    bought.pay(bought.settle([(taken.id, {"rice": 6_000})]))
    bought.log.until("2027-06-01T00:00:00.000Z")

    assert bought.suspicions == []
    april = bought.row(first="2027-04-01")
    assert [one["code"] for one in april["differences"]] == ["settled-after-closing"]
    assert (april["status"], april["settled_fen"]) == ("matched", value_fen("rice", 6_000))


def test_goods_accepted_after_closing_may_be_settled_and_are_forgotten_with_the_order() -> None:
    bought = Bought()
    order, taken = bought.delivery(RICE, MORNING)
    bought.pay(bought.settle([(taken.id, RICE)], OCTOBER))
    bought.log.until("2027-02-01T00:00:00.000Z")
    late, unpaid = bought.accept(order, {"rice": 500}), bought.accept(order, {"rice": 100})
    bought.log.until("2027-02-02T00:00:00.000Z")
    closed = bought.log.state[f"reconciliation order {order}"]["closed"]
    assert closed.keys() == {taken.id, late.id, unpaid.id}

    bought.pay(bought.settle([(late.id, {"rice": 500})], period_until="2027-01-31"))
    bought.log.until("2027-02-03T00:00:00.000Z")
    assert bought.suspicions == []
    january = bought.row(first="2027-01-01")
    assert [one["code"] for one in january["differences"]] == ["settled-after-closing"]

    bought.log.until("2029-06-01T00:00:00.000Z")
    left = bought.log.state.items()
    assert [key for key, one in left if one and " acceptance " in f" {key} "] == []
    assert [key for key, one in left if one and " order " in f" {key} "] == []


def test_what_is_settled_and_paid_after_closing_is_still_shown_as_clean() -> None:
    bought, taken = taken_in()
    settlement = bought.settle([(taken.id, RICE)], OCTOBER)
    bought.pay(settlement)
    bought.log.until("2027-02-01T00:00:00.000Z")
    bought.invoice("F-1", 1, at="2027-02-02T00:00:00.000Z")
    bought.entry(-5, pays=[settlement])
    bought.log.until("2027-02-03T00:00:00.000Z")

    assert bought.suspicions == ["paid-twice"]


def test_the_same_line_twice_in_one_settlement_is_settled_twice() -> None:
    bought, taken = taken_in()
    bought.settle([(taken.id, RICE), (taken.id, RICE)], OCTOBER)
    bought.log.until(JUDGED)

    assert bought.suspicions == ["settled-twice"]


def test_more_settled_than_accepted_is_found() -> None:
    bought, taken = taken_in()
    bought.settle([(taken.id, {"rice": 10_500})], OCTOBER)
    bought.log.until(LATER)

    assert bought.suspicions == ["settled-above-accepted"]
    assert lines(bought, "settled-above-accepted") == [(10_000, 10_500, "g")]


def test_goods_refused_and_settled_without_a_deduction_are_found() -> None:
    bought = Bought()
    order, taken = bought.delivery(RICE, MORNING, rejected={"rice": 1_000})
    bought.reject(order, {"rice": 1_000})
    bought.settle([(taken.id, RICE)], OCTOBER)
    bought.log.until(LATER)

    assert bought.suspicions == ["settled-above-accepted"]


def test_a_deduction_that_is_too_small_is_told_to_the_fen() -> None:
    bought = Bought()
    order, taken = bought.delivery(RICE, MORNING, rejected={"rice": 1_000})
    rejection = bought.reject(order, {"rice": 1_000})
    right_fen = value_fen("rice", 1_000)
    bought.settle(
        [(taken.id, RICE)], OCTOBER, deductions=[(rejection.id, "rejected", right_fen - 1)]
    )
    bought.log.until(JUDGED)

    assert lines(bought, "deduction-differs") == [(right_fen, right_fen - 1, "fen")]
    assert bought.row()["unsettled_fen"] == -1


def test_a_settlement_without_an_acceptance_is_found_after_the_grace() -> None:
    bought, _ = taken_in()
    nothing = "01a206fd-6778-7a62-a7b8-0000000000ee"
    bought.settle([(nothing, RICE)], OCTOBER)
    bought.log.until("2026-10-07T02:00:00.000Z")
    assert bought.suspicions == []

    bought.log.until("2026-10-07T02:00:00.001Z")

    assert bought.suspicions == ["settled-without-acceptance"]
    assert lines(bought, "settled-without-acceptance") == [(0, value_fen("rice", 10_000), "fen")]


def test_a_settlement_for_another_school_or_supplier_is_found() -> None:
    bought, taken = taken_in()
    bought.settle([(taken.id, RICE)], OCTOBER, school="school:2105020002")
    bought.settle([(taken.id, RICE)], supplier="supplier:91210500MA0R4W7K2A")
    bought.log.until(JUDGED)

    assert bought.suspicions.count("settled-for-another") == 2


def test_another_price_than_the_orders_is_found() -> None:
    bought, taken = taken_in()
    bought.settle([(taken.id, RICE)], OCTOBER, prices={"rice": "700"})
    bought.log.until(JUDGED)

    assert bought.suspicions == ["price-above-order"]
    assert lines(bought, "price-above-order") == [("613.33", "700", "fen/kg")]
    assert bought.row()["unsettled_fen"] == value_fen("rice", 10_000) - 7_000


def test_a_lower_price_is_a_mismatch_and_no_suspicion() -> None:
    bought, taken = taken_in()
    bought.settle([(taken.id, RICE)], OCTOBER, prices={"rice": "600"})
    bought.log.until(END)

    assert bought.suspicions == []
    assert bought.results == ["mismatched"]
    assert lines(bought, "price-below-order") == [("613.33", "600", "fen/kg")]


def test_an_item_at_two_prices_is_not_settled_at_the_higher_one() -> None:
    bought = Bought()
    two = [
        {"line_no": 1, "item_code": "rice", "item_name": "米", "quantity": 5_000, "unit": "g"},
        {"line_no": 2, "item_code": "rice", "item_name": "米", "quantity": 5_000, "unit": "g"},
    ]
    priced = [
        {"line_no": 1, "unit_price_fen": "600", "price_unit": "kg", "amount_fen": 3_000},
        {"line_no": 2, "unit_price_fen": "700", "price_unit": "kg", "amount_fen": 3_500},
    ]
    order = bought.order({"rice": 10_000}, MORNING, lines=two, line_prices=priced, amount_fen=6_500)
    bought.weigh(order, "rice", 10_000)
    line = {
        "item_code": "rice", "rejected_quantity": 0, "unit": "g", "net_g": None,
        "temperature_mC": None, "sensory": "pass", "label": "pass", "documents": "pass",
        "accepted_quantity": 5_000,
    }  # fmt: skip
    both = [{**line, "order_line_no": 1}, {**line, "order_line_no": 2}]
    taken = bought.accept(order, {"rice": 10_000}, lines=both)
    bought.settle([(taken.id, RICE)], OCTOBER, prices={"rice": "700"})
    bought.log.until(JUDGED)

    assert bought.row()["unsettled_fen"] == -500


def test_what_was_accepted_and_not_settled_is_listed_once_the_period_is_over() -> None:
    bought, taken = taken_in()
    bought.pay(bought.settle([(taken.id, {"rice": 4_000})], OCTOBER))
    bought.log.until("2026-10-29T00:00:00.000Z")
    assert bought.row()["differences"] == []

    bought.log.until("2026-11-01T00:00:00.000Z")

    assert bought.results == ["mismatched"]
    assert lines(bought, "not-settled") == [(10_000, 4_000, "g")]


# Invoices


def test_invoices_come_to_what_is_paid() -> None:
    bought, taken = taken_in()
    bought.invoice("F-1", 9_000)
    bought.settle([(taken.id, RICE)], OCTOBER, invoices=[("F-1", 6_000)])
    bought.log.until(JUDGED)

    assert lines(bought, "invoice-sum-differs") == [(value_fen("rice", 10_000), 6_000, "fen")]


def test_an_invoice_used_by_two_settlements_beyond_its_amount_is_found() -> None:
    bought = Bought()
    _, one = bought.delivery(RICE, MORNING)
    _, two = bought.delivery(RICE, "2026-09-08T20:30:00.000Z")
    fen = value_fen("rice", 10_000)
    bought.invoice("F-1", fen)
    bought.settle([(one.id, RICE)], OCTOBER, invoices=[("F-1", fen)])
    bought.settle([(two.id, RICE)], invoices=[("F-1", fen)])
    bought.log.until(LATER)

    assert bought.suspicions == ["invoice-used-twice"]
    assert lines(bought, "invoice-used-twice") == [(0, fen, "fen")]


def test_one_invoice_may_be_used_by_two_settlements_up_to_its_amount() -> None:
    bought = Bought()
    _, one = bought.delivery(RICE, MORNING)
    _, two = bought.delivery(RICE, "2026-09-08T20:30:00.000Z")
    fen = value_fen("rice", 10_000)
    bought.invoice("F-1", 2 * fen)
    for taken in (one, two):
        bought.pay(bought.settle([(taken.id, RICE)], OCTOBER, invoices=[("F-1", fen)]))
    bought.log.until(END)

    assert bought.results == ["matched"]


def test_an_invoice_nobody_issued_is_found_after_the_grace() -> None:
    bought, taken = taken_in()
    fen = value_fen("rice", 10_000)
    bought.settle([(taken.id, RICE)], OCTOBER, invoices=[("F-9", fen)])
    bought.log.until("2026-10-06T00:00:00.000Z")
    assert lines(bought, "invoice-unknown") == []
    bought.log.until(JUDGED)
    assert lines(bought, "invoice-unknown") == [(0, fen, "fen")]

    bought.invoice("F-9", fen)
    bought.log.until("2026-10-09T00:00:00.000Z")

    assert lines(bought, "invoice-unknown") == []


def test_a_red_invoice_takes_the_blue_one_back() -> None:
    bought, taken = taken_in()
    fen = value_fen("rice", 10_000)
    bought.settle([(taken.id, RICE)], OCTOBER)
    bought.log.until(JUDGED)
    assert bought.codes() == []

    number = next(
        seen.fields["invoice_no"] for seen in bought.log.records if seen.type == "invoice"
    )
    red = bought.invoice("F-R", fen, colour="red", cancels_invoice_no=number)
    bought.log.until("2026-10-09T00:00:00.000Z")
    assert lines(bought, "invoice-differs") == [(0, fen, "fen")]

    bought.log.correct(red)
    bought.log.until("2026-10-10T00:00:00.000Z")

    assert bought.codes() == []


# Corrections


def test_a_settlement_corrected_and_replaced_is_settled_once() -> None:
    bought, taken = taken_in()
    wrong = bought.settle([(taken.id, {"rice": 11_000})], OCTOBER)
    right = bought.settle([(taken.id, RICE)], instead=wrong)
    bought.log.correct(wrong)
    bought.entry(-right.fields["net_fen"], pays=[wrong])
    bought.log.until(END)

    assert bought.suspicions == []
    assert bought.results == ["matched"]


def test_an_acceptance_corrected_after_it_was_settled_opens_a_finding() -> None:
    bought, taken = taken_in()
    settlement = bought.settle([(taken.id, RICE)], OCTOBER)
    bought.accept("order:2105020001~A-1", {"rice": 9_990}, instead=taken)
    correction = bought.log.correct(taken)
    bought.log.until(JUDGED)

    first, *rest = bought.log.of("suspicion")
    assert (first["suspicion_kind"], first["responsible"]) == ("settled-then-corrected", SCHOOL)
    assert {one["record"] for one in first["observations"]} == {
        correction.id, taken.id, settlement.id,
    }  # fmt: skip
    assert [one["suspicion_kind"] for one in rest] == ["settled-above-accepted"]
    assert "settled-then-corrected" in bought.codes(first="2026-10-01")


def test_an_acceptance_corrected_before_it_is_settled_opens_none() -> None:
    bought, taken = taken_in()
    again = bought.accept("order:2105020001~A-1", {"rice": 9_990}, instead=taken)
    bought.log.correct(taken)
    bought.pay(bought.settle([(again.id, {"rice": 9_990})], OCTOBER))
    bought.log.until(END)

    assert bought.suspicions == []
    assert bought.results == ["matched"]


def test_a_settlement_may_name_the_acceptance_that_was_corrected() -> None:
    bought, taken = taken_in()
    bought.accept("order:2105020001~A-1", {"rice": 9_990}, instead=taken)
    bought.log.correct(taken)
    bought.pay(bought.settle([(taken.id, {"rice": 9_990})], OCTOBER))
    bought.log.until(END)

    assert bought.suspicions == []
    assert bought.results == ["matched"]


def test_a_weigh_in_corrected_after_settlement_opens_a_finding_too() -> None:
    bought, taken = taken_in()
    bought.settle([(taken.id, RICE)], OCTOBER)
    bought.log.correct(next(seen for seen in bought.log.records if seen.type == "weigh-in"))
    bought.log.until(LATER)

    assert bought.suspicions == ["settled-then-corrected"]


def test_an_erasure_after_settlement_is_no_correction() -> None:
    bought, taken = taken_in()
    bought.settle([(taken.id, RICE)], OCTOBER)
    bought.log.erase(next(seen for seen in bought.log.records if seen.type == "weigh-in"))
    bought.log.until(LATER)

    assert bought.suspicions == []
    assert not [key for key in bought.log.state if " corrected " in key]


def test_the_first_of_two_settlements_taken_back_leaves_the_second_right() -> None:
    bought, taken = taken_in()
    first = bought.settle([(taken.id, RICE)], OCTOBER)
    bought.settle([(taken.id, RICE)])
    bought.log.until(LATER)
    assert "settled-twice" in bought.codes()

    bought.log.correct(first)
    bought.log.until(JUDGED)

    assert bought.codes() == []
    assert bought.row()["unsettled_fen"] == 0


def test_a_settlement_taken_back_leaves_nothing_settled() -> None:
    bought, taken = taken_in()
    settlement = bought.settle([(taken.id, RICE)], OCTOBER)
    bought.log.until(LATER)
    assert bought.row()["settled_fen"] == value_fen("rice", 10_000)

    bought.log.correct(settlement)
    bought.log.until(JUDGED)

    assert bought.row()["settled_fen"] == 0
    assert bought.log.state[f"reconciliation acceptance {taken.id}"]["settled"] == {}

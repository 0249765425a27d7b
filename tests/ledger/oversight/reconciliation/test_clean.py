"""Clean months meet to the gram and the fen, in whatever order and pieces they come."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from bought import SUPPLIER, Bought, shown, told_again, value_fen
from components.term.generate import Shape, generate
from components.told_log import ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.oversight.reconciliation.family import Reconciliation
from ledger.oversight.reconciliation.payees import Payees
from ledger.statement import Link
from ledger.timestamp import format as format_ms
from ledger.timestamp import normalise

END = "2026-12-15T00:00:00.000Z"
MORNING = "2026-09-07T20:30:00.000Z"
OCTOBER = "2026-10-05T02:00:00.000Z"


def is_clean(bought: Bought, *results: str) -> None:
    """Everything met, to the fen, and nothing was suspected."""
    bought.log.until(END)
    rows = [row for row in bought.log.rows.values() if row.kind == "supplier"]
    assert bought.results == list(results or ("matched",))
    assert bought.suspicions == []
    for row in rows:
        assert row.detail is not None
        assert row.detail["differences"] == []
        assert (row.status, row.detail["unsettled_fen"], row.detail["unpaid_fen"]) == (
            "matched", 0, 0,
        )  # fmt: skip


def test_a_clean_month_is_matched_at_zero() -> None:
    bought = Bought()
    bought.register()
    _, one = bought.delivery({"pork-leg": 11_513, "egg-box": 3}, MORNING)
    _, two = bought.delivery({"rice": 50_001}, "2026-09-08T20:30:00.000Z")
    goods = [(one.id, {"pork-leg": 11_513, "egg-box": 3}), (two.id, {"rice": 50_001})]
    settlement = bought.settle(goods, OCTOBER)
    bought.pay(settlement, "2026-10-06T02:00:00.000Z")

    is_clean(bought)
    row = bought.row()
    assert row["accepted_fen"] == row["settled_fen"] == row["paid_fen"] == row["invoiced_fen"]
    assert row["accepted_fen"] == 29_928 + 4_440 + value_fen("rice", 50_001)
    assert row["goods"][1] == {
        "item_code": "pork-leg", "unit": "g", "ordered": 11_513, "dispatched": 11_513,
        "weighed": 11_513, "accepted": 11_513, "rejected": 0,
    }  # fmt: skip
    (record,) = bought.log.of("reconciliation")
    assert record["goods"][2]["weighed"] == 50_001
    assert (record["period_from"], record["period_until"]) == ("2026-09-01", "2026-09-30")
    assert record["paid_fen"] == row["paid_fen"]


@pytest.mark.parametrize("refused_g", [1, 333, 1_501, 4_999])
def test_goods_refused_may_be_left_out_of_a_settlement(refused_g: int) -> None:
    bought = Bought()
    order, taken = bought.delivery({"rice": 10_007}, MORNING, rejected={"rice": refused_g})
    bought.reject(order, {"rice": refused_g})
    settlement = bought.settle([(taken.id, {"rice": 10_007 - refused_g})], OCTOBER)
    bought.pay(settlement)

    is_clean(bought)


@pytest.mark.parametrize("refused_g", [1, 333, 1_501, 4_999])
def test_goods_refused_may_be_settled_and_deducted(refused_g: int) -> None:
    bought = Bought()
    order, taken = bought.delivery({"rice": 10_007}, MORNING, rejected={"rice": refused_g})
    rejection = bought.reject(order, {"rice": refused_g})
    cut = (rejection.id, "rejected", value_fen("rice", refused_g))
    settlement = bought.settle([(taken.id, {"rice": 10_007})], OCTOBER, deductions=[cut])
    bought.pay(settlement)

    is_clean(bought)


def test_each_lot_refused_is_deducted_by_itself() -> None:
    bought = Bought()
    order, taken = bought.delivery({"rice": 10_007}, MORNING, rejected={"rice": 670})
    two = [
        {"order_line_no": 1, "item_code": "rice", "lot_no": lot, "rejected_quantity": 335,
         "unit": "g", "reason_code": "spoiled"}
        for lot in ("a", "b")
    ]  # fmt: skip
    rejection = bought.reject(order, {}, lines=two)
    assert 2 * value_fen("rice", 335) != value_fen("rice", 670)
    cut = (rejection.id, "rejected", 2 * value_fen("rice", 335))
    bought.pay(bought.settle([(taken.id, {"rice": 10_007})], OCTOBER, deductions=[cut]))

    is_clean(bought)


@pytest.mark.parametrize("first_g", [1, 3_333, 6_667])
def test_one_acceptance_may_be_settled_in_two_pieces(first_g: int) -> None:
    bought = Bought()
    _, taken = bought.delivery({"rice": 10_007}, MORNING)
    for quantity in (first_g, 10_007 - first_g):
        bought.pay(bought.settle([(taken.id, {"rice": quantity})], OCTOBER))

    is_clean(bought)


def test_several_settlements_of_a_period_add_up() -> None:
    bought = Bought()
    _, one = bought.delivery({"rice": 10_007}, MORNING)
    _, two = bought.delivery({"rice": 20_003}, "2026-09-20T20:30:00.000Z")
    for taken, quantity in ((one, 10_007), (two, 20_003)):
        bought.pay(bought.settle([(taken.id, {"rice": quantity})], OCTOBER))

    is_clean(bought)


def test_two_deliveries_of_one_order_over_the_end_of_a_month_count_in_the_second() -> None:
    bought = Bought()
    order = bought.order({"rice": 20_000}, "2026-09-29T00:00:00.000Z")
    half = {"rice": 10_000}
    taken = []
    for day in ("2026-09-30", "2026-10-01"):
        bought.dispatch(order, half, f"{day}T01:00:00.000Z")
        bought.weigh(order, "rice", 10_000)
        taken.append(bought.accept(order, half))
    for one, at in zip(taken, (OCTOBER, "2026-11-05T02:00:00.000Z"), strict=True):
        bought.pay(bought.settle([(one.id, half)], at))

    is_clean(bought)
    assert bought.row(first="2026-10-01")["accepted_fen"] == 2 * value_fen("rice", 10_000)


def test_a_settlement_over_two_periods_is_split_between_them() -> None:
    bought = Bought()
    one_order, one = bought.delivery({"rice": 10_007}, MORNING, rejected={"rice": 333})
    rejection = bought.reject(one_order, {"rice": 333})
    _, two = bought.delivery({"rice": 5_001}, "2026-10-07T20:30:00.000Z")
    goods = [(one.id, {"rice": 10_007}), (two.id, {"rice": 5_001})]
    cut = (rejection.id, "rejected", value_fen("rice", 333))
    late = bought.settle(
        goods, "2026-10-20T02:00:00.000Z", deductions=[cut], period_until="2026-10-25"
    )
    bought.pay(late)

    is_clean(bought, "matched", "matched")
    assert bought.row(first="2026-10-01")["paid_fen"] == value_fen("rice", 5_001)


def test_periods_may_begin_on_another_day() -> None:
    bought = Bought(period_first_day=26)
    _, one = bought.delivery({"rice": 10_007}, "2026-09-24T20:30:00.000Z")
    _, two = bought.delivery({"rice": 5_001}, "2026-09-25T20:30:00.000Z")
    bought.pay(bought.settle([(one.id, {"rice": 10_007})]))
    bought.pay(bought.settle([(two.id, {"rice": 5_001})]))

    is_clean(bought, "matched", "matched")
    assert bought.row(first="2026-08-26")["period_until"] == "2026-09-25"
    assert bought.row(first="2026-09-26")["period_until"] == "2026-10-25"


def test_a_penalty_is_deducted_from_what_is_owed() -> None:
    bought = Bought()
    _, taken = bought.delivery({"rice": 10_007}, MORNING)
    cut = (taken.id, "late", 1_000)
    bought.pay(bought.settle([(taken.id, {"rice": 10_007})], OCTOBER, deductions=[cut]))

    is_clean(bought)
    assert bought.row()["accepted_fen"] == value_fen("rice", 10_007) - 1_000


def test_short_weight_may_be_settled_and_deducted() -> None:
    bought = Bought()
    order = bought.order({"rice": 10_000}, "2026-09-07T00:00:00.000Z")
    bought.dispatch(order, {"rice": 10_000}, MORNING)
    weighed = bought.weigh(order, "rice", 9_900)
    taken = bought.accept(order, {"rice": 9_900})
    cut = (weighed.id, "short-weight", value_fen("rice", 100))
    bought.pay(bought.settle([(taken.id, {"rice": 10_000})], OCTOBER, deductions=[cut]))

    is_clean(bought)


def test_one_debit_may_pay_two_settlements() -> None:
    bought = Bought()
    _, one = bought.delivery({"rice": 10_007}, MORNING)
    _, two = bought.delivery({"rice": 20_003}, "2026-09-20T20:30:00.000Z")
    settlements = [
        bought.settle([(taken.id, {"rice": quantity})], OCTOBER)
        for taken, quantity in ((one, 10_007), (two, 20_003))
    ]
    bought.entry(-sum(one.fields["net_fen"] for one in settlements), pays=settlements)

    is_clean(bought)


def test_a_payment_that_came_back_is_paid_again() -> None:
    bought = Bought()
    _, taken = bought.delivery({"rice": 10_007}, MORNING)
    settlement = bought.settle([(taken.id, {"rice": 10_007})], OCTOBER)
    bought.pay(settlement)
    bought.entry(settlement.fields["net_fen"], pays=[settlement])
    bought.pay(settlement)

    is_clean(bought)


def test_an_entry_that_names_no_settlement_pays_the_one_of_its_amount() -> None:
    bought = Bought()
    _, taken = bought.delivery({"rice": 10_007}, MORNING)
    settlement = bought.settle([(taken.id, {"rice": 10_007})], OCTOBER)
    bought.entry(-settlement.fields["net_fen"])

    is_clean(bought)


def test_what_the_supplier_said_it_would_not_bring_is_not_missed() -> None:
    bought = Bought()
    order = bought.order({"rice": 10_000, "egg-box": 3}, "2026-09-07T00:00:00.000Z")
    bought.answer(order, {"egg-box": 1})
    bought.weigh(order, "rice", 10_000, MORNING)
    taken = bought.accept(order, {"rice": 10_000, "egg-box": 1})
    bought.pay(bought.settle([(taken.id, {"rice": 10_000, "egg-box": 1})], OCTOBER))

    is_clean(bought)


def test_a_scale_may_know_neither_orders_nor_their_codes() -> None:
    bought = Bought()
    order = bought.order({"rice": 10_000, "pork-leg": 5_000}, "2026-09-07T00:00:00.000Z")
    bare = {"supplier": None, "lot_no": None}
    before = bought.weigh(None, "rice", 10_000, MORNING, **bare)
    bought.weigh(order, "0815", 5_000, order_line_no=2)
    taken = bought.accept(order, {"rice": 10_000, "pork-leg": 5_000}, weighings=[before])
    bought.pay(bought.settle([(taken.id, {"rice": 10_000, "pork-leg": 5_000})], OCTOBER))

    is_clean(bought)
    assert [row["weighed"] for row in bought.row()["goods"]] == [5_000, 10_000]


@pytest.mark.parametrize("supplier", [None, SUPPLIER])
def test_a_weigh_in_that_nobody_names_is_of_the_order_that_lacks_it(supplier: str | None) -> None:
    bought = Bought()
    order = bought.order({"rice": 10_000}, "2026-09-07T00:00:00.000Z")
    bought.weigh(None, "rice", 6_000, MORNING, supplier=supplier, lot_no=None)
    bought.weigh(None, "rice", 4_000, supplier=supplier, lot_no=None)
    spare = bought.weigh(None, "rice", 4_000, supplier=supplier, lot_no=None)
    taken = bought.accept(order, {"rice": 10_000})
    bought.pay(bought.settle([(taken.id, {"rice": 10_000})], OCTOBER))

    is_clean(bought)
    assert bought.row()["goods"][0]["weighed"] == 10_000
    bought.log.until("2027-06-01T00:00:00.000Z")
    kept = {key.split()[1] for key in bought.log.state}
    assert kept.isdisjoint({"via", "loose"})
    assert spare.fields["net_g"] == 4_000


def test_a_weigh_in_of_another_supplier_is_nobodys() -> None:
    bought = Bought()
    order = bought.order({"rice": 10_000}, "2026-09-07T00:00:00.000Z")
    other = "supplier:91210500MA0R4W7K2A"
    bought.weigh(None, "rice", 10_000, MORNING, supplier=other, lot_no=None)
    bought.accept(order, {"rice": 10_000})
    bought.log.until("2026-09-12T00:00:00.000Z")

    assert bought.codes() == ["accepted-not-weighed"]


def test_a_weigh_in_claimed_by_an_acceptance_goes_back_with_it() -> None:
    bought = Bought()
    order = bought.order({"rice": 10_000}, "2026-09-07T00:00:00.000Z")
    waiting = bought.weigh(None, "rice", 10_000, MORNING, supplier=None, lot_no=None)
    taken = bought.accept(order, {"rice": 10_000}, weighings=[waiting])
    assert bought.log.state[f"reconciliation via {waiting.id}"] == {"order": order}

    bought.log.correct(taken)

    assert "waiting" in str(bought.log.state[f"reconciliation via {waiting.id}"])
    bought.log.correct(waiting)
    assert f"reconciliation via {waiting.id}" not in bought.log.state


def test_what_was_weighed_twice_counts_once_where_the_acceptance_says_which() -> None:
    bought = Bought()
    order = bought.order({"rice": 10_000}, "2026-09-07T00:00:00.000Z")
    bought.weigh(order, "rice", 10_020, MORNING)
    again = bought.weigh(order, "rice", 10_000)
    taken = bought.accept(order, {"rice": 10_000}, weighings=[again])
    bought.pay(bought.settle([(taken.id, {"rice": 10_000})], OCTOBER))

    is_clean(bought)


def a_month() -> Bought:
    """One of each: two deliveries, goods refused, a settlement in two pieces, their payments."""
    bought = Bought()
    bought.register()
    bare = {"supplier": None, "lot_no": None}
    order = bought.order({"rice": 10_007, "egg-box": 3}, "2026-09-07T00:00:00.000Z")
    bought.dispatch(order, {"rice": 10_007, "egg-box": 3}, MORNING)
    weighed = bought.weigh(None, "rice", 10_007, **bare)
    refused = {"rice": 333}
    one = bought.accept(order, {"rice": 9_674, "egg-box": 3}, rejected=refused, weighings=[weighed])
    rejection = bought.reject(order, refused)
    _, two = bought.delivery({"rice": 5_001}, "2026-09-20T20:30:00.000Z")
    cut = (rejection.id, "rejected", value_fen("rice", 333))
    whole = bought.settle([(one.id, {"rice": 10_007})], OCTOBER, deductions=[cut])
    rest = bought.settle([(one.id, {"egg-box": 3}), (two.id, {"rice": 5_001})])
    bought.pay(whole)
    bought.pay(rest)
    return bought


@pytest.mark.parametrize("seed", range(12))
def test_an_hour_offline_turns_the_order_of_records_around(seed: int) -> None:
    straight = a_month()
    is_clean(straight)

    turned = told_again(straight, seed)
    is_clean(turned)

    assert shown(turned) == shown(straight)


@pytest.mark.parametrize("first", ["right", "correction"])
@pytest.mark.parametrize("place", range(4, 19))
def test_a_record_corrected_and_replaced_leaves_every_sum_as_it_was(place: int, first: str) -> None:
    straight = a_month()
    is_clean(straight)
    wrong = a_month()
    old = wrong.log.records[place]
    assert old.type not in {"policy", "supplier-registration"}
    replaces = Link("replaces", old.id, None)
    if first == "correction":
        wrong.log.correct(old)
    right = replace(
        old,
        index=len(wrong.log.records),
        id=f"01a206fd-6778-7a62-a7b8-{place:012}",
        leaf_hash=bytes([place]) * 32,
        links=(*old.links, replaces),
        logged_at=wrong.log.now,
    )
    wrong.log.records.append(right)
    wrong.log.engine.step(right)
    wrong.log.settle()
    if first == "right":
        wrong.log.correct(old)
    wrong.log.until(END)

    sums = [
        {
            name: value
            for name, value in row.detail.items()
            if name not in {"differences", "more", "first_entry_no", "last_entry_no"}
        }
        for bought in (straight, wrong)
        for _, row in sorted(bought.log.rows.items())
        if row.detail is not None
    ]
    assert sums[: len(sums) // 2] == sums[len(sums) // 2 :]
    assert {*wrong.suspicions} <= {"settled-then-corrected"}


@pytest.mark.parametrize(
    "first", [lambda b: b.log.until(OCTOBER), lambda b: b.register(), lambda b: b.entry(5)]
)
def test_what_else_happens_changes_nothing(first: Callable[[Bought], object]) -> None:
    bought = Bought()
    first(bought)
    _, taken = bought.delivery({"rice": 10_007}, "2026-10-07T20:30:00.000Z")
    bought.pay(bought.settle([(taken.id, {"rice": 10_007})], period_until="2026-10-31"))

    is_clean(bought)


def test_nothing_is_kept_of_what_is_over() -> None:
    bought = Bought()
    bought.register()
    _, taken = bought.delivery({"rice": 10_007}, MORNING)
    bought.pay(bought.settle([(taken.id, {"rice": 10_007})], OCTOBER))
    bought.log.until("2028-12-31T00:00:00.000Z")

    kept = {key.partition(" ")[2].partition(" ")[0] for key in bought.log.state}
    assert kept == {"reconciliation", "payee", "account", "holder", "supplier"}
    assert not [timer for timer in bought.log.engine._heap if timer[0] < "2028-12-31T00:00:00.000Z"]
    assert SUPPLIER in bought.row()["supplier"]


def test_a_generated_term_meets() -> None:
    term = generate(Shape(schools=1, weeks=4))
    families = (Reconciliation(), Payees())
    read = {kind for family in families for kind in family.reads}
    log = ToldLog(*families, at=format_ms(term.said[0].at_ms))
    for said in term.said:
        if said.type in read:
            log.until(format_ms(said.at_ms))
            request = said.request
            log.post(
                said.type,
                request["payload"],
                issuer=request["issuer"],
                occurred_at=request["occurred_at"],
                links=request["links"],
                blobs=request.get("blobs", ()),
                record_id=request["id"],
            )
    log.until("2027-03-01T00:00:00.000Z")

    assert log.of("suspicion") == []
    assert {one["result"] for one in log.of("reconciliation")} == {"matched"}
    assert {row.status for row in log.rows.values()} == {"matched"}
    for row in log.rows.values():
        assert row.detail is not None
        assert row.detail["differences"] == []


def test_the_catalogues_own_example_of_a_delivery_meets() -> None:
    log = ToldLog(Reconciliation(), Payees(), at="2026-07-30T08:00:00.000Z")
    for kind in (
        "tender", "tender-award", "reference-price", "supplier-registration", "order", "dispatch",
        "weigh-in", "acceptance", "rejection", "invoice", "settlement", "account-entry",
    ):  # fmt: skip
        example = TYPES[kind].example
        at = max(log.now, normalise(example["occurred_at"]))
        log.until(at)
        log.post(
            kind,
            example["payload"],
            issuer=example["issuer"],
            links=example.get("links", ()),
            blobs=example.get("blobs", ()),
            record_id=example["id"],
        )
    log.until("2027-02-01T00:00:00.000Z")

    (row,) = [row for row in log.rows.values() if row.kind == "award"]
    assert row.status == "matched"
    (found,) = log.of("reconciliation")
    example = TYPES["reconciliation"].example["payload"]
    for name in ("goods", "accepted_fen", "settled_fen", "paid_fen", "unsettled_fen", "result"):
        wanted = example[name]
        assert found[name] == (sorted(wanted, key=str) if name == "goods" else wanted)
    assert log.of("suspicion") == []

"""What is ordered and settled under a contract or an award stays within its sum."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from bought import ADMISSION, FUNDS, Bought, value_fen

from ledger.evidence.catalogue import TYPES
from ledger.oversight.seen import Seen

TEN_KG = {"pork-leg": 10_000}
FEN = value_fen("pork-leg", 10_000)
"""What ten kilograms cost: 25,995 fen."""
AT = "2026-09-01T01:00:00.000Z"
DAYS = [f"2026-09-{day:02}T02:00:00.000Z" for day in range(10, 20)]
LATER = "2026-09-25T00:00:00.000Z"
ORDERS, SETTLED = "orders-above-contract", "settled-above-contract"
SUPPLIER = TYPES["tender-award"].example["payload"]["awarded_to"]
OTHER_SCHOOL = "school:2105020002"


def begun(amount_fen: int, **rules: Any) -> tuple[Bought, Seen]:
    """A contract of no items over so much."""
    bought = Bought(agreed=False, **rules)
    return bought, bought.contract(AT, amount_fen=amount_fen)


def orders(bought: Bought, days: Sequence[str], **how: Any) -> list[Seen]:
    """Ten kilograms of pork are ordered on each of some days."""
    found = []
    for day in days:
        bought.order(TEN_KG, day, **how)
        found.append(next(one for one in reversed(bought.log.records) if one.type == "order"))
    return found


def rows(bought: Bought) -> dict[str, Mapping[str, Any]]:
    """By number of the agreement: its row's detail, and its status."""
    return {
        str((row.detail or {})["number"]): {**(row.detail or {}), "status": row.status}
        for _, row in sorted(bought.log.rows.items())
        if row.kind == "agreement"
    }


def found(bought: Bought) -> list[tuple[str, int, int]]:
    """Code, expected and found of what the rows of agreements show."""
    return [
        (line["code"], line["expected"], line["found"])
        for row in rows(bought).values()
        for line in row["differences"]
    ]


def priced(**prices: str) -> dict[str, Any]:
    """Lines and prices of a contract with items, by code with `_` for `-`."""
    codes = [code.replace("_", "-") for code in prices]
    return {
        "lines": [
            {"line_no": number, "item_code": code, "item_name": code}
            for number, code in enumerate(codes, 1)
        ],
        "line_prices": [
            {"line_no": number, "price_unit": "kg", "unit_price_fen": price}
            for number, price in enumerate(prices.values(), 1)
        ],
    }


def test_orders_that_come_to_more_than_the_contract_are_found_once() -> None:
    bought, contract = begun(2 * FEN)
    several = orders(bought, DAYS[:4])
    bought.log.until(LATER)

    (one,) = bought.log.of("suspicion")
    assert (one["suspicion_kind"], one["severity"], one["responsible"]) == (
        ORDERS, "major", ADMISSION,
    )  # fmt: skip
    observed = [line["record"] for line in one["observations"]]
    assert observed == [contract.id, *(order.id for order in several[:3])]
    row = rows(bought)["HT-2026"]
    (line,) = row["differences"]
    assert (line["about"], line["expected"], line["found"]) == ("HT-2026", 2 * FEN, 4 * FEN)
    assert (line["difference"], line["unit"]) == (2 * FEN, "fen")
    assert (row["status"], row["amount_fen"], row["ordered_fen"], row["orders"]) == (
        "mismatched", 2 * FEN, 4 * FEN, 4,
    )  # fmt: skip


def test_orders_that_come_to_the_contract_are_silence() -> None:
    bought, _ = begun(3 * FEN)
    orders(bought, DAYS[:3])
    bought.log.until(LATER)

    assert (found(bought), bought.suspicions) == ([], [])
    assert rows(bought)["HT-2026"]["status"] == "matched"


def test_the_policy_may_allow_more() -> None:
    suspected = {}
    for bp in (4_999, 5_000):
        bought, _ = begun(2 * FEN, agreed_tolerance_bp=bp)
        orders(bought, DAYS[:3])
        bought.log.until(LATER)
        suspected[bp] = bought.suspicions

    assert suspected == {4_999: [ORDERS], 5_000: []}


def test_a_contract_over_nothing_names_no_sum() -> None:
    bought, _ = begun(0)
    orders(bought, DAYS[:3])
    bought.log.until(LATER)

    assert (rows(bought), bought.suspicions) == ({}, [])
    assert [key for key in bought.log.state if "total" in key] == []


def test_what_the_supplier_does_not_confirm_is_not_counted() -> None:
    bought, _ = begun(2 * FEN)
    orders(bought, DAYS[:2])
    bought.answer(bought.order(TEN_KG, DAYS[2]), {"pork-leg": 4_000})
    bought.log.until(LATER)

    ordered_fen = 2 * FEN + value_fen("pork-leg", 4_000)
    assert found(bought) == [(ORDERS, 2 * FEN, ordered_fen)]


def settled(bought: Bought, grams: Mapping[str, int], **how: Any) -> Seen:
    """Deliveries by day, and one settlement of them all."""
    goods = []
    for day, quantity in grams.items():
        _, taken = bought.delivery({"pork-leg": quantity}, day)
        goods.append((taken.id, {"pork-leg": quantity}))
    return bought.settle(goods, **how)


def test_settlements_that_come_to_more_than_the_contract_are_found() -> None:
    bought, contract = begun(FEN)
    order = bought.order(TEN_KG, DAYS[0], tolerance_bp=1_000)
    taken = bought.accept(order, {"pork-leg": 10_500})
    bought.weigh(order, "pork-leg", 10_500)
    settlement = bought.settle([(taken.id, {"pork-leg": 10_500})], DAYS[1])
    bought.log.until(LATER)

    (one,) = bought.log.of("suspicion")
    assert (one["suspicion_kind"], one["severity"], one["responsible"]) == (SETTLED, "major", FUNDS)
    observed = [line["record"] for line in one["observations"]]
    assert observed == [contract.id, settlement.id]
    assert found(bought) == [(SETTLED, FEN, value_fen("pork-leg", 10_500))]


def test_each_of_two_directions_is_found_by_itself() -> None:
    bought, _ = begun(2 * FEN)
    settled(bought, dict.fromkeys(DAYS[:3], 10_000))
    bought.log.until(LATER)

    assert bought.suspicions == [SETTLED, ORDERS]
    assert found(bought) == [(ORDERS, 2 * FEN, 3 * FEN), (SETTLED, 2 * FEN, 3 * FEN)]


def test_what_is_deducted_for_goods_was_not_settled_under_the_contract() -> None:
    bought, _ = begun(FEN)
    order, taken = bought.delivery(TEN_KG, DAYS[0], rejected={"pork-leg": 500})
    rejection = bought.reject(order, {"pork-leg": 500})
    _, extra = bought.delivery({"rice": 1_000}, DAYS[1])
    cut = (rejection.id, "rejected", value_fen("pork-leg", 500))
    goods = [(taken.id, TEN_KG), (extra.id, {"rice": 1_000})]
    bought.settle(goods, DAYS[3], deductions=[cut])
    bought.log.until(LATER)

    assert rows(bought)["HT-2026"]["settled_fen"] == FEN - cut[2] + value_fen("rice", 1_000)
    assert SETTLED not in bought.suspicions


def test_a_settlement_that_is_taken_back_counts_no_more() -> None:
    bought, _ = begun(3 * FEN)
    settlement = settled(bought, dict.fromkeys(DAYS[:3], 10_000))
    bought.log.until("2026-09-15T00:00:00.000Z")
    assert rows(bought)["HT-2026"]["settled_fen"] == 3 * FEN
    bought.log.correct(settlement)
    bought.log.until(LATER)

    row = rows(bought)["HT-2026"]
    assert (row["settled_fen"], row["settlements"], row["orders"]) == (0, 0, 3)


def test_a_settlement_before_its_order_and_acceptance_counts_when_they_come() -> None:
    bought, _ = begun(FEN)
    acceptance = "6f1bd0f4-7a37-4c0e-9d3c-0a51a3a2a001"
    bought.settle([(acceptance, {"pork-leg": 20_000})], DAYS[0])
    order = bought.order({"pork-leg": 20_000}, DAYS[1])
    bought.weigh(order, "pork-leg", 20_000)
    payload = {
        **TYPES["acceptance"].example["payload"],
        "order": order,
        "lines": [
            {
                "order_line_no": 1, "item_code": "pork-leg", "accepted_quantity": 20_000,
                "rejected_quantity": 0, "unit": "g", "net_g": None, "temperature_mC": None,
                "sensory": "pass", "label": "pass", "documents": "pass",
            }
        ],
        "result": "full",
    }  # fmt: skip
    blobs = TYPES["acceptance"].example["blobs"]
    school = payload["school"]
    bought.log.post("acceptance", payload, issuer=school, blobs=blobs, record_id=acceptance)
    bought.log.until(LATER)

    assert sorted({*bought.suspicions}) == [ORDERS, SETTLED]
    assert rows(bought)["HT-2026"]["settled_fen"] == 2 * FEN


def test_a_contract_that_comes_after_what_was_bought_is_held_against_it() -> None:
    bought = Bought(agreed=False)
    lines = {"pork-leg": {"unit_price_fen": "2599.5"}}
    bought.award(lines, AT, package_no="1")
    settled(bought, dict.fromkeys(DAYS[:3], 10_000))
    bought.log.until("2026-09-17T00:00:00.000Z")
    assert rows(bought) == {}
    bought.contract(amount_fen=2 * FEN)
    bought.log.until("2026-09-20T00:00:00.000Z")
    assert (rows(bought)["HT-2026"]["status"], bought.suspicions) == ("open", [])
    bought.log.until(LATER)

    assert bought.suspicions == [ORDERS, SETTLED]
    assert found(bought) == [(ORDERS, 2 * FEN, 3 * FEN), (SETTLED, 2 * FEN, 3 * FEN)]


def test_an_order_that_is_taken_back_is_taken_out_of_the_sum() -> None:
    bought, _ = begun(2 * FEN)
    several = orders(bought, DAYS[:3])
    bought.log.until("2026-09-16T00:00:00.000Z")
    assert len(found(bought)) == 1
    bought.log.correct(several[-1])
    bought.log.until(LATER)

    assert found(bought) == []
    row = rows(bought)["HT-2026"]
    assert (row["ordered_fen"], row["orders"], row["status"]) == (2 * FEN, 2, "matched")


def test_an_order_that_is_put_right_counts_once_and_is_the_one_that_is_cited() -> None:
    bought, contract = begun(FEN)
    (wrong,) = orders(bought, DAYS[:1])
    bought.log.until("2026-09-13T00:00:00.000Z")
    link = {"rel": "replaces", "id": wrong.id, "sha256": wrong.leaf_hash.hex()}
    right = bought.log.post("order", wrong.fields, issuer=wrong.issuer, links=[link])
    bought.log.correct(wrong)
    bought.log.until("2026-09-14T00:00:00.000Z")
    assert rows(bought)["HT-2026"]["orders"] == 1
    (second,) = orders(bought, DAYS[5:6])
    bought.log.until(LATER)

    (line,) = rows(bought)["HT-2026"]["differences"]
    assert [one["id"] for one in line["records"]] == [contract.id, right.id, second.id]


def test_a_contract_that_is_put_right_is_held_at_its_new_sum() -> None:
    bought, wrong = begun(FEN)
    orders(bought, DAYS[:2])
    bought.log.until("2026-09-16T00:00:00.000Z")
    assert found(bought) == [(ORDERS, FEN, 2 * FEN)]
    link = {"rel": "replaces", "id": wrong.id, "sha256": wrong.leaf_hash.hex()}
    blobs = TYPES["contract"].example["blobs"]
    payload = {**wrong.fields, "amount_fen": 2 * FEN}
    del payload["blobs"]
    bought.log.post("contract", payload, issuer=ADMISSION, blobs=blobs, links=[link])
    bought.log.correct(wrong)
    bought.log.until("2026-09-17T00:00:00.000Z")
    row = rows(bought)["HT-2026"]
    assert (row["amount_fen"], row["ordered_fen"], row["status"]) == (2 * FEN, 2 * FEN, "matched")
    orders(bought, DAYS[8:9])
    bought.log.until(LATER)

    assert found(bought) == [(ORDERS, 2 * FEN, 3 * FEN)]
    assert bought.suspicions == [ORDERS]


def test_a_contract_that_is_taken_back_is_shown_no_more() -> None:
    bought, contract = begun(FEN)
    orders(bought, DAYS[:2])
    bought.log.until("2026-09-16T00:00:00.000Z")
    bought.log.correct(contract)
    bought.log.until(LATER)

    assert rows(bought) == {}
    (total,) = [value for key, value in bought.log.state.items() if " total " in key]
    assert isinstance(total, dict)
    assert total["ordered"] == {"fen": 0, "count": 0, "last": {}}


def test_contracts_of_one_package_are_each_held_against_their_own_sum() -> None:
    bought = Bought(agreed=False)
    award = bought.award({"pork-leg": {"unit_price_fen": "2599.5"}}, AT, package_no="1")
    example = TYPES["contract"].example
    for number, school, fen in (("1", "school:2105020001", FEN), ("2", OTHER_SCHOOL, 3 * FEN)):
        payload = {
            **example["payload"], "contract_kind": "goods", "contractor": SUPPLIER,
            "signed_on": "2026-08-01", "term_from": "2026-08-01", "term_until": "2027-07-31",
            "contract_no": number, "schools": [school], "amount_fen": fen,
        }  # fmt: skip
        links = [{"rel": "under", "id": award.id}]
        bought.log.post("contract", payload, issuer=ADMISSION, blobs=example["blobs"], links=links)
    orders(bought, DAYS[:2])
    bought.log.until(LATER)

    assert [row["ordered_fen"] for row in rows(bought).values()] == [2 * FEN, 0]
    assert found(bought) == [(ORDERS, FEN, 2 * FEN)]


def test_contracts_for_other_goods_do_not_share_an_order() -> None:
    bought = Bought(agreed=False)
    bought.contract(AT, contract_no="meat", amount_fen=FEN, **priced(pork_leg="2599.5"))
    bought.contract(contract_no="rice", amount_fen=FEN, **priced(rice="613.33"))
    bought.order({**TEN_KG, "rice": 10_000}, DAYS[0])
    bought.log.until(LATER)

    assert rows(bought)["meat"]["ordered_fen"] == FEN
    assert rows(bought)["rice"]["ordered_fen"] == value_fen("rice", 10_000)
    assert bought.suspicions == []


@pytest.mark.parametrize(("count", "codes"), [(3, []), (4, [ORDERS])])
def test_contracts_that_nobody_can_tell_apart_are_held_together(
    count: int, codes: list[str]
) -> None:
    bought, _ = begun(2 * FEN)
    orders(bought, DAYS[:1])
    bought.contract(DAYS[1], contract_no="HT-more", amount_fen=FEN)
    orders(bought, DAYS[2 : 1 + count])
    bought.log.until(LATER)

    assert bought.suspicions == codes
    assert rows(bought)["HT-2026"]["held_with"] == ["HT-more"]
    assert found(bought) == [(code, 3 * FEN, 4 * FEN) for code in codes]


def test_an_order_that_names_its_contract_counts_for_that_one() -> None:
    bought, _ = begun(FEN)
    named = bought.contract(contract_no="named", amount_fen=3 * FEN)
    orders(bought, DAYS[:3], under=named)
    bought.log.until(LATER)

    assert [row["ordered_fen"] for row in rows(bought).values()] == [0, 3 * FEN]
    assert (found(bought), bought.suspicions) == ([], [])


def test_where_a_contract_of_no_sum_would_do_nothing_is_held_against_the_other() -> None:
    bought, _ = begun(FEN)
    bought.contract(contract_no="open", amount_fen=0)
    orders(bought, DAYS[:3])
    bought.log.until(LATER)

    assert bought.suspicions == []
    assert rows(bought)["HT-2026"]["ordered_fen"] == 0


def test_an_award_that_names_its_sum_is_held_against_what_is_bought_under_it() -> None:
    bought = Bought(agreed=False)
    lines = {"pork-leg": {"unit_price_fen": "2599.5"}}
    award = bought.award(lines, AT, package_no="1", amount_fen=2 * FEN)
    bought.log.until("2026-09-09T00:00:00.000Z")
    settled(bought, dict.fromkeys(DAYS[:3], 10_000))
    bought.log.until(LATER)

    codes = ["settled-above-award", "orders-above-award"]
    assert bought.suspicions == codes
    (row,) = rows(bought).values()
    assert (row["document"], row["number"]) == ("tender-award", award.fields["award_no"])
    assert sorted(found(bought)) == [(code, 2 * FEN, 3 * FEN) for code in sorted(codes)]


def test_what_a_contract_is_for_counts_for_its_award_too() -> None:
    bought = Bought(agreed=False)
    lines = {"pork-leg": {"unit_price_fen": "2599.5"}}
    award = bought.award(lines, AT, package_no="1", amount_fen=2 * FEN)
    example = TYPES["contract"].example
    payload = {
        **example["payload"], "contract_kind": "goods", "contractor": SUPPLIER,
        "signed_on": "2026-08-01", "term_from": "2026-08-01", "term_until": "2027-07-31",
        "contract_no": "HT", "amount_fen": 5 * FEN,
    }  # fmt: skip
    links = [{"rel": "under", "id": award.id}]
    bought.log.post("contract", payload, issuer=ADMISSION, blobs=example["blobs"], links=links)
    orders(bought, DAYS[:3])
    bought.log.until(LATER)

    assert [row["ordered_fen"] for row in rows(bought).values()] == [3 * FEN, 3 * FEN]
    assert found(bought) == [("orders-above-award", 2 * FEN, 3 * FEN)]


@pytest.mark.parametrize("place", range(4))
def test_it_is_all_one_in_which_order_it_comes(place: int) -> None:
    """The contract is told before or after any of three orders; the sums are the same."""
    bought = Bought(agreed=False, levels={"order_without_award": "note"})
    for number, day in enumerate(DAYS[:3]):
        if number == place:
            bought.contract(day, amount_fen=2 * FEN)
        orders(bought, [day])
        bought.log.until(f"{day[:8]}{int(day[8:10]) + 1:02}T00:00:00.000Z")
    if place == 3:
        bought.contract("2026-09-20T00:00:00.000Z", amount_fen=2 * FEN)
    bought.log.until("2026-10-10T00:00:00.000Z")

    assert found(bought) == [(ORDERS, 2 * FEN, 3 * FEN)]
    assert bought.suspicions.count(ORDERS) == 1


def test_an_agreement_is_forgotten_long_after_its_term() -> None:
    bought, _ = begun(FEN)
    orders(bought, DAYS[:2])
    bought.log.until("2028-12-31T00:00:00.000Z")

    assert [key for key in bought.log.state if " total " in key] == []


def test_what_the_policy_calls_a_note_is_only_shown() -> None:
    bought, _ = begun(FEN, levels={"orders_above_contract": "note"})
    orders(bought, DAYS[:3])
    bought.log.until(LATER)

    assert bought.suspicions == []
    assert found(bought) == [(ORDERS, FEN, 3 * FEN)]
    assert rows(bought)["HT-2026"]["status"] == "matched"

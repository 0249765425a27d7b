"""What all schools order under a package, summed up, stays below what the bureau tendered at most."""

from collections.abc import Mapping
from typing import Any

import pytest
from bought import ADMISSION, Bought

from ledger.evidence.catalogue import TYPES
from ledger.oversight.seen import Seen

PORK = {"pork-leg": {"unit_price_fen": "2599.5"}}
TEN_KG = {"pork-leg": 10_000}
"""25,995 fen."""
DAYS = [f"2026-09-{day:02}T02:00:00.000Z" for day in range(10, 20)]
AT = "2026-09-01T01:00:00.000Z"
LATER = "2026-09-25T00:00:00.000Z"
CODE = "orders-above-ceiling"


def tendered(bought: Bought, ceiling_fen: int, at: str | None = None) -> Seen:
    """A tender whose first package may come to so much."""
    packages = [
        {**package, "ceiling_fen": ceiling_fen if package["package_no"] == "1" else 1_000_000}
        for package in TYPES["tender"].example["payload"]["packages"]
    ]
    total = sum(package["ceiling_fen"] for package in packages)
    return bought.tender(at, packages=packages, ceiling_fen=total)


def begun(ceiling_fen: int, **rules: Any) -> tuple[Bought, Seen, Seen]:
    """A tender, and an award of pork of its first package."""
    bought = Bought(agreed=False, **rules)
    tender = tendered(bought, ceiling_fen, AT)
    return bought, tender, bought.award(PORK, AT, package_no="1")


def shown(bought: Bought) -> list[Mapping[str, Any]]:
    """What the rows of awards say of ceilings."""
    rows = [row for _, row in sorted(bought.log.rows.items()) if row.kind == "award"]
    return [
        line for row in rows for line in (row.detail or {})["differences"] if line["code"] == CODE
    ]


def last_order(bought: Bought) -> Seen:
    return [seen for seen in bought.log.records if seen.type == "order"][-1]


def test_orders_that_come_to_more_than_the_ceiling_are_found_once() -> None:
    bought, tender, award = begun(2 * 25_995)
    orders = []
    for day in DAYS[:4]:
        bought.order(TEN_KG, day)
        orders.append(last_order(bought))
    bought.log.until(LATER)

    (found,) = [one for one in bought.log.of("suspicion") if one["suspicion_kind"] == CODE]
    assert (found["severity"], found["responsible"]) == ("major", ADMISSION)
    observed = [one["record"] for one in found["observations"]]
    assert observed == [award.id, tender.id, *(order.id for order in orders[:3])]
    (line,) = shown(bought)
    assert (line["about"], line["expected"], line["found"]) == ("1", 51_990, 103_980)
    assert (line["difference"], line["unit"]) == (51_990, "fen")


def test_orders_that_come_to_the_ceiling_are_silence() -> None:
    bought, _, _ = begun(3 * 25_995)
    for day in DAYS[:3]:
        bought.order(TEN_KG, day)
    bought.log.until(LATER)

    assert shown(bought) == []
    assert bought.suspicions == []


def test_the_policy_may_allow_a_tenth_more() -> None:
    found = {}
    for bp in (4_999, 5_000):
        bought, _, _ = begun(2 * 25_995, ceiling_tolerance_bp=bp)
        for day in DAYS[:3]:
            bought.order(TEN_KG, day)
        bought.log.until(LATER)
        found[bp] = bought.suspicions

    assert found == {4_999: [CODE], 5_000: []}


def test_what_the_supplier_does_not_confirm_is_not_counted() -> None:
    bought, _, _ = begun(2 * 25_995)
    for day in DAYS[:2]:
        bought.order(TEN_KG, day)
    subject = bought.order({**TEN_KG, "rice": 1_000}, DAYS[3])
    bought.answer(subject, {"pork-leg": 0})
    bought.log.until(LATER)

    assert shown(bought) == []


def test_all_winners_of_a_package_share_its_ceiling_and_the_first_award_shows_it() -> None:
    bought, _, first = begun(2 * 25_995)
    other = "supplier:91350100M000100Y43"
    bought.award(PORK, AT, package_no="1", awarded_to=other)
    bought.order(TEN_KG, DAYS[0])
    bought.order(TEN_KG, DAYS[1], supplier=other)
    bought.order(TEN_KG, DAYS[2], supplier=other)
    bought.log.until(LATER)

    (line,) = shown(bought)
    assert line["found"] == 3 * 25_995
    assert line["records"][0]["id"] == first.id


def test_another_package_and_an_order_without_an_award_do_not_count() -> None:
    bought, _, _ = begun(2 * 25_995)
    bought.award({"rice": {"unit_price_fen": "613.33"}}, AT, package_no="2")
    for day in DAYS[:2]:
        bought.order({"pork-leg": 10_000, "rice": 40_000, "egg-box": 3}, day)
    bought.log.until(LATER)

    assert shown(bought) == []


@pytest.mark.parametrize("under", [True, False])
def test_a_contract_counts_for_the_award_that_it_is_under(under: bool) -> None:
    bought, _, award = begun(25_995)
    lines = [{"line_no": 1, "item_code": "pork-leg", "item_name": "pork-leg"}]
    prices = [{"line_no": 1, "price_unit": "kg", "unit_price_fen": "2599.5"}]
    example = TYPES["contract"].example
    payload = {
        **example["payload"], "contract_kind": "goods", "lines": lines, "line_prices": prices,
        "contractor": award.fields["awarded_to"],
        "signed_on": "2026-08-01", "term_from": "2026-08-01", "term_until": "2027-07-31",
    }  # fmt: skip
    links = [{"rel": "under", "id": award.id}] if under else []
    bought.log.post("contract", payload, issuer=ADMISSION, blobs=example["blobs"], links=links)
    for day in DAYS[:2]:
        bought.order(TEN_KG, day)
    bought.log.until(LATER)

    assert [line["found"] for line in shown(bought)] == ([51_990] if under else [])


def test_a_tender_that_comes_after_the_orders_is_held_against_them() -> None:
    bought = Bought(agreed=False, levels={"award_without_tender": "note"})
    bought.award(PORK, AT, package_no="1", tendered=False)
    for day in DAYS[:3]:
        bought.order(TEN_KG, day)
    bought.log.until("2026-09-20T00:00:00.000Z")
    assert shown(bought) == []
    tendered(bought, 2 * 25_995, "2026-09-21T00:00:00.000Z")
    bought.log.until(LATER)

    assert bought.suspicions.count(CODE) == 1
    assert [line["found"] for line in shown(bought)] == [3 * 25_995]


def test_an_award_that_comes_after_the_orders_counts_them() -> None:
    bought = Bought(agreed=False)
    tendered(bought, 2 * 25_995, AT)
    for day in DAYS[:3]:
        bought.order(TEN_KG, day)
    bought.award(PORK, "2026-09-14T00:00:00.000Z", package_no="1")
    bought.log.until(LATER)

    assert CODE in bought.suspicions
    assert [line["found"] for line in shown(bought)] == [3 * 25_995]


def test_an_order_that_is_taken_back_is_taken_out_of_the_sum() -> None:
    bought, _, _ = begun(2 * 25_995)
    for day in DAYS[:3]:
        bought.order(TEN_KG, day)
    taken_back = last_order(bought)
    bought.log.until("2026-09-16T00:00:00.000Z")
    assert len(shown(bought)) == 1
    bought.log.correct(taken_back)
    bought.log.until(LATER)

    assert shown(bought) == []
    (spent,) = [value for key, value in bought.log.state.items() if " spent " in key]
    assert isinstance(spent, dict)
    assert (spent["fen"], spent["count"], len(spent["last"])) == (51_990, 2, 2)


def test_an_order_that_is_put_right_counts_once() -> None:
    bought, _, _ = begun(2 * 25_995)
    bought.order(TEN_KG, DAYS[0])
    wrong = last_order(bought)
    bought.order(TEN_KG, DAYS[1])
    bought.log.until("2026-09-16T00:00:00.000Z")
    link = {"rel": "replaces", "id": wrong.id, "sha256": wrong.leaf_hash.hex()}
    bought.log.post("order", wrong.fields, issuer=wrong.issuer, links=[link])
    bought.log.correct(wrong)
    bought.log.until(LATER)

    assert shown(bought) == []
    assert bought.suspicions == []


def test_a_package_is_forgotten_long_after_its_term() -> None:
    bought, _, _ = begun(2 * 25_995)
    bought.order(TEN_KG, DAYS[0])
    bought.log.until("2028-12-31T00:00:00.000Z")

    assert [key for key in bought.log.state if " spent " in key] == []

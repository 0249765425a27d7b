"""Supply: registrations, permits, orders and dispatches."""

from typing import Any

SUPPLIER = "supplier:91210500MA0UTC1A0P"


def test_a_registration_is_about_the_supplier_of_its_credit_code(
    example: Any, prepare: Any
) -> None:
    made = prepare(example("supplier-registration"))

    assert made.statement.subjects == (SUPPLIER,)
    assert made.bound_party == SUPPLIER


def test_a_sole_trader_s_credit_code_stays_in_the_payload(example: Any, prepare: Any) -> None:
    trader = "supplier:mq3vhx2k7d5ncotyz4arlw6pbe"
    request = example("supplier-registration", uscc="92210502MA0TERT1QY") | {"issuer": trader}

    made = prepare(request)

    assert made.statement.subjects == (trader,)
    assert made.bound_party == trader
    assert b"92210502" not in made.statement_bytes


def test_a_unit_registers_under_its_company_s_code(example: Any, prepare: Any) -> None:
    made = prepare(example("supplier-registration") | {"issuer": f"{SUPPLIER}~north"})

    assert made.statement.subjects == (SUPPLIER, f"{SUPPLIER}~north")
    assert made.bound_party == f"{SUPPLIER}~north"


def test_a_permit_without_end_is_valid_until_null(example: Any, prepare: Any, faults: Any) -> None:
    made = prepare(example("certificate", valid_until=None))

    assert '"valid_until":null' in made.document_key
    assert faults(example("certificate", valid_until=...)) == {("/payload/valid_until", "missing")}


def test_each_number_scheme_has_its_own_check(example: Any, faults: Any) -> None:
    for scheme, right, wrong in (
        ("uscc", "91350100M000100Y43", "91350100M000100Y34"),
        ("jy", "JY12105020012349", "JY12105020012394"),
        ("sc", "SC10121050200187", "SC10121050200178"),
        ("jy", "JY12105020012349", "SC10121050200187"),
    ):
        given = {"number_scheme": scheme}
        assert not faults(example("certificate", certificate_no=right, **given))
        assert faults(example("certificate", certificate_no=wrong, **given)) == {
            ("/payload/certificate_no", "check-digit")
        }
    assert not faults(
        example("certificate", number_scheme="none", certificate_no="检字 2026 第 7 号")
    )


def test_an_order_is_about_itself_its_school_and_its_supplier(example: Any, prepare: Any) -> None:
    made = prepare(example("order"))

    assert made.statement.subjects == (
        "canteen:2105020001~01",
        "order:2105020001~A-17",
        "school:2105020001",
        SUPPLIER,
    )


def test_all_that_is_wrong_with_an_order_is_said_at_once(example: Any, faults: Any) -> None:
    request = example("order", canteen="canteen:2105020002~01", amount_fen=1)
    request["payload"]["deliver_until"] = "2026-11-22T00:00:00Z"
    request["payload"]["line_prices"][1]["price_unit"] = "kg"

    assert faults(request) == {
        ("/payload/canteen", "other-school"),
        ("/payload/deliver_until", "period"),
        ("/payload/line_prices/1/price_unit", "price-unit"),
        ("/payload/amount_fen", "sum"),
    }


def test_a_dispatch_is_about_each_lot_it_names(example: Any, prepare: Any) -> None:
    request = example("dispatch")
    line = request["payload"]["lines"][0]
    request["payload"]["lines"] = [
        line,
        {**line, "line_no": 2, "item_code": "egg-box", "lot_no": "批 9"},
        {name: value for name, value in line.items() if name != "lot_no"} | {"line_no": 3},
    ]

    lots = [s for s in prepare(request).statement.subjects if s.startswith("lot:")]

    assert len(lots) == 2
    assert lots[0].startswith("lot:91210500MA0UTC1A0P~egg-box~h-")
    assert lots[1] == "lot:91210500MA0UTC1A0P~pork-leg~P-1122"


def test_a_document_of_more_than_64_subjects_is_split(example: Any, faults: Any) -> None:
    request = example("dispatch")
    line = request["payload"]["lines"][0]
    many = [{**line, "line_no": n, "lot_no": f"P-{n}"} for n in range(1, 63)]

    assert not faults({**request, "payload": {**request["payload"], "lines": many[:61]}})
    assert faults({**request, "payload": {**request["payload"], "lines": many}}) == {
        ("/subjects", "too-many")
    }

"""Reference prices: within their quotes, to the last decimal."""

from typing import Any


def test_a_list_is_found_by_its_bureau(example: Any, prepare: Any) -> None:
    assert prepare(example("reference-price")).statement.subjects == (
        "bureau:11210500001234567Y~admission",
    )


def test_a_price_lies_within_its_quotes_exactly(example: Any, faults: Any) -> None:
    lines = example("reference-price")["payload"]["lines"][:1]
    at = {"line_no": 1, "price_unit": "kg", "lowest_fen": 2_900, "highest_fen": 3_200, "quotes": 6}

    def of(price: str, **changes: Any) -> Any:
        priced = [{**at, "unit_price_fen": price, **changes}]
        return faults(example("reference-price", lines=lines, line_prices=priced))

    for inside in ("2900", "2900.000001", "3200", "3200.0"):
        assert not of(inside)
    for outside in ("2899.999999", "3200.000001", "0"):
        assert of(outside) == {("/payload/line_prices/0/unit_price_fen", "price-range")}
    assert of("2900", highest_fen=2_899)

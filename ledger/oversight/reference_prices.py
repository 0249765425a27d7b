"""Reference prices (参考价), and what settlements paid for goods that have one.

A list counts for the civil days it names; of two in force on a day the later in the log does.

State: `reference` holds the lists that may still be asked for.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ledger.errors import MalformedError
from ledger.evidence.prices import amount_fen
from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.seen import Ref, Seen

KEY: Final = "reference"

Bought = list[list[Any]]
"""Item code, quantity, unit and fen paid, line by line."""

Span = tuple[str, str]
"""First and last civil day."""


def keep(seen: Seen, context: Context) -> Span:
    """Remember a list; the days that it is about."""
    fields = seen.fields
    codes = {line["line_no"]: line["item_code"] for line in fields["lines"]}
    prices = {
        codes[price["line_no"]]: [price["unit_price_fen"], price["price_unit"]]
        for price in fields["line_prices"]
        if price["line_no"] in codes
    }
    today = civil.day_of(context.now, context.zone)
    oldest = civil.days_later(today, -context.policy.rules["kept_days"] - 31)
    kept = [one for one in context.get(KEY) or [] if one["until"] >= oldest]
    span = fields["valid_from"], fields["valid_until"]
    one = {"ref": seen.ref, "from": span[0], "until": span[1], "prices": prices}
    context.put(KEY, [*kept, one])
    return span


def drop(seen: Seen, context: Context) -> Span | None:
    """A list counts no more; the days that it was about, None if it was forgotten already."""
    lists = context.get(KEY) or []
    gone = next((one for one in lists if one["ref"][2] == seen.id), None)
    if gone is None:
        return None
    context.put(KEY, [one for one in lists if one is not gone] or None)
    return gone["from"], gone["until"]


def bought(settlement: Mapping[str, Any]) -> Bought:
    """What a settlement pays for."""
    paid = {price["line_no"]: price["amount_fen"] for price in settlement["line_prices"]}
    return [
        [line["item_code"], line["quantity"], line["unit"], paid[line["line_no"]]]
        for line in settlement["lines"]
        if line["line_no"] in paid
    ]


def priced(goods: Sequence[Any], day: str, context: Context) -> tuple[dict[str, int], list[Ref]]:
    """Fen paid for what has a reference price that day, fen by that price, and the lists used."""
    prices: dict[str, tuple[list[str], Ref]] = {}
    for one in context.get(KEY) or []:
        if one["from"] <= day <= one["until"]:
            prices |= {code: (price, one["ref"]) for code, price in one["prices"].items()}
    settled = reference = 0
    used: dict[int, Ref] = {}
    for code, quantity, unit, paid_fen in goods:
        if code not in prices:
            continue
        (price, price_unit), ref = prices[code]
        try:
            reference += amount_fen(quantity, unit, price, price_unit)
        except MalformedError:
            continue  # the list prices it by another unit than it was paid for
        settled += paid_fen
        used[ref[0]] = ref
    if not reference:
        return {}, []
    return {"settled_fen": settled, "reference_fen": reference}, list(used.values())

"""Prices of orders (中标价、合同价、下浮率): what one may ask a school to pay for an item.

    order → under a contract or an award, else the last one in term that has the item
    a price: no more than that   a discount: no more than the reference price of the day less it

The day is the order's or the delivery's, whichever allows more: a new list is published in between.
A discounted price is rounded by whoever writes it, up by less than the policy's `price_rounding_fen`.

State: `reference <item>`, that item's prices on the lists; `listed <record>`, the items of a list, to
take it back by. Both forget what ended long ago; `agreed` has the awards and contracts.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ledger.evidence.prices import PRICED_PER
from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import agreed
from ledger.oversight.reconciliation.agreed import FORGOTTEN_DAYS, Agreement
from ledger.oversight.reconciliation.difference import Difference, decimal, micro_of
from ledger.oversight.reconciliation.ordered import Ordered
from ledger.oversight.seen import Ref, Seen

_WHOLE_BP: Final = 10_000


def tell_reference(seen: Seen, context: Context) -> None:
    """A list of reference prices."""
    fields = seen.fields
    priced = {line["line_no"]: line for line in fields["line_prices"]}
    for line in fields["lines"]:
        price = priced[line["line_no"]]
        survey = {
            "ref": seen.ref,
            "bureau": fields["bureau"],
            "from": fields["valid_from"],
            "until": fields["valid_until"],
            "unit": price["price_unit"],
            "price": price["unit_price_fen"],
        }
        _add(context, f"reference {line['item_code']}", survey)
    context.put(f"listed {seen.id}", [line["item_code"] for line in fields["lines"]])
    end = civil.days_later(fields["valid_until"], FORGOTTEN_DAYS)
    context.wake(civil.end_of(end, context.zone), f"listed {seen.id}")


def take_back(seen: Seen, context: Context) -> None:
    """A list counts no more."""
    for item in context.get(f"listed {seen.id}") or ():
        _remove(context, f"reference {item}", seen.id)
    context.put(f"listed {seen.id}", None)


def differences(ordered: Ordered, context: Context) -> Iterator[Difference]:
    """Prices of an order above what was agreed for the item."""
    order = ordered.order
    if order is None:
        return
    agreements = by_weight(ordered, agreed.known(context, order["supplier"]))
    for _, item, unit, _, _, price in ordered.lines:
        per = PRICED_PER[unit][0]
        for agreement in agreements:
            if item in agreement["items"]:
                break
        else:
            continue
        if agreement["items"][item][2] != per:
            continue
        most, discount_bp, _ = agreement["items"][item]
        if price == most:
            continue
        records = [order["ref"], agreement["ref"]]
        if most is not None:
            limit, above = micro_of(most), micro_of(price) > micro_of(most)
        else:
            days = (civil.day_of(order["at"], context.zone), order["day"])
            surveys = _surveys(context, item, per, agreement["bureau"], days)
            if not surveys:
                yield _of(ordered, "no-reference-price", item, price, price, per, records)
                continue
            best = max(surveys, key=_price) if len(surveys) > 1 else surveys[0]
            limit = micro_of(best["price"]) * (_WHOLE_BP - discount_bp) // _WHOLE_BP
            rounding = context.policy.rules["price_rounding_fen"] * 1_000_000
            more = micro_of(price) - limit
            above = more > 0 and more >= rounding
            records.append(best["ref"])
        if above:
            line = (decimal(limit), price, per, records)
            yield _of(ordered, "price-above-award", item, *line)


def by_weight(ordered: Ordered, known: Iterable[Agreement]) -> list[Agreement]:
    """Agreements with prices for an order, the first that has an item prices it.

    Those that it is under come before contracts of the school in term, these before awards in term;
    and of each the later before the earlier.
    """
    order: Any = ordered.order
    found = []
    for one in known:
        if "gone" in one or one["items"] is None:
            continue
        own = one["schools"] is not None
        if agreed.names(one, order["under"]):
            weight = 2
        elif one["from"] <= order["day"] <= one["until"] and (
            not own or ordered.school in one["schools"]
        ):
            weight = int(own)
        else:
            continue
        found.append((weight, agreed.index(one), one))
    if len(found) > 1:
        found.sort(key=_weight, reverse=True)
    return [one for _, _, one in found]


def _weight(one: tuple[int, int, Agreement]) -> tuple[int, int]:
    return one[:2]


def _surveys(
    context: Context, item: str, per: str, bureau: str, days: tuple[str, ...]
) -> list[Mapping[str, Any]]:
    """Of each day the last list in force: the same bureau's if it has one, else any."""
    known = context.get(f"reference {item}") or ()
    found = []
    for day in dict.fromkeys(days):
        valid = [one for one in known if one["unit"] == per and one["from"] <= day <= one["until"]]
        own = [one for one in valid if one["bureau"] == bureau] or valid
        if own:
            found.append(max(own, key=_place) if len(own) > 1 else own[0])
    return found


def _place(survey: Mapping[str, Any]) -> int:
    index: int = survey["ref"][0]
    return index


def _price(survey: Mapping[str, Any]) -> int:
    return micro_of(survey["price"])


def _of(
    ordered: Ordered, code: str, item: str, expected: str, found: str, per: str, records: list[Ref]
) -> Difference:
    unit = f"fen/{per}"
    return Difference(
        code, item, expected, found, unit, records, *ordered.at, responsible=ordered.school
    )


def _add(context: Context, key: str, item: Mapping[str, Any]) -> None:
    today = civil.day_of(context.now, context.zone)
    kept = [
        one
        for one in context.get(key) or ()
        if civil.days_later(one["until"], FORGOTTEN_DAYS) >= today
    ]
    context.put(key, [*kept, dict(item)])


def _remove(context: Context, key: str, record: str) -> None:
    known = context.get(key)
    if known is not None:
        context.put(key, [one for one in known if one["ref"][2] != record] or None)

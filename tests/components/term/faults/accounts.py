"""What must add up again after something was changed: settlements, balances, device counters."""

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from components.term.script import Said
from ledger.evidence.prices import amount_fen


def chain(said: Iterable[Said], lost: Mapping[str, int]) -> None:
    """Number the entries of each account as they were booked, and chain their balances.

    Args:
        said: all of a term.
        lost: name of an entry → fen by which the balance is short from there on.
    """
    entries = [one for one in said if one.type == "account-entry"]
    entries.sort(key=lambda one: (one.payload["account"], one.at_ms, one.payload["entry_no"]))
    for _, of_account in itertools.groupby(entries, key=lambda one: one.payload["account"]):
        balance = 0
        for number, one in enumerate(of_account, 1):
            fields = one.payload
            moved = fields["amount_fen"] * (1 if fields["direction"] == "credit" else -1)
            balance += moved - lost.get(one.name, 0)
            fields |= {"entry_no": number, "balance_after_fen": balance}


def count(said: Iterable[Said]) -> None:
    """Count each scale's weighings and each thermometer's readings as they were made."""
    made = [one for one in said if one.type in {"weigh-in", "temperature-log"}]
    made = [one for one in made if "counter" in one.payload or one.type == "temperature-log"]
    made.sort(key=lambda one: (_device(one), str(one.request["occurred_at"])))
    for _, of_device in itertools.groupby(made, key=_device):
        counter = 0
        for one in of_device:
            fields = one.payload
            if one.type == "weigh-in":
                counter += 1
                fields["counter"] = counter
            else:
                fields["counter_from"] = counter + 1
                counter += len(fields["mC_readings"])
                fields["counter_until"] = counter


def settle_again(
    said: Mapping[str, Said], settlement: Said, lines: Iterable[Mapping[str, Any]]
) -> None:
    """A settlement is of these lines, and so are its invoice and what the bank pays.

    Args:
        said: all of a term.
        settlement: to be changed.
        lines: of it, each with `unit_price_fen` beside its own fields.
    """
    name = settlement.name.removeprefix("settlement ")
    goods, prices = [], []
    for place, line in enumerate(lines, 1):
        price = line["unit_price_fen"]
        own = {key: value for key, value in line.items() if key != "unit_price_fen"}
        goods.append({**own, "line_no": place})
        amount = amount_fen(line["quantity"], "g", price, "kg")
        prices.append(
            {"line_no": place, "unit_price_fen": price, "price_unit": "kg", "amount_fen": amount}
        )
    total = sum(price["amount_fen"] for price in prices)
    acceptances = list(dict.fromkeys(line["acceptance"] for line in goods))
    settlement.payload.update(lines=goods, line_prices=prices, gross_fen=total, net_fen=total)
    settlement.payload["invoices"][0]["amount_fen"] = total
    settlement.request["links"] = [{"rel": "settles", "id": one} for one in acceptances]
    invoice = said[f"invoice {name}"]
    billed = [{key: one for key, one in line.items() if key != "acceptance"} for line in goods]
    invoice.payload.update(lines=billed, line_prices=prices, untaxed_fen=total, amount_fen=total)
    invoice.request["links"] = [{"rel": "bills", "id": one} for one in acceptances]
    if f"entry {name}" in said:
        said[f"entry {name}"].payload["amount_fen"] = total


def lines_of(settlement: Said) -> list[dict[str, Any]]:
    """The lines of a settlement, each with its price."""
    prices = {one["line_no"]: one["unit_price_fen"] for one in settlement.payload["line_prices"]}
    return [
        {**line, "unit_price_fen": prices[line["line_no"]]} for line in settlement.payload["lines"]
    ]


def settlement_of(said: Iterable[Said], acceptance: str) -> Said:
    """The settlement that has lines of an acceptance."""
    return next(
        one
        for one in said
        if one.type == "settlement"
        and any(line["acceptance"] == acceptance for line in one.payload["lines"])
    )


def _device(one: Said) -> str:
    return str(one.payload.get("scale") or one.payload["cabinet"])

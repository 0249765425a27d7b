"""Which agreements a purchase counts for (合同额度): by item, its contract and its award.

    the contracts that the order names and that have the item
    else those of its school in term that have it, else those that it names
        →  none: likewise among the awards
        →  one or more: the awards that they are under

A contract without items has those of its awards, where the log has them. Where several are left,
nobody can say which of them is meant: they are held against what was bought together (`totals`).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledger.oversight.reconciliation import agreed
from ledger.oversight.reconciliation.agreed import Agreement
from ledger.oversight.reconciliation.ordered import Ordered, value_fen

Pool = Sequence[Agreement]
"""Agreements of which a purchase is under one, the oldest first: nearly always a single one."""


def worth(ordered: Ordered) -> Iterator[tuple[str, int]]:
    """Items of an order's lines, and what each comes to: with what the supplier confirmed, in fen."""
    confirmed = {line[0]: line[2] for line in (ordered.answer["lines"] if ordered.answer else ())}
    for number, item, unit, quantity, _, price in ordered.lines:
        yield item, value_fen(min(quantity, confirmed.get(number, quantity)), unit, price)


def award_of(agreement: Agreement, known: Sequence[Agreement]) -> Agreement | None:
    """The award that an agreement is, or is under."""
    if agreement["schools"] is None:
        return agreement if agreement.get("package") else None
    return max(_awards_of(agreement, known), key=agreed.index, default=None)


def by_item(
    ordered: Ordered, items: Iterable[str], known: Sequence[Agreement]
) -> dict[str, list[Pool]]:
    """The pools that each item counts for, of contracts and of awards: those that name their sum.

    Args:
        ordered: an order that is known.
        items: item codes.
        known: what is remembered of its supplier's agreements.
    """
    order: Any = ordered.order
    versions = {one["names"][0]: one for one in known if "gone" not in one}
    standing = sorted(versions.values(), key=_age)
    named = [one for one in standing if agreed.names(one, order["under"])]
    in_term = [
        one
        for one in standing
        if one["from"] <= order["day"] <= one["until"]
        and (one["schools"] is None or ordered.school in one["schools"])
    ]
    found: dict[str, list[Pool]] = {}
    for item in items:
        if item in found:
            continue
        contracts = _having(item, _contracts(named), _contracts(in_term), known)
        if contracts:
            above = {one["names"][0]: one for own in contracts for one in _awards_of(own, known)}
            awards: Pool = sorted(above.values(), key=_age)
        else:
            awards = _having(item, _awards(named), _awards(in_term), known)
        found[item] = [pool for pool in (contracts, awards) if pool and _all_say_their_sum(pool)]
    return found


def _having(
    item: str, named: Sequence[Agreement], in_term: Sequence[Agreement], known: Sequence[Agreement]
) -> Sequence[Agreement]:
    for several in (named, in_term):
        found = [one for one in several if _has(item, one, known)]
        if found:
            return found
    return named


def _has(item: str, agreement: Agreement, known: Sequence[Agreement]) -> bool:
    if agreement["items"] is not None:
        return item in agreement["items"]
    awards = list(_awards_of(agreement, known))
    return not awards or any(item in one["items"] for one in awards)


def _awards_of(contract: Agreement, known: Sequence[Agreement]) -> Iterator[Agreement]:
    under = contract.get("under", ())
    return (one for one in known if one.get("package") and agreed.names(one, under))


def _contracts(several: Iterable[Agreement]) -> list[Agreement]:
    return [one for one in several if one["schools"] is not None]


def _awards(several: Iterable[Agreement]) -> list[Agreement]:
    return [one for one in several if one["schools"] is None]


def _all_say_their_sum(pool: Pool) -> bool:
    """Where one of them names none, all of it may be under that one."""
    return all("fen" in one for one in pool)


def _age(agreement: Agreement) -> tuple[str, str]:
    return agreement["logged"], agreement["names"][0]

"""Invoices (发票): each is used up to what it says, by settlements of its supplier.

A red invoice (红字) takes the blue one that it names back. One invoice may stand in several
settlements, each with its part; together they may not use more than there is. State under `invoice
<supplier> <number as in subjects>`:

    issued  [ref, amount_fen] of the invoice, once it is known; red  [ref, amount_fen] of red ones
    used    {settlement's version: [ref, amount_fen, bill]}
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ledger.evidence.document_number import in_subject
from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation.difference import Difference
from ledger.oversight.reconciliation.ordered import bounded
from ledger.oversight.seen import Ref, Seen

PREFIX: Final = "invoice "


def tell(seen: Seen, context: Context) -> None:
    """A supplier's invoice, blue or red."""
    fields = seen.fields
    red = fields["colour"] == "red"
    number = fields["cancels_invoice_no"] if red else fields["invoice_no"]
    name = "red" if red else "issued"
    key = _key(fields["supplier"], number)
    state = _opened(context, key)
    state[name] = [*state.get(name, ()), [seen.ref, fields["amount_fen"]]]
    _keep(context, key, state)
    # Found again where its payload is gone.
    context.put(f"invoiced {seen.id}", key)
    context.wake(_end(context), f"invoiced {seen.id}")


def take_back(seen: Seen, context: Context) -> None:
    """An invoice counts no more."""
    key = context.get(f"invoiced {seen.id}")
    state = dict(context.get(key) or {}) if key else {}
    context.put(f"invoiced {seen.id}", None)
    if state:
        for name in ("issued", "red"):
            state[name] = [one for one in state.get(name, ()) if one[0][2] != seen.id]
        _keep(context, key, state)


def use(context: Context, version: Mapping[str, Any], bill: str) -> None:
    """A settlement names its invoices."""
    ref = version["ref"]
    for number, amount_fen in _summed(version).items():
        key = _key(version["supplier"], number)
        state = _opened(context, key)
        state["used"] = {**state.get("used", {}), ref[2]: [ref, amount_fen, bill]}
        _keep(context, key, state)


def disuse(context: Context, version: Mapping[str, Any]) -> None:
    """A settlement counts no more."""
    for number in _summed(version):
        key = _key(version["supplier"], number)
        state = dict(context.get(key) or {})
        if version["ref"][2] in state.get("used", ()):
            state["used"] = {
                name: one for name, one in state["used"].items() if name != version["ref"][2]
            }
            _keep(context, key, state)


def differences(
    version: Mapping[str, Any], context: Context, *, late: bool
) -> Iterator[Difference]:
    """What does not meet between a settlement and its invoices.

    Args:
        version: the settlement.
        context: of the family.
        late: whether what was offline should be in the log by now.
    """
    used_fen = sum(amount_fen for _, amount_fen in version["invoices"])
    extra_fen = version["other_fen"]
    if used_fen not in (version["net_fen"], version["net_fen"] + extra_fen):
        yield _of(version, "invoice-sum-differs", "", version["net_fen"], used_fen, [])
    for number, mine_fen in _summed(version).items():
        state = context.get(_key(version["supplier"], number)) or {}
        mine = version["ref"]
        prior = [one for one in state.get("used", {}).values() if one[0][0] < mine[0]]
        prior_fen, records = sum(one[1] for one in prior), [one[0] for one in prior]
        issued = max(state.get("issued", ()), key=_index, default=None)
        if issued is None:
            if any(one[1] == mine_fen for one in prior):
                yield _of(version, "invoice-used-twice", number, 0, mine_fen, records)
            elif late:
                yield _of(version, "invoice-unknown", number, 0, mine_fen, [])
            continue
        red = state.get("red", ())
        left_fen = max(0, issued[1] - sum(one[1] for one in red) - prior_fen)
        if mine_fen > left_fen:
            code = "invoice-used-twice" if prior else "invoice-differs"
            records = [issued[0], *(one[0] for one in red), *records]
            yield _of(version, code, number, left_fen, mine_fen, records)


def refs(version: Mapping[str, Any], context: Context) -> list[Ref]:
    """The invoices behind a settlement, as far as they are known."""
    found = []
    for number in _summed(version):
        state = context.get(_key(version["supplier"], number)) or {}
        found += [one[0] for name in ("issued", "red") for one in state.get(name, ())]
    return found


def _summed(version: Mapping[str, Any]) -> dict[str, int]:
    """What a settlement uses of each invoice."""
    found: dict[str, int] = {}
    for number, amount_fen in version["invoices"]:
        found[number] = found.get(number, 0) + amount_fen
    return found


def _key(supplier: str, number: str) -> str:
    return f"{PREFIX}{supplier} {in_subject(number)}"


def _opened(context: Context, key: str) -> dict[str, Any]:
    known = context.get(key)
    if known is None:
        context.wake(_end(context), key)
    return dict(known or {})


def _keep(context: Context, key: str, state: Mapping[str, Any]) -> None:
    context.put(key, dict(state) if any(state.values()) else None)
    for _, _, bill in state.get("used", {}).values():
        context.wake(context.now, f"bill {bill}")


def _end(context: Context) -> str:
    return civil.later(context.now, context.policy.rules["remember_days"] * civil.DAY_S)


def _index(one: Any) -> int:
    index: int = one[0][0]
    return index


def _of(
    version: Mapping[str, Any], code: str, about: str, expected: int, found: int, more: list[Ref]
) -> Difference:
    return Difference(
        code, about, bounded(expected), bounded(found), "fen", [version["ref"], *more],
        version["at"], version["at"], version["by"],
    )  # fmt: skip

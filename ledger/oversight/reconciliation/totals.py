"""Orders and settlements against the sum of their agreement (合同额、中标额): all of its term summed up.

    order, judged; settlement, held    →  by item: its contract, its award (`counted`)  →  `total`
    an agreement comes, goes, changes  →  `recounts`

An agreement that names no sum, or 0, is held against nothing. Ordered is what `ceilings` counts too;
settled is what the lines of settlements come to, less the deductions for goods. Agreements that a
purchase cannot be told apart between are held together from then on: their sums against what was
bought under all of them, shown with the oldest (`sums`).

State `total <first version of the agreement>`, until FORGOTTEN_DAYS after its term:

    agreed   {ref, at, logged, by, to, kind, number, on, from, until, fen}; missing while none counts
    until    of the last that counted
    with     those that something could not be told apart between
    ordered, settled   sums, as `tally` keeps them; payer: who settled last; posted: codes

and, in the state of an order and of a bill, `totals` {agreement: [fen, index]}: what it counts for.
"""

from collections.abc import Iterable, Sequence

from ledger.oversight import civil
from ledger.oversight.family import Context, Row
from ledger.oversight.reconciliation import agreed, counted, difference, sums, tally
from ledger.oversight.reconciliation.agreed import FORGOTTEN_DAYS, Agreement
from ledger.oversight.reconciliation.book import FAMILY
from ledger.oversight.reconciliation.counted import Pool
from ledger.oversight.reconciliation.ordered import Json, Ordered, State
from ledger.oversight.reconciliation.periods import time_of
from ledger.oversight.reconciliation.settling import Claim
from ledger.oversight.reconciliation.sums import PREFIX
from ledger.oversight.seen import Ref, Seen

Shares = dict[str, list[int]]
"""By agreement: with how much a document counts, in fen, and which version of it, by its index."""


def tell(seen: Seen, supplier: str, context: Context) -> None:
    """An award or a contract, of which `agreed` was told."""
    agreement = agreed.version(context, supplier, seen.id)
    if agreement is None or "fen" not in agreement:
        return
    fields, contract = seen.fields, seen.type == "contract"
    root = agreement["names"][0]
    known = context.get(PREFIX + root) or {"ordered": tally.EMPTY, "settled": tally.EMPTY}
    state: State = {
        **known,
        "agreed": {
            "ref": seen.ref,
            "at": time_of(seen),
            "logged": agreement["logged"],
            "by": seen.issuer,
            "to": supplier,
            "kind": seen.type,
            "number": fields["contract_no" if contract else "award_no"],
            "on": agreement["since"],
            "from": agreement["from"],
            "until": agreement["until"],
            "fen": agreement["fen"],
        },
        "until": agreement["until"],
    }
    context.put(PREFIX + root, state)
    context.wake(sums.ready(state, context), PREFIX + root)
    context.wake(_end(state, context), PREFIX + root)
    sums.refresh(root, context)


def take_back(seen: Seen, supplier: str, context: Context) -> None:
    """An award or a contract counts no more."""
    agreement = agreed.version(context, supplier, seen.id)
    root = seen.id if agreement is None else agreement["names"][0]
    state = dict(context.get(PREFIX + root) or {})
    if "agreed" in state and state["agreed"]["ref"][2] == seen.id:
        del state["agreed"]
        context.put(PREFIX + root, state)
        context.row(Row(FAMILY, sums.name_of(root)))
        for other in state.get("with", ()):
            sums.refresh(other, context)


def count(ordered: Ordered, state: State, known: Sequence[Agreement], context: Context) -> None:
    """Count an order for its agreements as it is now, instead of as it was counted before.

    Args:
        ordered: the order.
        state: of the order, to be put by the caller.
        known: what is remembered of its supplier's agreements.
        context: of the family.
    """
    before: Shares = state.pop("totals", {})
    if ordered.order is None or not _any_total(known):
        if before:
            _count("ordered", ordered.subject, None, before, {}, context)
        return
    lines = list(counted.worth(ordered))
    pools = counted.by_item(ordered, [item for item, _ in lines], known)
    ref = ordered.order["ref"]
    shares: Shares = {}
    for item, fen in lines:
        for pool in pools[item]:
            _add(shares, pool, fen, ref, context)
    _count("ordered", ordered.subject, ref, before, shares, context)
    if shares:
        state["totals"] = shares


def settle(
    root: str, version: Json | None, claims: Iterable[Claim], state: State, context: Context
) -> None:
    """Count a settlement for the agreements that its goods were ordered under, as `count` an order.

    Args:
        root: the bill.
        version: of the settlement, the one that counts; None: none does any more.
        claims: what it has of each acceptance.
        state: of the bill, to be put by the caller.
        context: of the family.
    """
    before: Shares = state.pop("totals", {})
    known = () if version is None else agreed.known(context, version["supplier"])
    shares: Shares = {}
    if version is not None and _any_total(known):
        shares = _settled(version, claims, known, context)
    if before or shares:
        ref, payer = (None, None) if version is None else (version["ref"], version["by"])
        _count("settled", root, ref, before, shares, context, payer=payer)
    if shares:
        state["totals"] = shares


def due(key: str, context: Context) -> None:
    """An agreement is to be judged, or more was bought under it than it says; or it is long over."""
    state = context.get(key)
    if state is None:
        return
    if context.now >= _end(state, context):
        context.put(key, None)
        return
    root = key.removeprefix(PREFIX)
    ready = max((sums.ready(one, context) for _, one in sums.pool_of(root, context)), default="")
    if context.now < ready:
        context.wake(ready, key)
    head, found = sums.refresh(root, context)
    if found and head != root:
        context.wake(context.now, PREFIX + head)
    elif found:
        posted = difference.suspect(found, state.get("posted", ()), context)
        judged: State = {**state, "posted": posted}
        context.put(key, judged)


def _settled(
    version: Json, claims: Iterable[Claim], known: Sequence[Agreement], context: Context
) -> Shares:
    shares: Shares = {}
    under: dict[str, dict[str, None]] = {}
    for claim in claims:
        ordered = claim.ordered
        if ordered is None or ordered.order is None:
            continue
        own: dict[str, None] = {}
        pools = counted.by_item(ordered, [line[0] for line in claim.mine], known)
        for line in claim.mine:
            for pool in pools[line[0]]:
                own[_add(shares, pool, line[4], version["ref"], context)] = None
        for one in (*ordered.taken, *ordered.refused):
            for record in one.get("names", (one["ref"][2],)):
                under.setdefault(record, {}).update(own)
    reasons = context.policy.rules["goods_deductions"]
    for record, reason, fen in version["deductions"]:
        if reason in reasons:
            # Of a record that is not known it lessens every sum: too little is counted, not too much.
            for agreement in under.get(record, shares):
                shares[agreement][0] -= fen
    return shares


def _add(shares: Shares, pool: Pool, fen: int, ref: Ref, context: Context) -> str:
    """Add a line to what a document counts with, for the oldest of a pool; which one that is."""
    roots = [one["names"][0] for one in pool]
    share = shares.setdefault(roots[0], [0, ref[0]])
    share[0] += fen
    if len(roots) > 1:
        _join(roots, context)
    return str(roots[0])


def _join(roots: Sequence[str], context: Context) -> None:
    """Note that these cannot be told apart; it stays so."""
    for root in roots:
        state = context.get(PREFIX + root)
        others = [] if state is None else [*state.get("with", ())]
        new = [one for one in roots if one != root and one not in others]
        if state is not None and new:
            context.put(PREFIX + root, {**state, "with": [*others, *new]})
            sums.refresh(root, context)


def _count(
    part: str,
    document: str,
    ref: Ref | None,
    before: Shares,
    shares: Shares,
    context: Context,
    *,
    payer: str | None = None,
) -> None:
    for root in sorted({*before, *shares}):
        old, new = before.get(root), shares.get(root)
        state = context.get(PREFIX + root)
        if old == new or state is None:
            continue
        fens = (old[0] if old else None, new[0] if new else None)
        changed = {**state, part: tally.counted(state[part], document, *fens, ref)}
        if payer is not None:
            changed["payer"] = payer
        context.put(PREFIX + root, changed)
        head, found = sums.refresh(root, context)
        if not {one.code for one in found} <= {*changed.get("posted", ())}:
            context.wake(context.now, PREFIX + head)


def _any_total(known: Iterable[Agreement]) -> bool:
    return any("fen" in one for one in known)


def _end(state: Json, context: Context) -> str:
    return civil.end_of(civil.days_later(state["until"], FORGOTTEN_DAYS), context.zone)

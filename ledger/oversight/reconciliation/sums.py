"""An agreement against its sum (合同额、中标额): how it is shown, and what is beyond.

State is what `totals` keeps; agreements that are held together are shown each by itself, and what is
beyond their sums with the oldest.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.oversight import civil
from ledger.oversight.family import Context, Row
from ledger.oversight.reconciliation import difference
from ledger.oversight.reconciliation.book import FAMILY
from ledger.oversight.reconciliation.difference import Difference
from ledger.oversight.reconciliation.ordered import Json, bounded
from ledger.oversight.reconciliation.periods import HOUR_S

PREFIX: Final = "total "
KIND: Final = "agreement"
_WHOLE_BP: Final = 10_000


def refresh(root: str, context: Context) -> tuple[str, Sequence[Difference]]:
    """Show an agreement as it stands, and the oldest that it is held together with.

    Which one that is, and what is beyond its sum.
    """
    pool = pool_of(root, context)
    if not pool:
        return root, ()
    open_still = context.now < max(ready(one, context) for _, one in pool)
    found = [] if open_still else list(_differences(pool, context))
    head = pool[0][0]
    numbers = [one["agreed"]["number"] for _, one in pool]
    for place, (name, state) in enumerate(pool):
        if name in (root, head):
            others = numbers[:place] + numbers[place + 1 :]
            mine = found if name == head else []
            rules = context.policy.rules
            make = partial(_row, name, state, others, mine, rules, open_still=open_still)
            context.show(name_of(name), make)
    return head, found


def pool_of(root: str, context: Context) -> list[tuple[str, Json]]:
    """An agreement that counts with all that it is held together with, the oldest first."""
    found: dict[str, Json] = {}
    waiting = [root]
    while waiting:
        name = waiting.pop()
        state = None if name in found else context.get(PREFIX + name)
        if state is not None and "agreed" in state:
            found[name] = state
            waiting += state.get("with", ())
    if root not in found:
        return []
    return sorted(found.items(), key=lambda one: (one[1]["agreed"]["logged"], one[0]))


def name_of(root: str) -> str:
    """The name of its row."""
    return f"agreement {root}"


def ready(state: Json, context: Context) -> str:
    """When another agreement that is signed along with it should be in the log too."""
    return civil.later(state["agreed"]["logged"], context.policy.rules["award_grace_h"] * HOUR_S)


def _differences(pool: Sequence[tuple[str, Json]], context: Context) -> Iterator[Difference]:
    """What was ordered and what was settled beyond what was agreed."""
    states = [state for _, state in pool]
    papers = [state["agreed"] for state in states]
    bp = context.policy.rules["agreed_tolerance_bp"]
    limit_fen = bounded(sum(one["fen"] + one["fen"] * bp // _WHOLE_BP for one in papers))
    about = ", ".join(one["number"] for one in papers)[:500]
    times = [one["at"] for one in papers]
    kind = "contract" if papers[0]["kind"] == "contract" else "award"
    payers = [state["payer"] for state in states if "payer" in state]
    for part, code, responsible in (
        ("ordered", f"orders-above-{kind}", papers[0]["by"]),
        ("settled", f"settled-above-{kind}", payers[-1] if payers else ""),
    ):
        fen = bounded(sum(state[part]["fen"] for state in states))
        if fen > limit_fen:
            documents = [ref for state in states for ref in state[part]["last"].values()]
            records = [one["ref"] for one in papers] + documents
            line = (code, about, limit_fen, fen, "fen", records)
            yield Difference(*line, min(times), max(times), responsible)


def _row(
    root: str,
    state: Json,
    others: Sequence[str],
    found: Sequence[Difference],
    rules: Mapping[str, Any],
    *,
    open_still: bool,
) -> Row:
    one, ordered, settled = state["agreed"], state["ordered"], state["settled"]
    detail: dict[str, JsonValue] = {
        "document": one["kind"],
        "number": one["number"],
        "purchaser": one["by"],
        "amount_fen": one["fen"],
        "ordered_fen": ordered["fen"],
        "orders": ordered["count"],
        "settled_fen": settled["fen"],
        "settlements": settled["count"],
        "held_with": [*others],
        "period_from": one["from"],
        "period_until": one["until"],
        **difference.lines(found, rules),
    }
    if open_still:
        status = "open"
    else:
        status = "mismatched" if difference.mismatched(found, rules) else "matched"
    return Row(FAMILY, name_of(root), one["to"], one["on"], KIND, status, detail)

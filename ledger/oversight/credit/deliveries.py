"""Deliveries judged when their time has come, and again when something changes (履约).

    order  →  deliver_until + settle  →  judged: movements, streak, period
                  late fact, correction  →  judged again: what does not hold any more is reversed
              + keep open  →  forgotten

State beside `orders`: under `judged`, what followed from the last judgement.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.credit import account, months, orders, prices, streak
from ledger.oversight.credit.account import Movement
from ledger.oversight.credit.assess import Fault, Judged, judge
from ledger.oversight.credit.movements import post
from ledger.oversight.credit.rules import FACTORS, points_of
from ledger.oversight.family import Context
from ledger.oversight.seen import Ref, Seen

State = dict[str, Any]

KINDS: Final = ("late", "short-weight", "undelivered", "price")
"""What a delivery may be charged with."""


def tell(seen: Seen, context: Context) -> None:
    """A fact about an order."""
    key = orders.key_of(seen)
    if key is None:
        return
    known = context.get(key)
    state = orders.tell(seen, key, known, context.now)
    rules = context.policy.rules
    if "judged" in state:
        state |= {"why": seen.ref, "changed": 1}
        context.wake(civil.later(context.now, rules["reassess_after_s"]), key)
    elif seen.type == "order":
        account.open_for(context, state["order"]["supplier"])
        soon = civil.later(context.now, rules["reassess_after_s"])
        context.wake(max(_settles(state, rules), soon), key)
    elif known is None:
        context.wake(civil.later(context.now, _open_s(rules)), key)
    context.put(key, state)


def take_back(seen: Seen, context: Context) -> None:
    """A fact about an order counts no more."""
    key = orders.key_of(seen)
    if key is None:
        return
    state = orders.take_back(seen, key, context)
    supplier = seen.subject("supplier")
    if state is not None and "judged" in state:
        _judge_again(context, key, state, seen.ref)
    elif state is None and supplier is not None:
        streak.forget(context, supplier, seen.id)


def due(key: str, context: Context) -> None:
    """Judge the delivery, if it is time; forget it, if nothing is expected any more."""
    known = context.get(key)
    if known is None:
        return
    rules, now = context.policy.rules, context.now
    if "order" in known:
        settles = _settles(known, rules)
        if now < settles:
            return
        opened_until = civil.later(settles, rules["keep_open_s"])
        if known["since"] > known["order"]["until"]:
            opened_until = max(opened_until, civil.later(known["since"], _open_s(rules)))
    else:
        opened_until = civil.later(known["since"], _open_s(rules))
    judging = _is_to_be_judged(known) and context.policy.in_force
    if judging:
        state = dict(known)
        _apply(context, state, judge(state, rules))
        state.pop("changed", None)
    if now >= opened_until:
        context.put(key, None)
    else:
        context.wake(opened_until, key)
        if judging:
            context.put(key, state)


def no_longer_posted(context: Context, order: str, kind: str, why: Ref) -> None:
    """A movement of this delivery was reversed because a record that it rested on is gone."""
    state = context.get(order)
    if state is None or "judged" not in state:
        return
    judged = dict(state["judged"])
    if kind == streak.GAIN:
        judged["flawless"] = False
    else:
        judged["posted"] = {name: no for name, no in judged["posted"].items() if name != kind}
    if kind == "price":
        judged["price"] = {**judged["price"], "stale": 1}
    _judge_again(context, order, {**state, "judged": judged}, why)


def _is_to_be_judged(state: State) -> bool:
    """Whether it never was, or something changed since."""
    return "changed" in state if "judged" in state else "order" in state


def _judge_again(context: Context, key: str, state: State, why: Ref) -> None:
    context.put(key, {**state, "why": why, "changed": 1})
    context.wake(civil.later(context.now, context.policy.rules["reassess_after_s"]), key)


def _settles(state: State, rules: Mapping[str, Any]) -> str:
    return civil.later(state["order"]["until"], rules["settle_after_s"])


def _open_s(rules: Mapping[str, Any]) -> int:
    return int(rules["settle_after_s"] + rules["keep_open_s"])


def _apply(context: Context, state: State, judged: Judged) -> None:
    """Make what follows from the judgement out of what followed from the one before."""
    before = state.get("judged") or _nothing(state)
    supplier = state["order"]["supplier"] if "order" in state else before["supplier"]
    if before["supplier"] != supplier:
        # The order was corrected to another supplier's: nothing of it is the first one's.
        _change(context, state, dict(before), Judged())
        before = _nothing(state)
    after = dict(before)
    _change(context, state, after, judged)
    state["judged"] = after


def _nothing(state: State) -> State:
    return {
        "supplier": state["order"]["supplier"],
        "posted": {},
        "period": None,
        "inputs": [],
        "flawless": False,
        "price": None,
    }


def _change(context: Context, state: State, after: State, judged: Judged) -> None:
    supplier = after["supplier"]
    inputs = list(judged.inputs)
    _count(context, state, after, judged)
    faults = {fault.kind: fault for fault in (*judged.faults, *_price(context, state, after))}
    posted = after["posted"]
    if faults or posted:
        posted = _charged(context, state, after, faults, inputs)
    if judged.last is not None and judged.flawless:
        if after["flawless"]:
            streak.rest_on(context, supplier, state["key"], inputs)
        else:
            streak.add(context, supplier, state["key"], judged.last, inputs)
    elif after["flawless"]:
        streak.remove(context, supplier, state["key"], _why(state))
    after |= {"posted": posted, "inputs": inputs, "flawless": judged.flawless}


def _charged(
    context: Context, state: State, after: State, faults: Mapping[str, Fault], inputs: list[Ref]
) -> dict[str, int]:
    """Numbers of the movements of what it falls short of; those of what does not hold go."""
    supplier, posted = after["supplier"], dict(after["posted"])
    for kind in [kind for kind in KINDS if kind in posted and kind not in faults]:
        account.withdraw(context, supplier, posted.pop(kind), _why(state))
    for kind in [kind for kind in KINDS if kind in faults and kind not in posted]:
        number = _charge(context, state, supplier, faults[kind], inputs, after)
        if number is not None:
            posted[kind] = number
    return posted


def _count(context: Context, state: State, after: State, judged: Judged) -> None:
    """Count it in the period of its day, or no more, or as resting on other records."""
    supplier, period = after["supplier"], after["period"]
    inputs = list(judged.inputs)
    if period is not None and not judged.counts:
        months.take_off_delivery(context, supplier, period, after["inputs"])
        after["period"] = None
    elif period is not None:
        months.exchange(context, supplier, period, after["inputs"], inputs)
    elif judged.counts:
        day = civil.day_of(state["order"]["until"], context.zone)
        after["period"] = months.count_delivery(context, supplier, day, inputs)


def _price(context: Context, state: State, after: State) -> Iterator[Fault]:
    """The order's prices against reference prices, as these are known when it first counts."""
    known = after["price"]
    stands = "order" in state and after["period"] is not None
    holds = stands and known is not None and "stale" not in known
    if known is not None and not (holds and known["order"] == state["order"]["ref"]):
        months.take_off_share(
            context,
            after["supplier"],
            "price",
            known["fen"],
            known["reference_fen"],
            known["period"],
            _refs(known["lists"]),
        )
        known = None
    if known is None and stands:
        known = _compare(context, state["order"], after["supplier"])
    after["price"] = known
    if known is not None and known["above_bp"] > context.policy.rules["price_tolerance_bp"]:
        names = ("fen", "reference_fen", "above_bp")
        facts = {"order": state["key"], **{name: known[name] for name in names}}
        yield Fault("price", known["order"], facts)


def _compare(context: Context, order: State, supplier: str) -> State | None:
    """What it cost against reference prices, counted; None where nothing of it has one."""
    compared = prices.compare(order, context)
    if not compared.reference_fen:
        return None
    amount, reference = compared.amount_fen, compared.reference_fen
    day = civil.day_of(order["until"], context.zone)
    refs = _refs(compared.lists)
    return {
        "order": order["ref"],
        "fen": amount,
        "reference_fen": reference,
        "above_bp": compared.above_bp,
        "lists": list(compared.lists),
        "period": months.count_share(context, supplier, "price", amount, reference, day, refs),
    }


def _charge(
    context: Context, state: State, supplier: str, fault: Fault, inputs: list[Ref], after: State
) -> int | None:
    """Post what a delivery fell short of."""
    told = [state["order"]]
    if fault.kind == "price":
        told += after["price"]["lists"]
        inputs = [fault.cause, *_refs(after["price"]["lists"])]
    else:
        for place in orders.PLACES:
            told += state.get(place, ())
    return post(
        context,
        Movement(
            supplier=supplier,
            kind=fault.kind,
            points=points_of(context.policy.rules, "points", fault.kind),
            factor=FACTORS[fault.kind],
            cause=fault.cause,
            inputs=inputs,
            facts=fault.facts,
            persons=sorted({person for fact in told for person in fact["people"]}),
            parties=sorted({fact["by"] for fact in told}),
            day=civil.day_of(state["order"]["until"], context.zone),
        ),
    )


def _refs(lists: Iterable[Mapping[str, Any]]) -> list[Ref]:
    return [one["ref"] for one in lists]


def _why(state: State) -> Ref:
    """The record that changed the picture: the last one told or taken back since."""
    why: Ref = state.get("why") or state["judged"]["inputs"][0]
    return why

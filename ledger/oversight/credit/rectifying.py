"""Work orders of suppliers: answered in time, reviewed, closed (整改).

    due, and no answer logged by then (grace included)   → a loss
    closed by a reviewer, answered in time               → a gain
    reopened                                             → due anew, and to be answered anew

An answer is the responsible supplier's own, and whoever closes is of another organisation.

State under `work-order:<…>`, from its first record until it is closed, or long overdue.
"""

from collections.abc import Mapping
from typing import Any, Final

from ledger import subject
from ledger.evidence.subjects import organisation
from ledger.oversight import civil
from ledger.oversight.credit import months
from ledger.oversight.credit.account import Movement
from ledger.oversight.credit.movements import post
from ledger.oversight.credit.orders import people
from ledger.oversight.credit.rules import FACTORS, points_of
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

ORDER: Final = "work-order"
ANSWER: Final = "rectification"
REVIEW: Final = "rectification-review"
READS: Final[Mapping[str, frozenset[str]]] = {
    ORDER: frozenset({"responsible", "due_at", "accountable"}),
    ANSWER: frozenset({"work_order", "accountable"}),
    REVIEW: frozenset({"work_order", "responsible", "decision", "new_due_at", "accountable"}),
}
_KEPT_S: Final = 90 * 86_400
"""How long an overdue work order, or an answer to none, is waited for."""

State = dict[str, Any]


def key_of(seen: Seen) -> str | None:
    """The work order that a record is, or is about."""
    return seen.subject(ORDER)


def tell(seen: Seen, context: Context) -> None:
    """A work order, an answer, or a review; of those of suppliers alone it is remembered."""
    key = key_of(seen)
    if key is None or not _is_suppliers(seen):
        return
    known = context.get(key)
    state: State = {"told": [], "since": context.now} if known is None else dict(known)
    state["told"] = [*state["told"], _told(seen)]
    context.put(key, state)
    if known is None:
        context.wake(civil.later(context.now, _KEPT_S), key)
    _consider(context, key)
    due_at = _due_at(state)
    if due_at is not None:
        context.wake(civil.later(due_at, context.policy.rules["rectification_grace_s"]), key)


def due(key: str, context: Context) -> None:
    """Its time is up, or it was waited for long enough."""
    state = context.get(key)
    if state is None:
        return
    _consider(context, key)
    last = _due_at(state) or state["since"]
    until = civil.later(max(last, state["since"]), _KEPT_S)
    if context.now < until:
        context.wake(until, key)
    else:
        context.put(key, None)


def take_back(seen: Seen, context: Context) -> None:
    """One of its records counts no more; movements are reversed by the caller."""
    key = key_of(seen)
    state = None if key is None else context.get(key)
    if key is None or state is None:
        return
    told = [one for one in state["told"] if one["ref"][0] != seen.index]
    if len(told) < len(state["told"]):
        context.put(key, {**state, "told": told})
        context.wake(civil.later(context.now, context.policy.rules["reassess_after_s"]), key)


def no_longer_posted(context: Context, key: str, kind: str, cause: str) -> None:
    """A movement of this work order was reversed because a record that it rested on is gone."""
    state = context.get(key)
    if state is not None:
        noted = [name for name in state.get("noted", ()) if name != f"{kind} {cause}"]
        context.put(key, {**state, "noted": noted})


def _is_suppliers(seen: Seen) -> bool:
    party = seen.issuer if seen.type == ANSWER else seen.fields["responsible"]
    return subject.kind(party) == "supplier"


def _told(seen: Seen) -> State:
    fields = seen.fields
    told = {
        "type": seen.type,
        "ref": seen.ref,
        "logged_at": seen.logged_at,
        "people": people(fields),
        "by": organisation(seen.issuer),
        "issuer": seen.issuer,
    }
    for name in ("responsible", "due_at", "decision", "new_due_at"):
        if name in fields:
            told[name] = fields[name]
    return told


def _due_at(state: State) -> str | None:
    """Until when it has to be answered, the last reopening considered."""
    due_at = None
    for one in state["told"]:
        if one["type"] == ORDER:
            due_at = max(due_at or "", one["due_at"])
        elif one.get("decision") == "reopened" and due_at is not None:
            due_at = max(due_at, one["new_due_at"])
    return due_at


def _consider(context: Context, key: str) -> None:
    """Enter what follows from what is known, each once."""
    state = context.get(key)
    opened = next((one for one in state["told"] if one["type"] == ORDER), None)
    if opened is None:
        return
    grace = context.policy.rules["rectification_grace_s"]
    due_at, asked_by = opened["due_at"], opened
    answer: State | None = None
    for one in sorted(state["told"], key=lambda one: int(one["ref"][0])):
        if not _counts(one, opened["responsible"]):
            continue
        if one["type"] == ANSWER and answer is None:
            answer = one
            if one["logged_at"] > civil.later(due_at, grace):
                _post(context, key, "rectification-late", asked_by, [opened, asked_by, one])
        elif one["type"] == REVIEW and one["decision"] == "reopened":
            due_at, asked_by, answer = one["new_due_at"], one, None
        elif one["type"] == REVIEW:
            in_time = answer is not None and answer["logged_at"] <= civil.later(due_at, grace)
            if in_time and answer is not None:
                _post(context, key, "rectified", one, [opened, answer, one])
            return
    if answer is None and context.now >= civil.later(due_at, grace):
        _post(context, key, "rectification-late", asked_by, [opened, asked_by])


def _counts(one: State, responsible: str) -> bool:
    """Whether it is the supplier's own answer, or somebody else's review."""
    if one["type"] == ANSWER:
        return bool(one["issuer"] == responsible)
    return bool(one["type"] == REVIEW and one["by"] != organisation(responsible))


def _post(context: Context, key: str, kind: str, cause: State, told: list[State]) -> None:
    """Enter a movement of a work order, unless it was entered for that cause before."""
    state = context.get(key)
    note = f"{kind} {cause['ref'][2]}"
    if note in state.get("noted", ()) or not context.policy.in_force:
        return
    context.put(key, {**state, "noted": [*state.get("noted", ()), note]})
    supplier = next(one["responsible"] for one in told if "responsible" in one)
    refs = list({one["ref"][0]: one["ref"] for one in told}.values())
    today = civil.day_of(context.now, context.zone)
    months.count_share(context, supplier, "rectification", 0, 1, today, refs)
    post(
        context,
        Movement(
            supplier=supplier,
            kind=kind,
            points=points_of(context.policy.rules, "points", kind),
            factor=FACTORS[kind],
            cause=cause["ref"],
            inputs=refs,
            facts={"work_order": key},
            persons=sorted({person for one in told for person in one["people"]}),
            parties=sorted({one["by"] for one in told}),
        ),
    )

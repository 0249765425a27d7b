"""The loop (整改闭环): a work order is answered, looked at by somebody else, and closed; or it is late.

    opened  →  answered  →  closed
       ↘ late    ↑   ↘ reopened → …
         escalated: a new work order, one severity up, that follows on this one

Work orders are taken as they stand in the log, whoever posted them: the engine or a regulator. State
stands under the work order's subject, one value each, in whatever order its records came:

    task         the work order; missing where only an answer came yet
    answers      record id → [ref, issuer, photo_taken_at, done_by]
    reviews      record id → [ref, rectification, issuer, reviewed_at, decision, new_due_at, people]
    joined       ids of later causes of the same day
    withdrawn    ids of causes that count no more
    late         the deadlines that passed without an answer
    next         number of the order that follows on this one
    follows      key of the order that this one follows on; depth: how many it follows on
    closed_with  id of the review that closed an order that follows on this one
    ended        [when it was closed, by which review]
    suspected    ids of answers and reviews that were found suspicious
    reused       [answer, suspicion] of answers whose photo another record had used before
    since        when the first of this was told

Under `answer <record id>` stands the work order that an answer is to, as long as that is remembered.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.evidence.subjects import school_of, work_order
from ledger.oversight import civil
from ledger.oversight.family import Context, Row
from ledger.oversight.rectification import suspicions
from ledger.oversight.rectification.document import MAX_OPENS, number, rests_on
from ledger.oversight.rectification.policy import NAME, by_severity, worse
from ledger.oversight.rectification.standing import Order, Standing, standing
from ledger.oversight.seen import Seen

READS: Final[Mapping[str, frozenset[str]]] = {
    "work-order": frozenset(
        {
            "work_order_no", "responsible", "canteen", "task_kind", "severity", "due_at",
            "reviewer_role", "instruction_zh",
        }
    ),
    "rectification": frozenset({"work_order", "photo_taken_at", "done_by"}),
    "rectification-review": frozenset(
        {
            "work_order", "rectification", "reviewed_at", "decision", "new_due_at", "reviewed_by",
            "accountable",
        }
    ),
}  # fmt: skip

_MAX_JOINED: Final = 100
_REUSED: Final = "photo-reused"


def opened(seen: Seen, context: Context) -> None:
    """A work order stands in the log."""
    fields = seen.fields
    task = {
        "ref": seen.ref,
        "no": fields["work_order_no"],
        "responsible": fields["responsible"],
        "canteen": fields["canteen"],
        "task_kind": fields["task_kind"],
        "severity": fields["severity"],
        "due_at": fields["due_at"],
        "reviewer_role": fields["reviewer_role"],
        "instruction_zh": fields["instruction_zh"],
        "opened_at": min(seen.occurred_at, seen.logged_at),
        "logged_at": seen.logged_at,
        "day": civil.day_of(seen.logged_at, context.zone),
        "causes": seen.linked("opens")[:MAX_OPENS],
    }
    _change(work_order(task["no"]), context, lambda order: {**order, "task": task})


def answered(seen: Seen, context: Context) -> None:
    """The responsible party says that it put it right."""
    fields = seen.fields
    answer = [seen.ref, seen.issuer, fields["photo_taken_at"], fields["done_by"]]
    context.put(_answer(seen.id), fields["work_order"])
    _change(fields["work_order"], context, lambda order: _with(order, "answers", seen, answer))


def doubted(seen: Seen) -> str | None:
    """Of a suspicion that a photo was used twice: where the later use stands if it is an answer."""
    observations = seen.fields.get("observations", ())
    if seen.fields.get("suspicion_kind") != _REUSED or len(observations) < 2:
        return None
    return _answer(observations[-1]["record"])  # the first use stands first


def doubt(seen: Seen, context: Context, *, counts: bool = True) -> bool:
    """Whether a suspicion is that an answer's photo had been used before; then that shows nothing.

    Args:
        seen: the suspicion.
        context: where the order stands.
        counts: whether it counts, or no more.
    """
    place = doubted(seen)
    key = None if place is None else context.get(place)
    if place is None or not key:
        return False
    pair = [place.partition(" ")[2], seen.id]

    def change(order: dict[str, Any]) -> dict[str, Any]:
        left = [one for one in order.get("reused", ()) if one != pair]
        return {**order, "reused": [*left, pair] if counts else left}

    _change(key, context, change)
    return True


def reviewed(seen: Seen, context: Context) -> None:
    """Somebody looked at it."""
    fields = seen.fields
    review = [
        seen.ref,
        fields["rectification"],
        seen.issuer,
        fields["reviewed_at"],
        fields["decision"],
        fields.get("new_due_at"),
        [fields["reviewed_by"], fields["accountable"]],
    ]
    _change(fields["work_order"], context, lambda order: _with(order, "reviews", seen, review))


def take_back(seen: Seen, context: Context) -> None:
    """One of these was corrected, or what it said is erased."""
    if seen.type == "rectification":
        context.put(_answer(seen.id), None)
    for key in seen.subjects:
        if key.startswith("work-order:") and context.get(key):
            _change(key, context, lambda order: _without(order, seen))
            if "task" not in context.get(key):
                context.row(Row(NAME, key))


def join(no: str, cause: str, occurred_at: str, context: Context) -> bool:
    """Whether a later cause belongs to an order: it is not put right, or it was only after that."""
    key = work_order(no)
    order = context.get(key) or {}
    if "task" in order:
        now = _standing(order, context)
        if now.status in {"answered", "closed"} and occurred_at > now.answered_at:
            return False
    if len(order.get("joined", ())) < _MAX_JOINED:
        _change(key, context, lambda order: {**order, "joined": [*order.get("joined", ()), cause]})
    return True


def withdraw(no: str, cause: str, context: Context) -> bool:
    """Note that a cause of an order counts no more; False where there is no such order."""
    order = context.get(work_order(no))
    if not order:
        return False
    if cause in (*order.get("task", {}).get("causes", ()), *order.get("joined", ())):
        noted = [*order.get("withdrawn", ()), cause]
        _change(work_order(no), context, lambda order: {**order, "withdrawn": noted})
    return True


def due(key: str, context: Context) -> None:
    """A deadline, or the end of the time that something is remembered for."""
    order, rules = context.get(key), context.policy.rules
    if not order:
        return
    if "task" not in order:
        if context.now >= civil.later(order["since"], civil.DAY_S * rules["stray_days"]):
            _forget(key, order, context)
    elif "ended" in order:
        if context.now >= civil.later(order["ended"][0], civil.DAY_S * rules["kept_days"]):
            _forget(key, order, context)
    else:
        now = _standing(order, context)
        if _waits(order, now) and context.now >= _latest(order, now, context):
            late = {**order, "late": [*order.get("late", ()), now.due_at]}
            _settle(key, _escalated(key, late, context), context)
        elif _waits(order, now):
            context.wake(_latest(order, now, context), key)


def _forget(key: str, order: Order, context: Context) -> None:
    for answer in order.get("answers", ()):
        context.put(_answer(answer), None)
    context.put(key, None)


def _answer(record: str) -> str:
    return f"answer {record}"


def _change(key: str, context: Context, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    before = context.get(key)
    if not before:
        stray = civil.DAY_S * context.policy.rules["stray_days"]
        context.wake(civil.later(context.now, stray), key)
    _settle(key, change({"since": context.now, **(before or {})}), context)


def _settle(key: str, order: dict[str, Any], context: Context) -> None:
    """What follows from a change: what is suspicious, when it is due, its row, the orders before."""
    if "task" not in order:
        context.put(key, order)
        return
    now = _standing(order, context)
    order = suspicions.find(order, now, context)
    if now.status != "closed":
        order.pop("ended", None)
        if _waits(order, now):
            context.wake(_latest(order, now, context), key)
    elif "ended" not in order:
        order["ended"] = [context.now, now.closed_by]
        kept = civil.DAY_S * context.policy.rules["kept_days"]
        context.wake(civil.later(context.now, kept), key)
    context.put(key, order)
    context.row(_row(key, order, now))
    _tell_earlier(order, now, context)


def _tell_earlier(order: Order, now: Standing, context: Context) -> None:
    """Closed is with an order also what it follows on; reopened are both."""
    earlier = context.get(order["follows"]) if "follows" in order else None
    if earlier and earlier.get("closed_with") != now.closed_by:
        changed = {name: value for name, value in earlier.items() if name != "closed_with"}
        if now.closed_by is not None:
            changed["closed_with"] = now.closed_by
        _settle(order["follows"], changed, context)


def _escalated(key: str, order: dict[str, Any], context: Context) -> dict[str, Any]:
    """Late: a new work order, one severity up, to the same party."""
    rules, task, depth = context.policy.rules, order["task"], order.get("depth", 0)
    if not context.policy.in_force or "next" in order or depth >= rules["escalations"]:
        return order
    severity = worse(task["severity"])
    no = number(task["canteen"], civil.day_of(context.now, context.zone), "late", task["no"])
    said = task["instruction_zh"].partition("督办：")[2] or task["instruction_zh"]
    payload = {
        "work_order_no": no,
        "responsible": task["responsible"],
        "canteen": task["canteen"],
        "task_kind": task["task_kind"],
        "severity": severity,
        "due_at": civil.later(context.now, by_severity(rules, "due_s", severity)),
        "required_evidence": ["photo"],
        "reviewer_role": rules["escalated_reviewer_role"],
        "instruction_zh": f"工单 {task['no']} 逾期未整改，升级督办：{said}"[:500],
        "ext": rests_on(context, follows=task["no"]),
    }
    context.find("work-order", payload, [task["ref"]], links={"opens": task["causes"]})
    following = {"since": context.now, **(context.get(work_order(no)) or {})}
    context.put(work_order(no), {**following, "follows": key, "depth": depth + 1})
    context.wake(civil.later(context.now, civil.DAY_S * rules["stray_days"]), work_order(no))
    return {**order, "next": no}


def _standing(order: Order, context: Context) -> Standing:
    return standing(order, context.policy.rules["photo_slack_s"])


def _latest(order: Order, now: Standing, context: Context) -> str:
    """Until when an answer is in time; nobody is late before the order itself is in the log."""
    known = max(now.due_at, order["task"]["logged_at"])
    return civil.later(known, context.policy.rules["grace_s"])


def _waits(order: Order, now: Standing) -> bool:
    """Whether an answer is waited for that is not late yet."""
    return now.status in {"open", "reopened"} and now.due_at not in order.get("late", ())


def _with(order: dict[str, Any], member: str, seen: Seen, value: JsonValue) -> dict[str, Any]:
    return {**order, member: {**order.get(member, {}), seen.id: value}}


def _without(order: dict[str, Any], seen: Seen) -> dict[str, Any]:
    left = dict(order)
    if left.get("task", {}).get("ref", seen.ref)[2] == seen.id:
        left.pop("task", None)
    for member in ("answers", "reviews"):
        if seen.id in left.get(member, ()):
            left[member] = {name: item for name, item in left[member].items() if name != seen.id}
    return left


def _row(key: str, order: Order, now: Standing) -> Row:
    task = order["task"]
    status = now.status
    if now.status in {"open", "reopened"}:
        if "next" in order:
            status = "escalated"
        elif now.due_at in order.get("late", ()):
            status = "overdue"
    detail: dict[str, JsonValue] = {
        "work_order": key,
        "work_order_no": task["no"],
        "record": task["ref"][2],
        "index": task["ref"][0],
        "canteen": task["canteen"],
        "responsible": task["responsible"],
        "severity": task["severity"],
        "opened_at": task["opened_at"],
        "due_at": now.due_at,
        "late": bool(order.get("late")),
        "reviewer_role": task["reviewer_role"],
        "causes": [*task["causes"], *order.get("joined", ())],
        "withdrawn": [*order.get("withdrawn", ())],
        "answers": sorted(order.get("answers", {})),
        "reviews": sorted(order.get("reviews", {})),
        "uncounted": [*now.uncounted],
        "closed_by": now.closed_by,
        "follows": order.get("follows"),
        "next": order.get("next"),
    }
    return Row(
        NAME, key, school_of(task["canteen"]), task["day"], task["task_kind"], status, detail
    )

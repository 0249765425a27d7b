"""A delivery judged: on time, and in full, or what it fell short of (按时足量).

A function of what is known of an order and of the policy, and of nothing else:

    drops     what was taken in or refused at one time; goods came when the first of them was
              weighed, and where nothing was weighed, when somebody signed for them
    in full   of every line as much as ordered, less the tolerance; what the supplier said before
              the day that it would not bring is not asked for, and what was refused did come
    on time   what came by `deliver_until` and the grace was in full

Where nobody says that anything came, the supplier is blamed only if it had taken the order on and
itself recorded nothing of a delivery: that a school did not weigh is not the supplier's fault.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ledger.oversight import civil
from ledger.oversight.seen import Ref

_WHOLE_BP: Final = 10_000


class Fault(NamedTuple):
    """What a delivery fell short of: kind of movement, cause, what a sentence needs."""

    kind: str
    cause: Ref
    facts: Mapping[str, Any]


class Judged(NamedTuple):
    """What is to be said of a delivery.

    Attributes:
        counts: whether it counts as a delivery at all.
        flawless: on time, in full, nothing refused.
        faults: one of a kind at most.
        inputs: the records that this rests on.
        last: the last acceptance or rejection among them.
    """

    counts: bool = False
    flawless: bool = False
    faults: tuple[Fault, ...] = ()
    inputs: tuple[Ref, ...] = ()
    last: Ref | None = None


class _Drop(NamedTuple):
    """What was taken in or refused at one time."""

    ref: Ref
    at: str
    on_time: bool
    weighed: tuple[Ref, ...]
    refused_only: bool
    lines: list[list[Any]]


class _Came:
    """What came of one line: taken in, and refused by the acceptance or by a rejection."""

    __slots__ = ("accepted", "marked", "refused")

    def __init__(self) -> None:
        self.accepted = self.marked = self.refused = 0

    @property
    def quantity(self) -> int:
        """An acceptance and a rejection may both tell of the same refused goods."""
        return self.accepted + max(self.marked, self.refused)


class _Wanted:
    """A line of the order, as far as it is asked for."""

    __slots__ = ("came", "in_time", "line_no", "mentioned", "quantity", "tolerance_bp", "unit")

    def __init__(self, line_no: int, quantity: int, unit: str, tolerance_bp: int) -> None:
        self.line_no, self.quantity, self.unit = line_no, quantity, unit
        self.tolerance_bp = tolerance_bp
        self.came, self.in_time = _Came(), _Came()
        self.mentioned = False

    def facts(self) -> dict[str, Any]:
        """What a sentence says of it."""
        return {
            "line_no": self.line_no,
            "ordered": self.quantity,
            "came": self.came.quantity,
            "unit": self.unit,
        }

    def in_full(self, came: _Came) -> bool:
        """Whether that is as much as ordered, less the tolerance."""
        return came.quantity * _WHOLE_BP >= self.quantity * (_WHOLE_BP - self.tolerance_bp)


def judge(state: Mapping[str, Any], rules: Mapping[str, Any]) -> Judged:
    """What is to be said of the delivery for an order, as far as it is known (`orders`)."""
    if "order" not in state:
        return Judged()
    order = state["order"]
    answer = _answer(state, order["from"])
    if answer is not None and answer["response"] == "declined":
        return Judged()
    drops = _drops(state, order["until"], rules)
    inputs = _inputs(order, answer, drops)
    if not drops:
        return _nothing_came(state, order, answer, inputs)
    if len(drops) == 1 and _all_at_once(order["lines"], answer, drops[0], rules):
        return Judged(True, True, (), inputs, drops[0].ref)
    wanted = _wanted(order["lines"], answer, rules)
    _fill(wanted, drops)
    weighed = [fact["line"] for fact in state.get("weighed", ())]
    asked = [line for line in wanted if line.mentioned or line.line_no not in weighed]
    in_time = not [line for line in asked if not line.in_full(line.in_time)]
    reasons = {reason for fact in state.get("refused", ()) for reason in fact["reasons"]}
    if in_time and not reasons:
        # All came in time, so nothing is missing either.
        return Judged(True, True, (), inputs, drops[-1].ref)
    faults = []
    tardy = [drop for drop in drops if not drop.on_time]
    if tardy and not in_time and "late" not in reasons:
        last = max(tardy, key=lambda drop: (drop.at, drop.ref[0]))
        late_s = civil.seconds_between(order["until"], last.at)
        faults.append(Fault("late", last.ref, {"order": state["key"], "late_s": late_s}))
    missing = [line for line in asked if not line.in_full(line.came)]
    if missing and "short-weight" not in reasons:
        facts = {"order": state["key"], "lines": len(missing), **missing[0].facts()}
        faults.append(Fault("short-weight", drops[-1].ref, facts))
    flawless = in_time and not faults and not reasons
    return Judged(True, flawless, tuple(faults), inputs, drops[-1].ref)


def _all_at_once(
    lines: Sequence[Mapping[str, Any]],
    answer: Mapping[str, Any] | None,
    drop: _Drop,
    rules: Mapping[str, Any],
) -> bool:
    """Whether one acceptance in time has every line in full: what nearly all deliveries are."""
    told = {line[0]: line for line in drop.lines}
    if not drop.on_time or drop.refused_only or len(told) < len(drop.lines):
        return False
    confirmed = {} if answer is None else dict(answer["lines"])
    for line in lines:
        came, quantity = told.get(line["no"]), line["quantity"]
        if came is None or came[1] != line["unit"]:
            return False
        bp = rules["tolerance_bp"] if line["tolerance_bp"] is None else line["tolerance_bp"]
        asked = min(quantity, confirmed.get(line["no"], quantity)) * (_WHOLE_BP - bp)
        if (came[2] + max(came[3], 0)) * _WHOLE_BP < asked:
            return False
    return True


def _answer(state: Mapping[str, Any], deliver_from: str) -> Mapping[str, Any] | None:
    """The supplier's last answer from before the day."""
    early = [fact for fact in state.get("answers", ()) if fact["logged_at"] < deliver_from]
    return max(early, key=lambda fact: int(fact["ref"][0])) if early else None


def _drops(state: Mapping[str, Any], deliver_until: str, rules: Mapping[str, Any]) -> list[_Drop]:
    """In log order."""
    told = [(fact, fact["signed_at"]) for fact in state.get("accepted", ())]
    told += [(fact, fact["at"]) for fact in state.get("refused", ())]
    if len(told) > 1:
        told.sort(key=lambda one: int(one[0]["ref"][0]))
    weighed = state.get("weighed", ())
    found = []
    for fact, signed_at in told:
        accepts = fact.get("accepts", ())
        own = [one for one in weighed if one["ref"][2] in accepts]
        scale = min(own or weighed, key=_when, default=None)
        refused = "reasons" in fact
        if scale is None:
            in_time = signed_at <= civil.later(deliver_until, rules["late_grace_unweighed_s"])
            found.append(_Drop(fact["ref"], signed_at, in_time, (), refused, fact["lines"]))
        else:
            at, weighing = min(scale["at"], signed_at), (scale["ref"],)
            in_time = at <= deliver_until or at <= civil.later(deliver_until, rules["late_grace_s"])
            found.append(_Drop(fact["ref"], at, in_time, weighing, refused, fact["lines"]))
    return found


def _when(fact: Mapping[str, Any]) -> tuple[str, int]:
    return fact["at"], fact["ref"][0]


def _wanted(
    lines: Sequence[Mapping[str, Any]], answer: Mapping[str, Any] | None, rules: Mapping[str, Any]
) -> list[_Wanted]:
    confirmed = {} if answer is None else dict(answer["lines"])
    return [
        _Wanted(
            line["no"],
            min(line["quantity"], confirmed.get(line["no"], line["quantity"])),
            line["unit"],
            rules["tolerance_bp"] if line["tolerance_bp"] is None else line["tolerance_bp"],
        )
        for line in lines
    ]


def _fill(wanted: list[_Wanted], drops: list[_Drop]) -> None:
    """Add up what came of each line, as far as it is counted in the unit that was ordered."""
    by_number = {line.line_no: line for line in wanted}
    for drop in drops:
        for told in drop.lines:
            line = by_number.get(told[0])
            if line is None:
                continue
            line.mentioned = True
            if told[1] != line.unit:
                line.quantity = 0  # counted otherwise than ordered: nothing can be held against it
                continue
            _add(line.came, drop, told)
            if drop.on_time:
                _add(line.in_time, drop, told)


def _add(came: _Came, drop: _Drop, told: Sequence[Any]) -> None:
    if drop.refused_only:
        came.refused += told[2]
    else:
        came.accepted += told[2]
        came.marked += told[3]


def _inputs(
    order: Mapping[str, Any], answer: Mapping[str, Any] | None, drops: Sequence[_Drop]
) -> tuple[Ref, ...]:
    refs = [order["ref"]] if answer is None else [order["ref"], answer["ref"]]
    for drop in drops:
        refs += [drop.ref, *drop.weighed]
    return tuple({ref[0]: ref for ref in refs}.values())


def _nothing_came(
    state: Mapping[str, Any],
    order: Mapping[str, Any],
    answer: Mapping[str, Any] | None,
    inputs: tuple[Ref, ...],
) -> Judged:
    if answer is None or state.get("weighed") or state.get("sent"):
        return Judged()
    fault = Fault("undelivered", order["ref"], {"order": state["key"]})
    return Judged(True, False, (fault,), inputs)

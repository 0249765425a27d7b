"""Records that move a score by themselves, each by one table of the policy.

    rejection (拒收)                  the worst of its reasons
    expiry-warning (到期预警)         a certificate that has lapsed, not one that is about to
    missing-evidence (证据缺失)       papers of a lot that never came
    suspicion (疑点线索)              the kinds that the policy names, once in so many days
    official-inspection (监督检查)    of the supplier itself
    recall (召回)                     opened by an authority; who recalls its own goods is not charged
    supplier-evaluation (供应商评价)  by the share of the points; a school once for a period

What no table names moves nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger import subject
from ledger.evidence.subjects import organisation
from ledger.oversight import civil
from ledger.oversight.credit import account, months
from ledger.oversight.credit.account import Movement
from ledger.oversight.credit.movements import post
from ledger.oversight.credit.orders import people
from ledger.oversight.credit.rules import FACTORS, REASON_FACTORS, points_of
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

READS: Final[Mapping[str, frozenset[str]]] = {
    "rejection": frozenset({"order", "supplier", "rejectors", "lines", "accountable"}),
    "expiry-warning": frozenset({"holder", "days_left", "certificate_kind"}),
    "missing-evidence": frozenset({"responsible", "expected_type", "expected_for"}),
    "suspicion": frozenset({"responsible", "suspicion_kind"}),
    "official-inspection": frozenset({"responsible", "conclusion", "inspectors", "accountable"}),
    "recall": frozenset({"supplier", "stage", "hazard_class", "recall_no", "accountable"}),
    "supplier-evaluation": frozenset(
        {
            "supplier", "school", "period_from", "period_until", "points", "points_most",
            "evaluated_by", "accountable",
        }
    ),
}  # fmt: skip

EVALUATION: Final = "supplier-evaluation"
_PPM: Final = 1_000_000
_KEPT_PERIODS: Final = 24

Rules = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a record says against a supplier, or for it.

    Attributes:
        supplier: whom it is about.
        kind: of entry.
        points: by the policy; 0 where it moves nothing.
        facts: what a sentence about it needs.
        factor: where it is not that of the kind.
        seldom: what it may move a score for only once in `repeat_days`.
    """

    supplier: str
    kind: str
    points: int
    facts: Mapping[str, Any]
    factor: str | None = None
    seldom: str | None = None


def tell(seen: Seen, context: Context) -> None:
    """A record that may move a score."""
    judged = _JUDGE[seen.type](seen, context.policy.rules)
    if judged is None or subject.kind(judged.supplier) != "supplier":
        return
    if seen.type == EVALUATION and not _count_evaluation(seen, judged.supplier, context):
        return
    if judged.points == 0 or (judged.seldom and not _is_seldom(judged, context)):
        return
    post(
        context,
        Movement(
            supplier=judged.supplier,
            kind=judged.kind,
            points=judged.points,
            factor=judged.factor or FACTORS[judged.kind],
            cause=seen.ref,
            inputs=[seen.ref],
            facts=judged.facts,
            persons=people(seen.fields, "rejectors" if seen.type == "rejection" else None),
            parties=[organisation(seen.issuer)],
        ),
    )


def take_back(seen: Seen, context: Context) -> None:
    """An evaluation counts no more in its period; movements are reversed by the caller."""
    supplier, school = seen.subject("supplier"), seen.subject("school")
    if seen.type != EVALUATION or supplier is None or school is None:
        return
    key = f"evaluated {supplier} {school}"
    known = context.get(key) or []
    for one in known:
        if one["ref"][0] == seen.index:
            months.take_off_share(
                context,
                supplier,
                "evaluations",
                one["points"],
                one["most"],
                one["counted_in"],
                [one["ref"]],
            )
    left = [one for one in known if one["ref"][0] != seen.index]
    context.put(key, left or None)


def _rejection(seen: Seen, rules: Rules) -> Judged:
    fields = seen.fields
    worst = min(
        fields["lines"],
        key=lambda line: (
            points_of(rules, "reason_points", line["reason_code"]),
            line["reason_code"],
        ),
    )
    reason = worst["reason_code"]
    return Judged(
        supplier=fields["supplier"],
        kind="rejected",
        points=points_of(rules, "reason_points", reason),
        facts={
            "order": fields["order"],
            "reason_code": reason,
            "item_code": worst["item_code"],
            "quantity": worst["rejected_quantity"],
            "unit": worst["unit"],
        },
        factor=REASON_FACTORS.get(reason, "quality"),
    )


def _expiry(seen: Seen, rules: Rules) -> Judged | None:
    holder = seen.fields.get("holder")
    if holder is None or seen.fields["days_left"] >= 0:
        return None
    return Judged(
        supplier=holder,
        kind="certificate-lapsed",
        points=points_of(rules, "points", "certificate-lapsed"),
        facts={"certificate_kind": seen.fields["certificate_kind"]},
    )


def _missing(seen: Seen, rules: Rules) -> Judged:
    expected = seen.fields["expected_type"]
    return Judged(
        supplier=seen.fields["responsible"],
        kind="document-missing",
        points=points_of(rules, "missing_points", expected),
        facts={"expected_type": expected, "expected_for": seen.fields["expected_for"]},
        # One lot goes to many schools, and each misses the same paper.
        seldom=f"{expected} {seen.fields['expected_for']}",
    )


def _suspicion(seen: Seen, rules: Rules) -> Judged:
    kind = seen.fields["suspicion_kind"]
    return Judged(
        supplier=seen.fields["responsible"],
        kind="suspicion",
        points=points_of(rules, "suspicion_points", kind),
        facts={"suspicion_kind": kind},
        seldom=kind,
    )


def _inspection(seen: Seen, rules: Rules) -> Judged:
    conclusion = seen.fields["conclusion"]
    return Judged(
        supplier=seen.fields["responsible"],
        kind="inspection",
        points=points_of(rules, "inspection_points", conclusion),
        facts={"conclusion": conclusion},
    )


def _recall(seen: Seen, rules: Rules) -> Judged | None:
    fields = seen.fields
    if fields["stage"] != "opened" or subject.kind(seen.issuer) == "supplier":
        return None
    return Judged(
        supplier=fields["supplier"],
        kind="recall",
        points=points_of(rules, "recall_points", fields["hazard_class"]),
        facts={"recall_no": fields["recall_no"], "hazard_class": fields["hazard_class"]},
    )


def _evaluation(seen: Seen, rules: Rules) -> Judged:
    fields = seen.fields
    share_ppm = fields["points"] * _PPM // fields["points_most"]
    steps = [(step["from_ppm"], step["points"]) for step in rules["evaluation_points"]]
    reached = [step for step in steps if share_ppm >= step[0]]
    return Judged(
        supplier=fields["supplier"],
        kind="evaluation",
        points=max(reached)[1] if reached else 0,
        facts={
            "school": fields["school"],
            "points": fields["points"],
            "points_most": fields["points_most"],
        },
    )


_JUDGE: Final[Mapping[str, Callable[[Seen, Rules], Judged | None]]] = {
    "rejection": _rejection,
    "expiry-warning": _expiry,
    "missing-evidence": _missing,
    "suspicion": _suspicion,
    "official-inspection": _inspection,
    "recall": _recall,
    EVALUATION: _evaluation,
}


def _is_seldom(judged: Judged, context: Context) -> bool:
    """Whether nothing of this kind moved the score within the last days; if so it is noted."""
    key = f"seldom {judged.supplier}"
    known: Mapping[str, str] = context.get(key) or {}
    today = civil.day_of(context.now, context.zone)
    oldest = civil.days_later(today, 1 - context.policy.rules["repeat_days"])
    seldom = str(judged.seldom)
    if known.get(seldom, "") >= oldest:
        return False
    left = {name: day for name, day in known.items() if day >= oldest}
    context.put(key, {**left, seldom: today})
    return True


def _count_evaluation(seen: Seen, supplier: str, context: Context) -> bool:
    """Count an evaluation; False where the school evaluated days of its period already."""
    fields = seen.fields
    key = f"evaluated {supplier} {fields['school']}"
    known = context.get(key) or []
    first, last = fields["period_from"], fields["period_until"]
    if any(one["from"] <= last and first <= one["until"] for one in known):
        return False
    today = civil.day_of(context.now, context.zone)
    points, most = fields["points"], fields["points_most"]
    period = months.count_share(context, supplier, "evaluations", points, most, today, [seen.ref])
    if period is None:
        return False
    account.open_for(context, supplier)
    one = {
        "from": first,
        "until": last,
        "points": points,
        "most": most,
        "ref": seen.ref,
        "counted_in": period,
    }
    context.put(key, [*known, one][-_KEPT_PERIODS:])
    return True

"""Served while frozen (冻结期间供餐): a meal that began when serving was held back.

A fact, so it is stored, and found. Freeze, meal and lift may come in any order: a meal is judged once
a lift that was on its way has had time to arrive, by the freeze's `effective_from` and the lift's
`lifted_from`. State under `meals <canteen>`: `[started_at, ended_at, ref, logged_at, found]` of the
last few days.
"""

from collections.abc import Mapping
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.evidence.subjects import school_of
from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.risk import responses
from ledger.oversight.seen import Ref, Seen

READS: Final[Mapping[str, frozenset[str]]] = {
    "meal-service": frozenset({"canteen", "started_at", "ended_at"}),
}

KIND: Final = "served-while-frozen"

_CERTAIN_PPM: Final = 1_000_000


def meal(seen: Seen, context: Context) -> None:
    """A meal was served."""
    fields = seen.fields
    canteen = fields["canteen"]
    kept_since = civil.later(context.now, -civil.DAY_S * context.policy.rules["meals_kept_days"])
    meals = [item for item in context.get(f"meals {canteen}") or () if item[3] >= kept_since]
    meals.append([fields["started_at"], fields["ended_at"], seen.ref, seen.logged_at, False])
    context.put(f"meals {canteen}", meals)
    look(canteen, context)


def take_back(seen: Seen, context: Context) -> None:
    """It was not served."""
    for name in seen.subjects:
        meals = context.get(f"meals {name}")
        if meals:
            left = [item for item in meals if item[2][2] != seen.id]
            context.put(f"meals {name}", left or None)


def look(canteen: str, context: Context) -> None:
    """Something changed: judge the canteen's meals once all has arrived that is on its way."""
    if not responses.any_known(canteen, context):
        return
    for started_at, _, _, _, found in context.get(f"meals {canteen}") or ():
        if not found and responses.freezing(canteen, started_at, context):
            grace = context.policy.rules["lift_grace_s"]
            context.wake(civil.later(context.now, grace), f"judge {canteen}")
            return


def judge(key: str, context: Context) -> None:
    """Find the meals that were served while frozen."""
    canteen = key.removeprefix("judge ")
    rules = context.policy.rules
    meals: list[JsonValue] = []
    for started_at, ended_at, ref, logged_at, found in context.get(f"meals {canteen}") or ():
        now_found = found
        frozen = None if found else responses.freezing(canteen, started_at, context)
        if frozen is not None and context.policy.in_force:
            known = max(logged_at, frozen[1])
            if context.now >= civil.later(known, rules["lift_grace_s"]):
                _find(canteen, started_at, ended_at, [ref, frozen[0]], context)
                now_found = True
        meals.append([started_at, ended_at, ref, logged_at, now_found])
    if meals:
        context.put(f"meals {canteen}", meals)


def _find(
    canteen: str, started_at: str, ended_at: str, inputs: list[Ref], context: Context
) -> None:
    payload: dict[str, Any] = {
        "suspicion_kind": KIND,
        "responsible": school_of(canteen),
        "canteen": canteen,
        "severity": context.policy.rules["served_severity"],
        "first_at": started_at,
        "last_at": ended_at,
        "score_ppm": _CERTAIN_PPM,
        "threshold_ppm": _CERTAIN_PPM,
        "observations": [
            {"record": inputs[0][2], "field": "started_at"},
            {"record": inputs[1][2], "field": "effective_from"},
        ],
    }
    context.find("suspicion", payload, inputs)

"""What is found about answers and reviews: an old photo, a review by one's own.

影像复核销号: an answer with a photo from before the order shows nothing put right, and whoever put it
right, or its own organisation, closes nothing. Such an answer or review does not count (`standing`),
and is named. Each is certain: score and threshold are the whole scale.
"""

from typing import Any, Final

from ledger.oversight.family import Context
from ledger.oversight.rectification.standing import Order, Standing

TOO_OLD: Final = "photo-older-than-order"
OWN: Final = "reviewed-by-own-organisation"

_CERTAIN_PPM: Final = 1_000_000


def find(order: Order, now: Standing, context: Context) -> dict[str, Any]:
    """The order, with the findings noted that were posted."""
    known = [*order.get("suspected", ())]
    if context.policy.in_force:
        for name in now.too_old:
            if name not in known:
                known.append(name)
                _answer(order, name, context)
        for name in now.own:
            if name not in known:
                known.append(name)
                _review(order, name, context)
    return {**order, "suspected": known} if known else {**order}


def _answer(order: Order, name: str, context: Context) -> None:
    task, (ref, issuer, taken_at, _) = order["task"], order["answers"][name]
    payload = {
        "suspicion_kind": TOO_OLD,
        "responsible": issuer,
        "first_at": taken_at,
        "last_at": task["opened_at"],
        "observations": [{"record": name, "field": "photo_taken_at"}],
    }
    _find(payload, order, [ref], context)


def _review(order: Order, name: str, context: Context) -> None:
    ref, answer, issuer, reviewed_at, *_ = order["reviews"][name]
    inputs = [ref]
    if answer in order.get("answers", {}):
        inputs.append(order["answers"][answer][0])
    payload = {
        "suspicion_kind": OWN,
        "responsible": issuer,
        "first_at": reviewed_at,
        "last_at": reviewed_at,
        "observations": [{"record": name, "field": "responsible"}],
    }
    _find(payload, order, inputs, context)


def _find(payload: dict[str, Any], order: Order, inputs: list[Any], context: Context) -> None:
    task = order["task"]
    common = {
        "canteen": task["canteen"],
        "severity": context.policy.rules["suspicion_severity"],
        "score_ppm": _CERTAIN_PPM,
        "threshold_ppm": _CERTAIN_PPM,
    }
    context.find("suspicion", payload | common, [*inputs, task["ref"]])

"""The formula's numbers: version 1 of the policy `credit`, for whoever has none of his own.

Points are whole. An account begins with 100; 90 and more is grade A, 75 B, 60 C, anything below D.
No source fixes these: the model asks for a documented formula (DOMAIN §1, rows 8 and 14), and every
number here is policy. What one fault costs is a movement; what it weighs in the rating follows from
the same points, so that one table explains both. Codes stand in the policy's tables with `_` for `-`,
as its members' names must.
"""

from collections.abc import Mapping
from typing import Any, Final

NAME: Final = "credit"

DEFAULTS: Final[Mapping[str, Any]] = {
    # The account
    "start_points": 100,
    "most_points": 120,  # no gain lifts the score above it
    "grades": {"a": 90, "b": 75, "c": 60},
    # Deliveries: when they are judged, and how exactly
    "settle_after_s": 172_800,  # after deliver_until: what was posted offline has come by then
    "keep_open_s": 604_800,  # after that: what still comes changes the judgement
    "reassess_after_s": 3_600,  # a correction and its replacement are judged together
    "late_grace_s": 1_800,
    "late_grace_unweighed_s": 14_400,  # where only the acceptance says when goods came
    "tolerance_bp": 300,  # where the order's line gives none
    "deliveries_per_gain": 10,
    # What moves the score
    "points": {
        "delivered": 1,
        "late": -1,
        "short_weight": -2,
        "undelivered": -4,
        "price": -1,
        "rectified": 1,
        "rectification_late": -3,
        "certificate_lapsed": -3,
    },
    "reason_points": {
        "spoiled": -5,
        "foreign_body": -5,
        "expired": -5,
        "temperature": -3,
        "no_document": -2,
        "wrong_item": -2,
        "short_weight": -2,
        "label": -1,
        "late": -1,
        "other": -1,
    },
    "missing_points": {"lot_document": -2},
    "suspicion_points": {
        "supplier_not_admitted": -10,
        "supplier_suspended": -10,
        "supplier_removed": -10,
        "admission_over": -5,
        "certificate_lapsed": -5,
        "certificate_rejected": -5,
        "goods_outside_permit": -5,
        "photo_older_than_order": -3,
    },
    "repeat_days": 7,  # a suspicion of one kind moves a supplier's score once in so many days
    "inspection_points": {"rectify": -3, "fail": -8},
    "recall_points": {"minor": -2, "major": -5, "critical": -10},
    # From which share of its points on an evaluation moves the score by how much
    "evaluation_points": [
        {"from_ppm": 0, "points": -3},
        {"from_ppm": 600_000, "points": -1},
        {"from_ppm": 750_000, "points": 0},
        {"from_ppm": 900_000, "points": 1},
    ],
    "price_tolerance_bp": 500,
    "rectification_grace_s": 7_200,
    # How movements pass: after so many days all at once, or half of what is left each time
    "decay": {
        "default": {"mode": "expire", "days": 180},
        "late": {"mode": "expire", "days": 90},
        "price": {"mode": "expire", "days": 90},
        "short_weight": {"mode": "expire", "days": 90},
        "rejected": {"mode": "halve", "days": 90},
        "suspicion": {"mode": "halve", "days": 120},
        "inspection": {"mode": "halve", "days": 120},
        "recall": {"mode": "halve", "days": 180},
    },
    # Rulings
    "partly_upheld_bp": 5_000,  # how much of a loss is given back
    "moving_remedies": ["correct", "withdraw", "recompute-credit"],
    # The rating
    "period": "month",
    "rating_grace_s": 259_200,
    "least_deliveries": 3,
    "weights_bp": {
        "quality": 3_000,
        "punctuality": 2_000,
        "in_full": 1_500,
        "documents": 1_000,
        "credit": 1_000,
        "evaluations": 500,
        "price": 500,
        "rectification": 500,
    },
    # The points that make one delivery, or one task, a whole fault of that factor
    "full_points": {
        "quality": 5,
        "punctuality": 1,
        "in_full": 2,
        "documents": 2,
        "rectification": 3,
    },
    "price_zero_bp": 2_000,  # so far above the reference price the factor is nothing
}

FACTORS: Final[Mapping[str, str]] = {
    "delivered": "delivered",
    "late": "punctuality",
    "short-weight": "in-full",
    "undelivered": "in-full",
    "rejected": "quality",
    "inspection": "quality",
    "recall": "quality",
    "document-missing": "documents",
    "certificate-lapsed": "documents",
    "suspicion": "documents",
    "price": "price",
    "rectified": "rectification",
    "rectification-late": "rectification",
    "evaluation": "evaluations",
}
"""From what moved the score to the factor it counts in; a rejection's reason may say another."""

REASON_FACTORS: Final[Mapping[str, str]] = {
    "no-document": "documents",
    "label": "documents",
    "late": "punctuality",
    "short-weight": "in-full",
}
"""Reasons of a rejection that are not about quality."""


def of(table: Mapping[str, Any], code: str) -> Any:
    """What a table of the policy says of a code; None where it does not name it."""
    return table.get(code.replace("-", "_"))


def points_of(rules: Mapping[str, Any], table: str, code: str) -> int:
    """What a code moves by a table of the policy; what the table does not name moves nothing."""
    return int(of(rules[table], code) or 0)


def decay_of(rules: Mapping[str, Any], kind: str) -> tuple[str, int]:
    """Mode and days of a kind of movement."""
    found = of(rules["decay"], kind) or rules["decay"]["default"]
    return str(found["mode"]), max(1, int(found["days"]))


def grade_of(rules: Mapping[str, Any], points: int) -> str:
    """The grade of so many points: the best whose threshold they reach."""
    reached = [(least, name) for name, least in rules["grades"].items() if points >= least]
    return str(max(reached)[1]) if reached else "d"

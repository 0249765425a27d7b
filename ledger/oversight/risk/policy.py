"""The rules that risk is scored and answered by (风险规则): a `policy` record named `risk`.

No law and no published model sets these figures: the built-in ones are a beginning, for a bureau to
put its own in place of.

A factor's points are those of its code together with its severity (`self-minor`), else of its code
(`entered-by-hand`), else of its severity; what has none of the three counts nothing.
"""

from collections.abc import Mapping
from typing import Any, Final

NAME: Final = "risk"

LEVELS: Final = ("minor", "major", "critical")
"""一般、较大、重大, ascending; below stands `normal`."""

_WHOLE_BP: Final = 10_000


def _factor(code: str, weight_bp: int, *, cap_ppm: int = 1_000_000, **ppm: int) -> dict[str, Any]:
    points = [{"code": name.replace("_", "-"), "ppm": value} for name, value in ppm.items()]
    return {"factor_code": code, "weight_bp": weight_bp, "cap_ppm": cap_ppm, "points": points}


def _grave(
    cause: str, level: str, *, kind: str = "", severity: str = "", hospitalised_from: int = 0
) -> dict[str, Any]:
    return {
        "cause": cause,
        "kinds": [kind] if kind else [],
        "severities": [severity] if severity else [],
        "hospitalised_from": hospitalised_from,
        "level": level,
    }


DEFAULTS: Final[Mapping[str, Any]] = {
    "window_days": 14,
    "interval_days": 1,
    "factors": [
        _factor("incidents", 2_000, minor=200_000, major=600_000, critical=1_000_000),
        _factor(
            "suspicions", 1_500,
            minor=50_000, major=300_000, critical=1_000_000, entered_by_hand=20_000,
        ),
        _factor(
            "inspection-results", 1_500,
            minor=150_000, major=400_000, critical=1_000_000,
            self_minor=10_000, self_major=60_000, self_critical=300_000,
        ),
        _factor("overdue-work-orders", 1_300, minor=200_000, major=400_000, critical=700_000),
        _factor("missing-evidence", 1_300, minor=100_000, closure_of_work_order=0),
        _factor("inspection-alerts", 800, minor=50_000, major=200_000, critical=500_000),
        _factor("temperature-alarms", 600, minor=200_000),
        _factor("lapsed-certificates", 500, minor=250_000),
        _factor(
            "rejections", 500, cap_ppm=300_000,
            spoiled=50_000, foreign_body=50_000, temperature=50_000, expired=50_000,
            no_document=50_000, label=50_000,
        ),
    ],
    "levels_ppm": {"minor": 120_000, "major": 250_000, "critical": 500_000},
    "grave": [
        _grave("incident", "major", hospitalised_from=1),
        _grave("incident", "critical", hospitalised_from=10),
        _grave("incident", "critical", severity="critical"),
        _grave("official-inspection", "major", kind="fail"),
        _grave("official-inspection", "critical", severity="critical"),
        _grave("suspicion", "critical", kind="served-while-frozen"),
    ],
    "again_from_ppm": 120_000,
    "rectify_s": 432_000,
    "held_back": {"major": ["serving", "ordering"], "critical": ["serving", "ordering"]},
    "agencies": ["education-bureau", "market-regulator", "health-commission"],
    "instruction_zh": {
        "minor": "一般风险：请按评估列明的各项问题限期整改。",
        "major": "较大风险：暂停供餐和订货，自查整改，等待监管部门现场检查后解除。",
        "critical": "重大风险：暂停供餐和订货，封存留样和食材，配合多部门联合处置。",
    },
    "serving_slack_s": 1_800,
    "lift_grace_s": 14_400,
    "meals_kept_days": 3,
    "served_severity": "critical",
}  # fmt: skip
"""Version 1:

window_days: the days that count, the one that ends included.
interval_days: days from one assessment to the next.
factors: of each its weight in hundredths of a percent of the whole (together 10,000), what one of
    each kind comes to in millionths of the factor's scale, and up to which value they add up.
levels_ppm: from which score on a level is reached.
grave: single records that reach a level at once; no kinds or severities: all. Of several rows the
    gravest counts.
again_from_ppm: what the records since a lift must come to by themselves for another freeze.
rectify_s: until when a minor risk must be put right.
held_back: what a freeze and a joint response hold back; a joint one may hold back nothing.
agencies: who acts together.
serving_slack_s: a meal that began so soon after a freeze was on the tables already.
lift_grace_s: how long a lift that is still on its way to the log is waited for.
meals_kept_days: how long a meal is remembered for a freeze that is still on its way.
served_severity: of a meal served while frozen.
"""


def sound(rules: Mapping[str, Any]) -> bool:
    """Whether scores can be computed: weights make a whole, levels ascend."""
    levels = [level_from_ppm(rules, level) for level in LEVELS]
    weights = sum(factor.get("weight_bp", 0) for factor in rules["factors"])
    codes = [factor.get("factor_code", "") for factor in rules["factors"]]
    return (
        weights == _WHOLE_BP
        and levels == sorted(set(levels))
        and len({*codes, ""}) == len(codes) + 1
    )


def level_from_ppm(rules: Mapping[str, Any], level: str) -> int:
    """From which score on a level is reached."""
    ppm: int = rules["levels_ppm"].get(level, DEFAULTS["levels_ppm"][level])
    return ppm


def rank(level: str) -> int:
    """How grave a level is; 0: normal."""
    return LEVELS.index(level) + 1 if level in LEVELS else 0

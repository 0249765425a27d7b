"""What the policy `completeness` may say, and what holds until it says otherwise.

Seconds end in `_s`, days in `_days`, grams in `_g`; `kinds` are the obligations that are asked for. An
object that a policy gives stands in the place of the whole built-in one, but a member that it leaves
out is read from the built-in one. Members are named as kinds and meals are, with `_` for `-`.
"""

from collections.abc import Mapping
from typing import Any, Final

from ledger.oversight.civil import DAY_S
from ledger.oversight.family import Context

NAME: Final = "completeness"

MENU: Final = "menu-of-day"
SAMPLE: Final = "sample-of-dish"
CHECK: Final = "check-of-shift"
WEIGH_IN: Final = "weigh-in-of-order"
ACCEPTANCE: Final = "acceptance-of-delivery"
SETTLEMENT: Final = "settlement-of-acceptance"
BANK_ENTRY: Final = "bank-entry-of-settlement"
CLOSURE: Final = "closure-of-work-order"
TEMPERATURE: Final = "temperature-of-cabinet"
COMPANION: Final = "companion-of-meal"
SELF_INSPECTION: Final = "self-inspection-of-period"
DISPOSITION: Final = "disposition-of-alert"
SERVICE: Final = "service-of-meal"
DOCUMENT: Final = "document-of-lot"

CREDIBLE_DAYS: Final = 7
"""How far before its entry a record's own time is believed (`civil.credible`)."""

_HOUR_S: Final = 3_600

DEFAULTS: Final[Mapping[str, Any]] = {
    # All but `document-of-lot`: a bureau whose suppliers do not post papers yet would get nothing else.
    "kinds": [
        MENU, SAMPLE, CHECK, WEIGH_IN, ACCEPTANCE, SETTLEMENT, BANK_ENTRY, CLOSURE, TEMPERATURE,
        COMPANION, SELF_INSPECTION, DISPOSITION, SERVICE,
    ],
    # After what it is due by, before it is missing: for what waits in an outbox or on a desk.
    "grace_s": {
        "menu_of_day": DAY_S,
        "sample_of_dish": DAY_S,
        "check_of_shift": DAY_S,
        "weigh_in_of_order": DAY_S,
        "acceptance_of_delivery": 3 * DAY_S,
        "settlement_of_acceptance": 7 * DAY_S,
        "bank_entry_of_settlement": 5 * DAY_S,
        "closure_of_work_order": DAY_S,
        "temperature_of_cabinet": DAY_S,
        "companion_of_meal": 3 * DAY_S,
        "self_inspection_of_period": 3 * DAY_S,
        "disposition_of_alert": DAY_S,
        "service_of_meal": 3 * DAY_S,
        "document_of_lot": DAY_S,
    },
    # After what makes it due, until it is.
    "due_after_s": {
        "weigh_in_of_order": 2 * _HOUR_S,
        "acceptance_of_delivery": 4 * _HOUR_S,
        "settlement_of_acceptance": 15 * DAY_S,
        "bank_entry_of_settlement": 10 * DAY_S,
        "temperature_of_cabinet": 2 * _HOUR_S,
        "self_inspection_of_period": 0,
        "disposition_of_alert": 4 * _HOUR_S,
        "document_of_lot": 0,
    },
    "menu_lead_s": 0,
    # After midnight, by when a meal is over; one that is not named is at the end of its day.
    "meal_over_s": {
        "breakfast": 9 * _HOUR_S,
        "lunch": 14 * _HOUR_S,
        "dinner": 20 * _HOUR_S,
        "snack": 22 * _HOUR_S,
    },
    "sample_min_g": 125,
    "sample_kept_s": 48 * _HOUR_S,
    "sample_early_reasons": ["taken-by-authority"],
    "sample_small_severity": "minor",
    "sample_early_severity": "major",
    "substitutes": 1,
    "weighed_units": ["g"],
    "temperature_gap_s": _HOUR_S,
    # After midnight, by when the last samples of two days ago have had their time.
    "temperature_last_day_s": 14 * _HOUR_S,
    "temperature_silent_days": 7,
    "companion_meals": ["breakfast", "lunch", "dinner"],
    "service_meals": ["breakfast", "lunch", "dinner"],
    "self_inspections": ["daily-control", "weekly-check", "monthly-meeting"],
    "alert_severities": ["major", "critical"],
    # Goods whose code begins so need one of these; the longest beginning counts, twice where it stands
    # twice.
    "lot_documents": [
        {
            "begins": "",
            "any_of": [
                "animal-quarantine", "meat-inspection", "test-report", "producer-pledge",
                "import-inspection",
            ],
        }
    ],
    "lot_papers_days": 366,
    "outage_longest_s": 7 * DAY_S,
    "outage_told_within_s": DAY_S,
    "outages_in_30_days": 6,
    "ahead_days": 7,
    "keep_days": 7,
    "missing_days": 180,
}  # fmt: skip
"""Version 1 of the policy. docs/oversight/completeness.md says of each what it is for."""


def asked(context: Context, kind: str) -> bool:
    """Whether an obligation of this kind is asked for at all."""
    return kind in context.policy.rules["kinds"]


def of_kind(context: Context, rule: str, kind: str) -> int:
    """A number that is given for each kind of obligation, or of meal."""
    policy = context.policy
    found: int | None = policy.derived.get((rule, kind))
    if found is None:
        member = kind.replace("-", "_")
        found = policy.rules[rule].get(member)
        if found is None:
            found = DEFAULTS[rule].get(member, DAY_S)
        policy.derived[rule, kind] = found
    return found


def least(context: Context, rule: str, kinds: tuple[str, ...]) -> int:
    """The least of the numbers that are given for some kinds."""
    derived = context.policy.derived
    found: int | None = derived.get((rule, kinds))
    if found is None:
        found = derived[rule, kinds] = min(of_kind(context, rule, kind) for kind in kinds)
    return found


def whole(context: Context, rule: str) -> int:
    """A number."""
    found: int = context.policy.rules[rule]
    return found


def seconds(context: Context, days: str) -> int:
    """A number of days, in seconds."""
    return DAY_S * whole(context, days)


def listed(context: Context, rule: str) -> list[str]:
    """A list."""
    found: list[str] = context.policy.rules[rule]
    return found

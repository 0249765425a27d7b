"""Examples of figures and duties: a dashboard, a pilot's claims, who answers for what."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.findings import COMPUTED_REFUSED
from ledger.evidence.examples.school_day import (
    ADMISSION,
    CLERK,
    COOK,
    ENGINE,
    HEAD,
    SCHOOL,
    STOREKEEPER,
    record,
)

_BURSAR: Final = "person:m2zq6vhy4tkc7rwn3xpjbdoaef"

DASHBOARD_SNAPSHOT: Final[dict[str, Any]] = {
    "id": record(0xD0),
    "type": "dashboard-snapshot",
    "occurred_at": "2026-11-24T00:05:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "policy_name": "dashboard",
        "policy_version": 1,
        "as_of_size": 4_205,
        "inputs": 1_130,
        "inputs_root": "8f60718293a4b5c6d7e8f9012345678abcdef0b3d5f7092a4c6e8f0a1b2c3d4e",
        "school": SCHOOL,
        "layout": "school-day",
        "taken_at": "2026-11-24T00:04:58+08:00",
        "period_from": "2026-11-23",
        "period_until": "2026-11-23",
        "figures": [
            {"figure_code": "meals-served", "value": 228, "value_unit": "count"},
            {"figure_code": "alerts-open", "value": 1, "value_unit": "count"},
            {"figure_code": "amount-settled", "value": 0, "value_unit": "fen"},
        ],
        "shown_sha256": "a4b5c6d7e8f9012345678abcdef0b3d5f7092a4c6e8f0a1b2c3d4e8f60718293",
    },
}

DASHBOARD_SNAPSHOT_REFUSED: Final = (
    Refused("one figure twice", {"/payload/figures/1/figure_code": "meals-served"},
            "/payload/figures/1/figure_code", "twice"),
    Refused(
        "shown after it was recorded",
        {"/payload/taken_at": "2026-11-24T00:06:00+08:00"},
        "/payload/taken_at",
        "ahead",
    ),
    Refused(
        "a period that ends before it begins",
        {"/payload/period_until": "2026-11-22"},
        "/payload/period_until",
        "period",
    ),
    Refused("no figure", {"/payload/figures": []}, "/payload/figures", "too-few"),
    *COMPUTED_REFUSED,
)  # fmt: skip

KPI_REPORT: Final[dict[str, Any]] = {
    "id": record(0xD1),
    "type": "kpi-report",
    "occurred_at": "2026-12-05T01:00:00+08:00",
    "issuer": ENGINE,
    "payload": {
        "policy_name": "indicators",
        "policy_version": 1,
        "as_of_size": 5_200,
        "inputs": 2_804,
        "inputs_root": "18293a4b5c6d7e8f9012345678abcdef0b3d5f7092a4c6e8f0a1b2c3d4e8f607",
        "school": SCHOOL,
        "period_from": "2026-11-01",
        "period_until": "2026-11-30",
        "days_covered": 21,
        "indicators": [
            {
                "indicator_code": "price-against-reference",
                "numerator": 2_064_000,
                "numerator_unit": "fen",
                "denominator": 2_400_000,
                "denominator_unit": "fen",
                "value_ppm": 860_000,
            },
            {
                "indicator_code": "satisfaction",
                "numerator": 194,
                "numerator_unit": "count",
                "denominator": 199,
                "denominator_unit": "count",
                "value_ppm": 974_874,
            },
        ],
    },
}

KPI_REPORT_REFUSED: Final = (
    Refused("a claim that is not its fraction", {"/payload/indicators/1/value_ppm": 990_000},
            "/payload/indicators/1/value_ppm", "fraction"),
    Refused(
        "one indicator twice",
        {"/payload/indicators/1/indicator_code": "price-against-reference"},
        "/payload/indicators/1/indicator_code",
        "twice",
    ),
    Refused("a fraction of nothing", {"/payload/indicators/0/denominator": 0},
            "/payload/indicators/0/denominator", "too-small"),
    Refused(
        "a period that ends before it begins",
        {"/payload/period_until": "2026-10-31"},
        "/payload/period_until",
        "period",
    ),
    *COMPUTED_REFUSED,
)  # fmt: skip

RESPONSIBILITY_ASSIGNMENT: Final[dict[str, Any]] = {
    "id": record(0xD2),
    "type": "responsibility-assignment",
    "occurred_at": "2026-09-01T09:00:00+08:00",
    "issuer": ADMISSION,
    "payload": {
        "bureau": ADMISSION,
        "assignment_no": "ZR-2026-0001",
        "school": SCHOOL,
        "canteen": "canteen:2105020001~01",
        "valid_from": "2026-09-01",
        "valid_until": "2027-07-15",
        "duties": [
            {"duty_code": "food-safety-director", "side": "goods", "person": HEAD},
            {
                "duty_code": "acceptance",
                "side": "goods",
                "person": STOREKEEPER,
                "deputy": COOK,
            },
            {"duty_code": "settlement", "side": "money", "person": _BURSAR},
        ],
        "handed_over_at": "2026-08-31T16:00:00+08:00",
        "accountable": CLERK,
    },
}

RESPONSIBILITY_ASSIGNMENT_REFUSED: Final = (
    Refused("goods and money in one hand", {"/payload/duties/2/person": HEAD},
            "/payload/duties/2/person", "two-sides"),
    Refused("money in the hand of who deputises for goods", {"/payload/duties/2/deputy": COOK},
            "/payload/duties/2/deputy", "two-sides"),
    Refused("a deputy for himself", {"/payload/duties/1/deputy": STOREKEEPER},
            "/payload/duties/1/deputy", "same-person"),
    Refused("one duty twice", {"/payload/duties/1/duty_code": "food-safety-director"},
            "/payload/duties/1/duty_code", "twice"),
    Refused("an end before the beginning", {"/payload/valid_until": "2026-08-31"},
            "/payload/valid_until", "period"),
    Refused("a canteen of another school", {"/payload/canteen": "canteen:2105020002~01"},
            "/payload/canteen", "other-school"),
    Refused("nobody who answers for it", {"/payload/accountable": ...},
            "/payload/accountable", "missing"),
)  # fmt: skip

"""Examples of cooking: the standard for braised pork, and the stewing of Monday's."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    ADMISSION,
    CANTEEN,
    CLERK,
    COOK,
    DAY,
    GATEWAY,
    SCHOOL,
    SUPPLIER,
    file,
    record,
)

PROBE: Final = "device:bx-0001-probe-1"

RECIPE_STANDARD: Final[dict[str, Any]] = {
    "id": record(0xA4),
    "type": "recipe-standard",
    "occurred_at": "2026-08-20T10:00:00+08:00",
    "issuer": ADMISSION,
    "payload": {
        "bureau": ADMISSION,
        "recipe_code": "R-017",
        "recipe_version": 2,
        "dish_name": "红烧肉",
        "valid_from": "2026-09-01",
        "valid_until": "2027-08-31",
        "portions": 100,
        "portion_g": 90,
        "ingredients": [
            {"item_code": "pork-leg", "item_name": "猪后腿肉", "quantity": 5_000, "unit": "g"},
            {"item_code": "potato", "item_name": "土豆", "quantity": 3_500, "unit": "g"},
            {"item_code": "soy-sauce", "item_name": "酱油", "quantity": 180, "unit": "ml"},
        ],
        "oil_mg": 5_000,
        "salt_mg": 900,
        "sugar_mg": 1_500,
        "energy_kJ": 980,
        "steps": [
            {"step_no": 1, "step_kind": "blanch", "lasts_s": 180},
            {"step_no": 2, "step_kind": "stew", "core_min_mC": 75_000, "lasts_s": 2_400},
        ],
        "contains": ["pork", "soy", "gluten"],
        "accountable": CLERK,
    },
}

RECIPE_STANDARD_REFUSED: Final = (
    Refused(
        "no ingredients",
        {"/payload/ingredients": []},
        "/payload/ingredients",
        "too-few",
    ),
    Refused(
        "one item twice",
        {"/payload/ingredients/1/item_code": "pork-leg"},
        "/payload/ingredients/1/item_code",
        "twice",
    ),
    Refused(
        "two steps of one number",
        {"/payload/steps/1/step_no": 1},
        "/payload/steps/1/step_no",
        "twice",
    ),
    Refused(
        "oil for all portions where one portion's belongs",
        {"/payload/oil_mg": 500_000},
        "/payload/portion_g",
        "portion",
    ),
    Refused(
        "lapsed before it begins",
        {"/payload/valid_until": "2026-08-31"},
        "/payload/valid_until",
        "period",
    ),
    Refused(
        "nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

COOKING_STEP: Final[dict[str, Any]] = {
    "id": record(0xA5),
    "type": "cooking-step",
    "occurred_at": "2026-11-23T10:52:30+08:00",
    "issuer": SCHOOL,
    "payload": {
        "canteen": CANTEEN,
        "meal_on": DAY,
        "meal": "lunch",
        "dish_code": "d-4",
        "batch_no": "1",
        "step_no": 2,
        "step_kind": "stew",
        "started_at": "2026-11-23T10:05:00+08:00",
        "ended_at": "2026-11-23T10:52:00+08:00",
        "cooked_by": COOK,
        "core_temperature_mC": 92_400,
        "probe": PROBE,
        "ingredients": [
            {
                "item_code": "pork-leg",
                "item_name": "猪后腿肉",
                "quantity": 11_480,
                "unit": "g",
                "supplier": SUPPLIER,
                "lot_no": "P-1122",
                "weigh_in": record(0x14),
            },
            {"item_code": "potato", "item_name": "土豆", "quantity": 8_050, "unit": "g"},
        ],
        "portions": 230,
        "oil_g": 1_120,
        "salt_g": 200,
        "sugar_g": 340,
        "accountable": COOK,
    },
    "blobs": [file("photo of the pot") | {"role": "photo"}],
    "links": [
        {"rel": "under", "id": record(0xA4)},
        {"rel": "uses", "id": record(0x14)},
    ],
}

COOKING_STEP_REFUSED: Final = (
    Refused(
        "ended before it began",
        {"/payload/ended_at": "2026-11-23T10:04:59+08:00"},
        "/payload/ended_at",
        "period",
    ),
    Refused(
        "written before it was done",
        {"/occurred_at": "2026-11-23T08:00:00+08:00"},
        "/payload/ended_at",
        "not-yet",
    ),
    Refused(
        "a device's record without the probe that read it",
        {"/issuer": GATEWAY, "/payload/probe": ...},
        "/payload/probe",
        "missing",
    ),
    Refused(
        "a probe that read nothing",
        {"/payload/core_temperature_mC": ...},
        "/payload/core_temperature_mC",
        "missing",
    ),
    Refused(
        "a lot of nobody's",
        {"/payload/ingredients/0/supplier": ...},
        "/payload/ingredients/0/supplier",
        "missing",
    ),
    Refused(
        "degrees with a decimal point",
        {"/payload/core_temperature_mC": 92.4},
        "/payload/core_temperature_mC",
        "not-an-integer",
    ),
    Refused(
        "a cook who answers to nobody",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

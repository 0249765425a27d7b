"""Examples of serving: Monday's lunch, and what was left on the plates."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CANTEEN,
    COOK,
    DAY,
    GATEWAY,
    HEAD,
    SCALE,
    SCHOOL,
    file,
    record,
)


def _served(code: str, name: str, made: int, served: int, portion_g: int) -> dict[str, Any]:
    return {
        "dish_code": code,
        "dish_name": name,
        "portions_made": made,
        "portions_served": served,
        "portion_g": portion_g,
    }


MEAL_SERVICE: Final[dict[str, Any]] = {
    "id": record(0xA6),
    "type": "meal-service",
    "occurred_at": "2026-11-23T12:40:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "canteen": CANTEEN,
        "meal_on": DAY,
        "meal": "lunch",
        "sitting_no": 1,
        "started_at": "2026-11-23T11:30:00+08:00",
        "ended_at": "2026-11-23T12:35:00+08:00",
        "diners": 226,
        "staff_meals": 14,
        "dishes": [
            _served("d-1", "米饭", 240, 226, 180),
            _served("d-2", "清炒油菜", 230, 221, 120),
            _served("d-3", "紫菜蛋花汤", 230, 190, 200),
            _served("d-4", "红烧肉", 230, 226, 90) | {"holding_temperature_mC": 63_500},
        ],
        "queue_longest_s": 540,
        "queue_method": "camera",
        "accountable": HEAD,
    },
    "links": [{"rel": "under", "id": record(0xA3)}, {"rel": "uses", "id": record(0xA5)}],
}

MEAL_SERVICE_REFUSED: Final = (
    Refused("a meal of nothing", {"/payload/dishes": []}, "/payload/dishes", "too-few"),
    Refused(
        "more dishes than a document has subjects",
        {"/payload/dishes": [_served(f"d-{number}", "菜品", 1, 1, 90) for number in range(61)]},
        "/payload/dishes",
        "too-many",
    ),
    Refused(
        "one dish twice",
        {"/payload/dishes/1/dish_code": "d-1"},
        "/payload/dishes/1/dish_code",
        "twice",
    ),
    Refused(
        "more served than made",
        {"/payload/dishes/3/portions_served": 231},
        "/payload/dishes/3/portions_served",
        "more-than-made",
    ),
    Refused(
        "over before it began",
        {"/payload/ended_at": "2026-11-23T11:29:59+08:00"},
        "/payload/ended_at",
        "period",
    ),
    Refused(
        "written in the morning",
        {"/occurred_at": "2026-11-23T08:00:00+08:00"},
        "/payload/ended_at",
        "not-yet",
    ),
    Refused(
        "more staff than diners",
        {"/payload/staff_meals": 227},
        "/payload/staff_meals",
        "more-than-all",
    ),
    Refused(
        "a queue that nobody says how he measured",
        {"/payload/queue_method": ...},
        "/payload/queue_method",
        "missing",
    ),
    Refused(
        "nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

WASTE_LOG: Final[dict[str, Any]] = {
    "id": record(0xA7),
    "type": "waste-log",
    "occurred_at": "2026-11-23T13:05:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "canteen": CANTEEN,
        "meal_on": DAY,
        "meal": "lunch",
        "waste_kind": "plate",
        "container_code": "W-3",
        "weighed_at": "2026-11-23T13:04:20+08:00",
        "gross_g": 17_350,
        "tare_g": 1_250,
        "net_g": 16_100,
        "scale": SCALE,
        "disposal": "collected",
        "collector_name": "本溪洁源餐厨垃圾处理有限公司（示例）",
        "collector_licence_no": "BX-CC-2026-07",
        "transfer_no": "LD-20261123-018",
        "accountable": COOK,
    },
    "blobs": [file("photo of the bin") | {"role": "photo"}],
    "links": [{"rel": "uses", "id": record(0xA6)}],
}

WASTE_LOG_REFUSED: Final = (
    Refused(
        "a net weight that is not gross less tare",
        {"/payload/net_g": 16_000},
        "/payload/net_g",
        "net-weight",
    ),
    Refused(
        "weighed after the record that says so",
        {"/payload/weighed_at": "2026-11-23T18:00:00+08:00"},
        "/payload/weighed_at",
        "not-yet",
    ),
    Refused(
        "a device's record without the scale that weighed it",
        {"/issuer": GATEWAY, "/payload/scale": ...},
        "/payload/scale",
        "missing",
    ),
    Refused(
        "collected by nobody",
        {"/payload/collector_name": ...},
        "/payload/collector_name",
        "missing",
    ),
    Refused(
        "nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

"""Examples of the cold chain: an hour of the sample cabinet, and the end of Monday's sample."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    CABINET,
    CANTEEN,
    COOK,
    DAY,
    GATEWAY,
    HEAD,
    SCHOOL,
    record,
)

TEMPERATURE_LOG: Final[dict[str, Any]] = {
    "id": record(0xAC),
    "type": "temperature-log",
    "occurred_at": "2026-11-23T12:25:04+08:00",
    "issuer": GATEWAY,
    "payload": {
        "canteen": CANTEEN,
        "cabinet": CABINET,
        "place": "sample-cabinet",
        "counter_from": 20_161,
        "counter_until": 20_168,
        "interval_s": 600,
        "first_read_at": "2026-11-23T11:15:03+08:00",
        "last_read_at": "2026-11-23T12:25:03+08:00",
        "mC_readings": [3_900, 5_600, 4_800, None, 4_300, 4_100, 4_000, 3_900],
        "alarm_low_mC": 0,
        "alarm_high_mC": 8_000,
        "clock_state": "synchronised",
        "clock_offset_ms": 35,
    },
}

TEMPERATURE_LOG_REFUSED: Final = (
    Refused(
        "a reading left out",
        {"/payload/mC_readings": [3_900, 5_600, 4_800, 4_300, 4_100, 4_000, 3_900]},
        "/payload/mC_readings",
        "gap",
    ),
    Refused(
        "counts that run backwards",
        {"/payload/counter_until": 20_160},
        "/payload/mC_readings",
        "gap",
    ),
    Refused(
        "two hours in which it read for one",
        {"/payload/first_read_at": "2026-11-23T10:15:03+08:00"},
        "/payload/last_read_at",
        "gap",
    ),
    Refused(
        "read backwards",
        {"/payload/last_read_at": "2026-11-23T11:00:00+08:00"},
        "/payload/last_read_at",
        "period",
    ),
    Refused(
        "limits between which nothing lies",
        {"/payload/alarm_low_mC": 8_000},
        "/payload/alarm_low_mC",
        "limits",
    ),
    Refused(
        "degrees with a decimal point",
        {"/payload/mC_readings/0": 3.9},
        "/payload/mC_readings/0",
        "not-an-integer",
    ),
    Refused("no reading", {"/payload/mC_readings": []}, "/payload/mC_readings", "too-few"),
)

SAMPLE_DISPOSED: Final[dict[str, Any]] = {
    "id": record(0xAD),
    "type": "sample-disposed",
    "occurred_at": "2026-11-25T15:10:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "canteen": CANTEEN,
        "meal_on": DAY,
        "meal": "lunch",
        "dish_code": "d-4",
        "cabinet": CABINET,
        "slot": "A3",
        "container_code": "C-88",
        "retain_until": "2026-11-25T11:20:05+08:00",
        "disposed_at": "2026-11-25T15:08:00+08:00",
        "reason_code": "time-up",
        "disposal": "kitchen-waste",
        "amount_g": 131,
        "disposed_by": COOK,
        "witnessed_by": HEAD,
        "accountable": HEAD,
    },
    "links": [{"rel": "disposes", "id": record(0x38)}],
}

SAMPLE_DISPOSED_REFUSED: Final = (
    Refused(
        "time up a day early",
        {"/payload/disposed_at": "2026-11-24T15:08:00+08:00"},
        "/payload/disposed_at",
        "too-early",
    ),
    Refused(
        "written before it was done",
        {"/payload/disposed_at": "2026-11-25T16:00:00+08:00"},
        "/payload/disposed_at",
        "not-yet",
    ),
    Refused(
        "a witness of oneself",
        {"/payload/witnessed_by": COOK},
        "/payload/witnessed_by",
        "same-person",
    ),
    Refused("no sample named", {"/links": []}, "/links", "missing"),
    Refused(
        "typed in by hand, and nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

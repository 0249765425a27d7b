"""What the devices say where the packages that emulate them are not installed: made up, and said so."""

import base64
from datetime import time

from api.demo import cast, pictures
from api.demo.goods import DIVISION_G, TARE_G, Item
from api.demo.posting import ORDER, Poster
from devices.client import Evidence
from devices.emulators.terminal import Reading
from devices.local.people import Member
from devices.terminal.check import HANDS
from ledger import timestamp
from ledger.statement import Link


def weighing(day: Poster, item: Item) -> Evidence:
    """An item on the one scale, with a photo."""
    at = day.at(time(6, 23 + item.line_no))
    gross_g = item.arrived_g + TARE_G
    return Evidence(
        "weigh-in",
        {
            "school": cast.SCHOOL,
            "canteen": cast.CANTEEN,
            "supplier": cast.MEAT,
            "order": ORDER,
            "order_line_no": item.line_no,
            "item_code": item.code,
            "lot_no": item.lot_no,
            "direction": "inbound",
            "gross_g": gross_g,
            "tare_g": TARE_G,
            "net_g": item.arrived_g,
            "entry_mode": "device",
            "photo_taken_at": at,
            "scale": cast.SCALES[0],
            "counter": item.line_no,
            "calibration": day.receipts["calibration"].id,
            "division_mg": DIVISION_G * 1000,
            "tare_source": "preset",
            "stable": True,
            "stable_readings": 5,
            "protocol": "yaohua-a12e",
            "raw_frame": base64.b64encode(_frame(gross_g)).decode(),
            "clock_state": "synchronised",
            "clock_offset_ms": 40,
        },
        at,
        blobs={"photo": (day.photo(item, 20 + item.line_no), "image/jpeg")},
        links=[Link("fulfils", subject=ORDER)],
    )


def _frame(gross_g: int) -> bytes:
    """What a scale sends: 15 bytes of an A12E."""
    frame = f"WG{gross_g / 1000:07.3f}kg".encode()
    check = 0
    for byte in frame:
        check ^= byte
    return frame + f"{check:02X}\r\n".encode()


def check(day: Poster, member: Member, reading: Reading) -> Evidence:
    """One of the staff before the terminal."""
    at = timestamp.format(reading.checked_at_ms)
    return Evidence(
        "morning-check",
        {
            "canteen": cast.CANTEEN,
            "staff": member.person,
            "checked_at": at,
            "identity_method": "face",
            "identity_score_ppm": 985_000,
            "forehead_mC": reading.forehead_mC,
            "hands": dict.fromkeys(HANDS, False),
            "symptoms": [],
            "health_certificate": member.health_certificate,
            "result": "fit",
            "decided_by": day.people["head cook"],
        },
        at,
        blobs={role: (data, "image/jpeg") for role, data in reading.images.items()},
    )


def alert(day: Poster) -> Evidence:
    """A covered camera."""
    return Evidence(
        "inspection-alert",
        {
            "canteen": cast.CANTEEN,
            "camera": cast.CAMERA,
            "alert_kind": "covered-lens",
            "severity": "major",
            "first_seen_at": day.at(time(6, 26)),
            "confirmed_at": day.at(time(6, 26)),
            "model_sha256": "5f" * 32,
            "manifest_sha256": "7a" * 32,
            "score_ppm": 912_000,
            "threshold_ppm": 500_000,
            "frames": 18,
            "box_px": [0, 0, 640, 360],
        },
        day.at(time(6, 26)),
        blobs={
            "frame": (pictures.weigh_in_photo(0, (90, 90, 96), seed=71), "image/jpeg"),
        },
    )

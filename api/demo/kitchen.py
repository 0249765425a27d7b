"""Morning checks, samples, an alert and its mending: the kitchen on the demo's day."""

from datetime import time

from api.demo import cast, morning, pictures
from api.demo.goods import DISHES
from api.demo.posting import Poster
from devices.client import Evidence
from devices.emulators.terminal import Reading
from devices.local.people import Member
from devices.terminal.check import HANDS
from ledger import timestamp
from ledger.statement import Link


def before_and_at_work(day: Poster) -> None:
    """Checked before work, cooked, a sample of every dish kept."""
    _checks(day)
    for slot, (code, name, grams, colour) in enumerate(DISHES, start=1):
        day.post(
            f"sample {code}",
            cast.GATEWAY,
            "sample-retained",
            {
                "canteen": cast.CANTEEN,
                "meal_on": day.on.isoformat(),
                "meal": "lunch",
                "dish_code": code,
                "dish_name": name,
                "amount_g": grams,
                "cabinet": cast.CABINET,
                "slot": f"A{slot}",
                "container_code": f"LY-1124-{slot:02}",
                "retain_until": day.at(time(11, 40), days=2),
                "temperature_mC": 3_900 + 100 * slot,
                "retained_by": day.people["cook"],
            },
            at=time(11, 30 + slot),
            blobs={"photo": pictures.portrait_of_a_dish(colour, seed=60 + slot)},
            said=(
                f"sample kept for 48 h: {name}, {grams} g",
                f"留样 48 小时：{name}，{grams} 克",
            ),
        )
    _cabinet(day)


def _checks(day: Poster) -> None:
    """Two cooks show their certificates, and stand before the terminal in the morning."""
    members, readings = [], []
    for number, cook in enumerate(("cook", "second cook"), start=1):
        certificate = day.example(
            "health-certificate",
            staff=day.people[cook],
            employer=cast.LABOUR,
            certificate_no=f"2105-{day.on.year}-{number:04}",
            accountable=day.people["head cook"],
        )
        health = day.post(
            f"health {number}",
            cast.LABOUR,
            "health-certificate",
            certificate,
            at=time(9, 0),
            days=-60,
            blobs={"scan": day.scan("HEALTH CERTIFICATE", f"No. 2105-{number:04}", 40 + number)},
            said=(f"health certificate of a cook ({number})", f"厨师健康证（{number}）"),
        )
        staff_id = f"{number:04}"
        members.append(
            Member((staff_id,), day.people[cook], health.id, str(certificate["valid_until"]))
        )
        readings.append(
            Reading(
                staff_id,
                forehead_mC=36_300 + 200 * number,
                checked_at_ms=timestamp.parse(day.at(time(6, 20 + number))),
                images={
                    role: day.scan(role.upper(), f"{cook} {day.on}", 50 + 3 * number + place)
                    for place, role in enumerate(("face", "palm", "back"))
                },
            )
        )
    said = [
        (f"morning check before work ({number})", f"上岗前晨检（{number}）")
        for number in range(1, len(members) + 1)
    ]
    if day.gateway is None:
        for number, (member, reading) in enumerate(zip(members, readings, strict=True), start=1):
            evidence = _check(day, member, reading)
            day.say(f"check {number}", cast.GATEWAY, evidence, said[number - 1])
        return
    ids = morning.checked(day.gateway, cast.CANTEEN, members, day.on, readings)
    for number, receipt in enumerate(day.gateway.send(ids).values(), start=1):
        day.receipts[f"check {number}"] = receipt
        en, zh = said[number - 1]
        day.told(f"{en}, from the terminal by HTTP", f"{zh}，由晨检仪通过 HTTP 上报", receipt)


def _check(day: Poster, member: Member, reading: Reading) -> Evidence:
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


def _cabinet(day: Poster) -> None:
    if day.gateway is None:
        return
    from api.demo import cabinet  # noqa: PLC0415 - needs pymodbus

    day.told(
        f"the sample cabinet's temperatures, {cabinet.READINGS} read over Modbus, in one signed batch",
        f"留样柜温度：通过 Modbus 读取 {cabinet.READINGS} 次，合为一批签名",
        cabinet.logged(day.gateway),
    )


def oversight(day: Poster) -> None:
    """A camera sees a cook without a hat; the regulator asks; the school mends."""
    day.post(
        "alert",
        cast.CAMERA_GATEWAY,
        "inspection-alert",
        {
            "canteen": cast.CANTEEN,
            "camera": cast.CAMERA,
            "alert_kind": "no-hat",
            "severity": "minor",
            "first_seen_at": day.at(time(10, 2)),
            "confirmed_at": day.at(time(10, 2)),
            "model_sha256": "5f" * 32,
            "manifest_sha256": "7a" * 32,
            "score_ppm": 912_000,
            "threshold_ppm": 800_000,
            "frames": 18,
            "box_px": [412, 96, 140, 150],
        },
        at=time(10, 3),
        blobs={"frame": pictures.weigh_in_photo(0, (90, 90, 96), seed=71)},
        said=("a camera raises an alert: no hat", "摄像头告警：未戴厨师帽"),
    )
    day.post(
        "work order",
        cast.REGULATOR,
        "work-order",
        {
            "accountable": day.people["inspector"],
            "work_order_no": "GD-1124-1",
            "responsible": cast.SCHOOL,
            "canteen": cast.CANTEEN,
            "task_kind": "hygiene",
            "severity": "minor",
            "due_at": day.at(time(18, 0)),
            "required_evidence": ["photo"],
            "reviewer_role": "regulator",
            "instruction_zh": "立即佩戴厨师帽，并对当班人员进行培训。",
        },
        at=time(10, 20),
        links=[Link("opens", id=day.receipts["alert"].id)],
        said=("the regulator opens a work order (电子工单)", "监管部门开具电子工单"),
    )
    day.post(
        "rectification",
        cast.SCHOOL,
        "rectification",
        {
            "accountable": day.people["head cook"],
            "work_order": "work-order:GD-1124-1",
            "measures": "已更换帽具，并完成当班培训。",
            "done_by": day.people["head cook"],
            "photo_taken_at": day.at(time(11, 0)),
            "photo_phash": "c3d1a8f0e4927b56",
        },
        at=time(11, 5),
        links=[Link("answers", id=day.receipts["work order"].id)],
        blobs={"photo": pictures.portrait_of_a_dish((120, 150, 180), seed=72)},
        said=("the school mends it, with a fresh photo (整改)", "学校整改并上传新照片"),
    )

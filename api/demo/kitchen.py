"""Morning checks, samples, an alert and its mending: the kitchen on the demo's day."""

from datetime import time

from api.demo import cast, made_up, pictures
from api.demo.goods import DISHES
from api.demo.posting import Poster
from devices.emulators.terminal import Reading
from devices.local.people import Member
from ledger import timestamp
from ledger.statement import Link


def before_and_at_work(day: Poster) -> None:
    """Checked before work, cooked, a sample of every dish kept."""
    if day.floor is not None:
        day.floor.cover()  # takes some seconds to be noticed
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
                "cabinet": cast.CABINETS[0],
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
    _cabinets(day)


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
    if day.floor is None:
        for number, (member, reading) in enumerate(zip(members, readings, strict=True), start=1):
            evidence = made_up.check(day, member, reading)
            day.say(f"check {number}", cast.GATEWAY, evidence, said[number - 1])
        return
    receipts = day.floor.checked(members, day.on, readings)
    for number, receipt in enumerate(receipts, start=1):
        en, zh = said[number - 1]
        day.arrived(
            f"check {number}",
            receipt,
            (f"{en}, from the terminal by HTTP", f"{zh}，由晨检仪通过 HTTP 上报"),
        )


def _cabinets(day: Poster) -> None:
    """Temperatures of the sample cabinets."""
    if day.floor is None:
        return
    ways = ("Modbus TCP", "Modbus RTU")
    for number, (record, way) in enumerate(
        zip(day.floor.temperatures(), ways, strict=True), start=1
    ):
        readings = len(record["payload"]["mC_readings"])
        day.arrived(
            f"temperatures {number}",
            day.floor.gateway.receipt(record["id"]),
            (
                f"sample cabinet {number}: {readings} temperatures over {way}, one signed batch",
                f"留样柜 {number}：通过 {way} 读取 {readings} 次温度，合为一批签名",
            ),
        )


def oversight(day: Poster) -> None:
    """A camera is covered, and its gateway says so; the regulator asks; the school mends."""
    said = ("a camera raises an alert: its lens is covered", "摄像头告警：镜头被遮挡")
    if day.floor is None:
        day.say("alert", cast.GATEWAY, made_up.alert(day), said)
    else:
        record = day.floor.alert()
        en, zh = said
        day.arrived(
            "alert",
            day.floor.gateway.receipt(record["id"]),
            (f"{en}; with the frame and the film before it", f"{zh}；附画面截图和事发前录像"),
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
            "task_kind": "repair",
            "severity": "minor",
            "due_at": day.at(time(18, 0)),
            "required_evidence": ["photo"],
            "reviewer_role": "regulator",
            "instruction_zh": "请恢复摄像头的正常画面，整改后上传现场照片。",
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
            "measures": "已取下遮挡物，画面恢复正常。",
            "done_by": day.people["head cook"],
            "photo_taken_at": day.at(time(11, 0)),
            "photo_phash": "c3d1a8f0e4927b56",
        },
        at=time(11, 5),
        links=[Link("answers", id=day.receipts["work order"].id)],
        blobs={"photo": pictures.portrait_of_a_dish((120, 150, 180), seed=72)},
        said=("the school mends it, with a fresh photo (整改)", "学校整改并上传新照片"),
    )

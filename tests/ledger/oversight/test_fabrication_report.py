"""What becomes of a suspicion: its row, its ruling, its records taken back; and when none is found."""

from dataclasses import replace
from typing import Any

import pytest
from components.kitchen_records import CABINET, CANTEEN, GATEWAY, SCHOOL, Kitchen, at, blob, cast
from components.process import ROOT
from components.told_log import ADMIN, ENGINE, LEDGER, ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.oversight import policies
from ledger.oversight.engine import Engine
from ledger.oversight.fabrication.family import DETECTORS, Fabrication
from ledger.oversight.seen import Seen

OPERATOR = ENGINE


def reused(kitchen: Kitchen) -> tuple[Seen, Seen]:
    """Two weigh-ins with one photo, which is found."""
    photos = [blob("photo", "one")]
    first = kitchen.weigh(1, "06:08", 11_520, photos=photos)
    again = kitchen.weigh(2, "06:08", 9_345, photos=photos)
    assert kitchen.rules() == ["photo-in-two-records"]
    return first, again


def dispute(kitchen: Kitchen, about: str, day: int = 3) -> Seen:
    target = next(seen for seen in kitchen.told.records if seen.id == about)
    return kitchen.other(
        "dispute", day, "09:00", issuer=SCHOOL, disputed_by=SCHOOL, dispute_no=f"YY-{day}",
        record=about, responsible=OPERATOR, fields_disputed=["score_ppm"], remedy="withdraw",
        links=[{"rel": "disputes", "id": about, "sha256": target.leaf_hash.hex()}],
    )  # fmt: skip


def rule(kitchen: Kitchen, on: Seen, decision: str, **more: Any) -> Seen:
    fields = {
        "dispute": on.id,
        "disputed_by": SCHOOL,
        "responsible": OPERATOR,
        "heard": [SCHOOL, OPERATOR],
        "decision": decision,
        "remedies": [] if decision == "rejected" else ["withdraw"],
        "links": [{"rel": "rules-on", "id": on.id, "sha256": on.leaf_hash.hex()}],
        "decided_at": at(4, "08:00"),
        **more,
    }
    return kitchen.other("ruling", 4, "09:00", **fields)


def status(kitchen: Kitchen) -> str:
    (row,) = kitchen.rows()
    return row.status


def test_a_suspicion_cites_its_records_and_stands_as_an_open_row() -> None:
    kitchen = Kitchen()
    first, again = reused(kitchen)

    (finding,) = kitchen.told.found
    assert [link["id"] for link in finding.request["links"]] == [first.id, again.id]
    (row,) = kitchen.rows()
    assert (row.family, row.name, row.scope) == ("suspicions", finding.id, SCHOOL)
    assert (row.day, row.kind, row.status) == ("2026-09-01", "photo-reused", "open")
    assert row.detail is not None
    assert row.detail["observations"] == [
        [first.index, first.id, "blobs"],
        [again.index, again.id, "blobs"],
    ]
    assert row.detail["canteen"] == CANTEEN
    assert row.detail["score_ppm"] >= row.detail["threshold_ppm"]


@pytest.mark.parametrize(
    ("decision", "then"), [("upheld", "false"), ("rejected", "open"), ("partly-upheld", "open")]
)
def test_another_party_marks_it_false_by_upholding_a_dispute(decision: str, then: str) -> None:
    kitchen = Kitchen()
    reused(kitchen)
    rule(kitchen, dispute(kitchen, kitchen.told.found[0].id), decision)

    assert status(kitchen) == then


def test_a_dispute_alone_changes_nothing() -> None:
    kitchen = Kitchen()
    reused(kitchen)
    dispute(kitchen, kitchen.told.found[0].id)

    assert status(kitchen) == "open"


def test_the_latest_ruling_that_stands_decides() -> None:
    kitchen = Kitchen()
    reused(kitchen)
    disputed = dispute(kitchen, kitchen.told.found[0].id)
    first = rule(kitchen, disputed, "upheld")
    superseding = [
        {"rel": "rules-on", "id": disputed.id, "sha256": disputed.leaf_hash.hex()},
        {"rel": "supersedes", "id": first.id},
    ]
    second = rule(kitchen, disputed, "rejected", ruling_no="CJ-2", links=superseding)
    assert status(kitchen) == "open"
    kitchen.correct(second)
    assert status(kitchen) == "false"
    kitchen.correct(first)
    assert status(kitchen) == "open"


def test_a_ruling_on_a_dispute_taken_back_counts_no_more() -> None:
    kitchen = Kitchen()
    reused(kitchen)
    disputed = dispute(kitchen, kitchen.told.found[0].id)
    rule(kitchen, disputed, "upheld")
    kitchen.correct(disputed)

    assert status(kitchen) == "open"


def test_what_was_ruled_false_is_not_found_again_of_the_same_records() -> None:
    kitchen = Kitchen(again_days=0)
    first, again = reused(kitchen)
    rule(kitchen, dispute(kitchen, kitchen.told.found[0].id), "upheld")
    kitchen.until(60)

    assert kitchen.rules() == ["photo-in-two-records"]
    third = kitchen.weigh(60, "06:08", 7_385, photos=[blob("photo", "one")])
    pairs = [{one["record"] for one in found["observations"]} for found in kitchen.found()]
    assert pairs == [{first.id, again.id}, {first.id, third.id}]


def test_disputes_about_other_records_leave_no_trace() -> None:
    kitchen = Kitchen()
    weighed = kitchen.weigh(1, "06:08", 11_520)
    disputed = kitchen.other(
        "dispute", 3, "09:00", record=weighed.id,
        links=[{"rel": "disputes", "id": weighed.id, "sha256": weighed.leaf_hash.hex()}],
    )  # fmt: skip
    rule(kitchen, disputed, "upheld", disputed_by=cast.SUPPLIER, heard=[cast.SUPPLIER, OPERATOR])

    assert not [key for key in kitchen.told.state if "dispute" in key]


def test_a_suspicion_whose_record_is_corrected_or_erased_is_withdrawn() -> None:
    for undo in ("correct", "erase"):
        kitchen = Kitchen()
        first, _ = reused(kitchen)
        if undo == "correct":
            kitchen.correct(first)
        else:
            kitchen.told.erase(first)
        (row,) = kitchen.rows()
        assert row.status == "withdrawn"
        assert row.detail is not None
        assert row.detail["gone"] == [first.id]


def test_an_erased_field_that_is_read_takes_a_record_back_and_another_does_not() -> None:
    kitchen = Kitchen()
    photos = [blob("face", "one")]
    first = kitchen.check(1, "05:40", cast.COOK, 36_400, photos=photos)
    kitchen.check(2, "05:40", cast.COOK, 36_500, photos=photos)
    assert status(kitchen) == "open"
    kitchen.told.erase(first, "symptoms")
    assert status(kitchen) == "open"
    kitchen.told.erase(first, "forehead_mC")
    assert status(kitchen) == "withdrawn"


def test_nothing_is_found_and_no_row_shown_before_a_policy_stands_in_the_log() -> None:
    kitchen = Kitchen()
    told = kitchen.told
    told.records.clear()
    told.state.clear()
    told.engine = Engine(
        [Fabrication()],
        ledger=LEDGER.hex(),
        zone="Asia/Shanghai",
        read=lambda keys: {key: told.state[key] for key in keys if key in told.state},
        lookup=told.engine.lookup,
    )
    photos = [blob("photo", "one")]
    kitchen.weigh(1, "06:08", 11_520, photos=photos)
    kitchen.weigh(2, "06:08", 9_345, photos=photos)
    assert (kitchen.kinds(), kitchen.rows()) == ([], [])

    policy = {"name": "fabrication", "version": 1, "rules": {}}
    kitchen.told.post("policy", policy, issuer=ADMIN, at=at(3, "06:00"))
    kitchen.weigh(3, "06:08", 7_385, photos=photos)
    assert kitchen.kinds() == ["photo-reused"]


def test_a_later_policy_is_in_force_from_its_entry_on() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 9_520, photo_taken_at=at(1, "05:50"))
    policy = {"name": "fabrication", "version": 2, "rules": {"photo_apart_s": 600}}
    kitchen.told.post("policy", policy, issuer=ADMIN)
    kitchen.weigh(2, "06:08", 8_365, photo_taken_at=at(2, "05:50"))

    (found,) = kitchen.found()
    assert (found["policy_version"], found["ext"]["measured"]["apart_s"]) == (2, 1080)


def test_the_same_log_gives_the_same_findings_however_it_is_cut() -> None:
    kitchen = Kitchen()
    reused(kitchen)
    for number in range(4):
        kitchen.by_hand(3, f"06:{10 + number}", 7_340 + 110 * number)
    kitchen.series(4, "00:05", [4_000] * 144)
    kitchen.until(6)
    records = [seen for seen in kitchen.told.records if seen.type != "suspicion"]

    def told(stretch: int) -> tuple[list[Any], Any]:
        log = ToldLog(Fabrication())
        engine, found = log.engine, list[Any]()
        for index, seen in enumerate(records[1:], start=1):
            engine.prefetch([seen])
            log.records.append(replace(seen, index=index))
            engine.step(log.records[-1])
            if index % stretch == 0:
                changes = engine.take_changes()
                found += changes.findings
                log.state |= changes.state
                log.rows |= changes.rows
                engine.forget_cache()
        engine.advance(at(6, "00:00"))
        changes = engine.take_changes()
        return found + changes.findings, log.rows | changes.rows

    assert told(1) == told(3) == told(1000)
    assert len(told(1)[0]) == 3


def test_every_member_of_the_policy_is_one_detectors_own_and_explained() -> None:
    family = Fabrication()

    assert sum(len(detector.defaults) for detector in DETECTORS) == len(family.defaults)
    assert list(policies.check(family.defaults, family.defaults)) == []
    for page in ("fabrication.md", "fabrication.zh-CN.md"):
        text = (ROOT / "docs" / "oversight" / page).read_text()
        assert [name for name in family.defaults if f"`{name}`" not in text] == []


LARGEST = 2**53 - 1
FAR = ("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2026-09-02T00:00:00.000Z")
EXTREMES = (
    ("weigh-in", {"gross_g": LARGEST, "tare_g": 0, "net_g": LARGEST, "counter": LARGEST}, ()),
    ("weigh-in", {"gross_g": -LARGEST, "tare_g": -1, "net_g": 1 - LARGEST, "counter": 0}, ()),
    ("weigh-in", {"photo_phash": "no hash at all", "counter": 1}, ("photo_taken_at",)),
    ("weigh-in", {"photo_phash": "ffff", "clock_offset_ms": -LARGEST, "counter": 2}, ()),
    ("morning-check", {"forehead_mC": LARGEST}, ("checked_at",)),
    ("morning-check", {"forehead_mC": -LARGEST}, ("checked_at",)),
    ("temperature-log", {"mC_readings": [LARGEST, -LARGEST, None, *[LARGEST, 0] * 60]}, ()),
    (
        "cooking-step",
        {"core_temperature_mC": -LARGEST, "dish_code": "带 空格", "probe": CABINET},
        (),
    ),
    ("sample-retained", {"dish_code": "带 空格 的 菜"}, ()),
    ("temperature-alarm", {"limit_mC": LARGEST - 1, "extreme_mC": LARGEST}, ("limit_set_at",)),
    ("device-status", {}, ("observed_at",)),
    ("outage", {}, ()),
    ("dispatch", {}, ()),
    ("rectification", {}, ("photo_taken_at",)),
)


@pytest.mark.parametrize("far", FAR)
def test_what_no_kitchen_has_is_stored_all_the_same_and_stops_nothing(far: str) -> None:
    kitchen = Kitchen()
    for kind, fields, moments in EXTREMES * 30:
        example = TYPES[kind].example
        payload = {**example["payload"], **fields, **dict.fromkeys(moments, far)}
        if kind == "temperature-log":
            count = len(payload["mC_readings"])
            payload |= {
                "interval_s": 60,
                "counter_until": payload["counter_from"] + count - 1,
                "first_read_at": "2026-11-23T00:00:00.000Z",
                "last_read_at": f"2026-11-23T{(count - 1) // 60:02}:{(count - 1) % 60:02}:00.000Z",
            }
        if kind == "weigh-in" and payload["counter"] == 4_711:
            payload["lot_no"] = "带 空格"
        issuer = GATEWAY if kind == "cooking-step" else example["issuer"]
        kitchen.post(kind, payload, far, issuer=issuer, logged=kitchen.told.now)
    kitchen.until(120)

    assert "clock-skewed" in kitchen.kinds()

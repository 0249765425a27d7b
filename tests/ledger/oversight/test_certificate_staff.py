"""健康证: who stands on a roster or is checked before work without a certificate is found once."""

from collections.abc import Mapping
from typing import Any

import pytest
from components.told_log import ToldLog

from ledger.evidence.catalogue import TYPES
from ledger.oversight.certificates import Certificates
from ledger.oversight.seen import Seen, inputs_root

HEALTH = TYPES["health-certificate"].example
ROSTER = TYPES["shift-roster"].example
CHECK = TYPES["morning-check"].example
STAFF = TYPES["staff-registration"].example
COOK = HEALTH["payload"]["staff"]
HAND = ROSTER["payload"]["people"][1]["staff"]
LABOUR = HEALTH["issuer"]
SCHOOL = "school:2105020001"
CANTEEN = CHECK["payload"]["canteen"]


def log(rules: Mapping[str, Any] | None = None) -> ToldLog:
    return ToldLog(Certificates(), policies={"certificates": rules or {}})


def health(told: ToldLog, staff: str = COOK, at: str | None = None, **changes: Any) -> Seen:
    number = f"JK-{len(told.records)}"
    return told.example(HEALTH, at=at, staff=staff, certificate_no=number, **changes)


def roster(told: ToldLog, day: str, *people: str, at: str | None = None, **changes: Any) -> Seen:
    values = {
        "shift_on": day,
        "roster_no": f"PB-{len(told.records)}",
        "starts_at": f"{day}T06:00:00+08:00",
        "ends_at": f"{day}T14:00:00+08:00",
        "people": [{"staff": name, "duty": "cook"} for name in people or (COOK,)],
    }
    return told.example(ROSTER, at=at, **{**values, **changes})


def check(told: ToldLog, at: str, staff: str = COOK, **changes: Any) -> Seen:
    return told.example(CHECK, at=at, **{"staff": staff, "checked_at": at, **changes})


def found(told: ToldLog) -> list[Mapping[str, Any]]:
    return told.of("suspicion")


def test_a_cook_with_a_certificate_works_and_nothing_is_found() -> None:
    told = log()
    health(told)
    roster(told, "2026-10-13", at="2026-10-10T00:00:00.000Z")
    check(told, "2026-10-12T21:40:00.000Z")
    told.until("2026-10-14T00:00:00.000Z")

    assert found(told) == []
    assert [key for key in told.state if "shift" in key] == []


@pytest.mark.parametrize(("day", "number"), [("2026-10-13", 0), ("2026-10-14", 1)])
def test_a_check_the_day_after_a_certificate_has_lapsed_is_found(day: str, number: int) -> None:
    told = log()
    paper = health(told, valid_until="2026-10-13")
    checked = check(told, f"{day}T00:40:00.000Z")
    told.until("2026-10-15T00:00:00.000Z")

    assert len(found(told)) == number
    for suspicion in found(told):
        assert suspicion["suspicion_kind"] == "health-certificate-lapsed"
        assert (suspicion["responsible"], suspicion["canteen"]) == (LABOUR, CANTEEN)
        assert suspicion["observations"] == [
            {"record": checked.id, "field": "staff"},
            {"record": paper.id, "field": "valid_until"},
        ]
        inputs = inputs_root([paper.ref, checked.ref])
        assert (suspicion["inputs"], suspicion["inputs_root"]) == inputs


def test_a_certificate_does_not_cover_the_days_before_it_was_issued() -> None:
    told = log()
    told.until("2026-10-12T21:40:00.000Z")
    check(told, "2026-10-12T21:40:00.000Z")
    health(told, examined_on="2026-10-12", issued_on="2026-10-14", valid_until="2027-10-13")
    told.until("2026-10-15T00:00:00.000Z")

    assert [s["suspicion_kind"] for s in found(told)] == ["health-certificate-missing"]
    assert [s["responsible"] for s in found(told)] == [LABOUR]


def test_a_substitutes_certificate_may_come_in_the_course_of_the_day() -> None:
    told = log()
    check(told, "2026-10-12T21:40:00.000Z")
    roster(told, "2026-10-13", at="2026-10-13T00:00:00.000Z")
    health(told, at="2026-10-13T09:00:00.000Z")
    told.until("2026-10-15T00:00:00.000Z")

    assert found(told) == []
    assert [key for key in told.state if "shift" in key] == []


def test_a_roster_made_ahead_is_judged_when_the_shift_has_begun() -> None:
    told = log()
    health(told, valid_until="2026-10-10")
    roster(told, "2026-10-13", at="2026-10-09T00:00:00.000Z")
    told.until("2026-10-12T00:00:00.000Z")
    assert found(told) == []

    health(told, examined_on="2026-10-09", issued_on="2026-10-11", valid_until="2027-10-10")
    told.until("2026-10-15T00:00:00.000Z")

    assert found(told) == []


def test_a_gap_is_found_once_however_long_it_lasts() -> None:
    told = log()
    paper = health(told, valid_until="2026-10-12")
    for day in range(13, 17):
        roster(told, f"2026-10-{day}", at=f"2026-10-{day - 1}T12:00:00.000Z")
        check(told, f"2026-10-{day - 1}T21:40:00.000Z")
    told.until("2026-10-20T00:00:00.000Z")

    assert len(found(told)) == 1
    row = told.rows["certificates", f"health-certificate-lapsed {COOK} {paper.id}"]
    assert (row.scope, row.day, row.status) == (SCHOOL, "2026-10-13", "found")
    assert row.detail is not None
    assert row.detail["last_on"] == "2026-10-16"
    assert row.detail["finding"] == next(
        one.id for one in told.found if one.request["type"] == "suspicion"
    )


def test_once_a_later_certificate_has_lapsed_the_gap_is_another() -> None:
    told = log()
    health(told, valid_until="2026-10-12")
    check(told, "2026-10-12T21:40:00.000Z")
    told.until("2026-10-14T00:00:00.000Z")
    health(told, examined_on="2026-10-13", issued_on="2026-10-14", valid_until="2026-10-31")
    check(told, "2026-10-30T21:40:00.000Z")
    check(told, "2026-10-31T21:40:00.000Z")
    check(told, "2026-11-01T21:40:00.000Z")
    told.until("2026-11-05T00:00:00.000Z")

    assert [s["first_at"] for s in found(told)] == [
        "2026-10-12T21:40:00.000Z",
        "2026-10-31T21:40:00.000Z",
    ]


def test_two_people_of_one_roster_who_never_had_a_certificate_stand_in_one_finding() -> None:
    told = log()
    shift = roster(told, "2026-10-13", COOK, HAND, at="2026-10-12T12:00:00.000Z")
    told.until("2026-10-15T00:00:00.000Z")

    (suspicion,) = found(told)
    assert suspicion["suspicion_kind"] == "health-certificate-missing"
    assert suspicion["observations"] == [{"record": shift.id, "field": "people/0,1"}]
    assert {row.kind for row in told.rows.values()} == {"health-certificate-missing"}
    assert len(told.rows) == 2


def test_a_certificate_posted_too_late_puts_the_row_right_and_takes_nothing_back() -> None:
    told = log()
    check(told, "2026-10-12T21:40:00.000Z")
    told.until("2026-10-14T00:00:00.000Z")
    name = ("certificates", f"health-certificate-missing {COOK} ")
    assert told.rows[name].status == "found"

    paper = health(told)
    assert told.rows[name].status == "covered"
    told.correct(paper)
    assert told.rows[name].status == "found"
    assert len(found(told)) == 1


def test_a_check_does_not_say_whose_staff_it_is_of_and_the_registration_does() -> None:
    told = log()
    check(told, "2026-10-12T21:40:00.000Z")
    check(told, "2026-10-12T21:41:00.000Z", HAND)
    told.example(STAFF, staff=HAND)
    told.until("2026-10-14T00:00:00.000Z")

    assert [s["responsible"] for s in found(told)] == [SCHOOL, LABOUR]


@pytest.mark.parametrize("corrected_at", ["2026-10-13T01:00:00.000Z", "2026-10-15T00:00:00.000Z"])
@pytest.mark.parametrize("first", ["old", "new"])
def test_a_roster_that_is_superseded_before_the_shift_finds_nothing(
    first: str, corrected_at: str
) -> None:
    told = log()
    health(told, HAND)
    old, new = "01a206fd-6778-7a62-a7b8-0000000000f1", "01a206fd-6778-7a62-a7b8-0000000000f2"
    told.until("2026-10-12T00:00:00.000Z")
    payload = {
        **ROSTER["payload"],
        "shift_on": "2026-10-13",
        "starts_at": "2026-10-13T06:00:00+08:00",
        "ends_at": "2026-10-13T14:00:00+08:00",
    }
    for which in ("old", "new") if first == "old" else ("new", "old"):
        staff = COOK if which == "old" else HAND
        told.post(
            "shift-roster",
            {**payload, "people": [{"staff": staff, "duty": "cook"}], "roster_no": which},
            issuer=LABOUR,
            record_id=old if which == "old" else new,
            links=[{"rel": "supersedes", "id": old}] if which == "new" else (),
        )
    superseding = next(seen for seen in told.records if seen.id == new)
    told.until(corrected_at)
    assert found(told) == []

    told.correct(superseding)
    told.until("2026-10-16T00:00:00.000Z")

    assert [s["observations"][0]["record"] for s in found(told)] == [old]


def test_a_superseding_roster_leaves_nothing_behind() -> None:
    told = log()
    old = roster(told, "2026-10-13", at="2026-10-12T00:00:00.000Z")
    payload = {name: value for name, value in old.fields.items() if name != "blobs"}
    payload |= {"people": [{"staff": HAND, "duty": "cook"}], "roster_no": "PB-2"}
    link = {"rel": "supersedes", "id": old.id}
    told.post("shift-roster", payload, issuer=LABOUR, links=[link])
    told.until("2028-01-01T00:00:00.000Z")

    assert len(found(told)) == 1
    assert list(told.state) == ["policy certificates"]


def test_a_roster_or_check_that_was_corrected_was_none() -> None:
    for wait in (False, True):
        told = log()
        shift = roster(told, "2026-10-13", at="2026-10-12T12:00:00.000Z")
        if wait:
            told.until("2026-10-14T00:00:00.000Z")
            assert len(told.rows) == 1
        told.correct(shift)
        told.until("2026-10-15T00:00:00.000Z")

        assert len(found(told)) == int(wait)
        assert told.rows == {}
        assert list(told.state) == ["policy certificates"]


def test_what_else_shows_a_gap_is_found_when_the_first_was_corrected() -> None:
    told = log()
    first = check(told, "2026-10-12T21:40:00.000Z")
    told.until("2026-10-14T00:00:00.000Z")
    second = check(told, "2026-10-14T21:40:00.000Z")
    told.until("2026-10-16T00:00:00.000Z")
    assert len(found(told)) == 1

    told.correct(first)
    told.until("2026-10-18T00:00:00.000Z")

    assert [s["observations"][0]["record"] for s in found(told)] == [first.id, second.id]


def test_a_corrected_later_shift_leaves_the_gap_as_it_was_found() -> None:
    told = log()
    first = check(told, "2026-10-12T21:40:00.000Z")
    told.until("2026-10-14T00:00:00.000Z")
    second = check(told, "2026-10-14T21:40:00.000Z")
    told.correct(second)
    told.until("2026-10-16T00:00:00.000Z")
    told.correct(first)
    told.until("2026-10-18T00:00:00.000Z")

    assert len(found(told)) == 1
    assert told.rows == {}


def test_a_corrected_certificate_covers_nothing_from_then_on() -> None:
    told = log()
    paper = health(told)
    check(told, "2026-10-12T21:40:00.000Z")
    told.until("2026-10-13T00:00:00.000Z")
    told.correct(paper)
    check(told, "2026-10-13T21:40:00.000Z")
    told.until("2026-10-15T00:00:00.000Z")

    assert [s["first_at"] for s in found(told)] == ["2026-10-13T21:40:00.000Z"]


def test_an_erased_certificate_covers_nothing_and_erased_personal_fields_change_nothing() -> None:
    told = log()
    told.erase(health(told), "certificate_no", "examined_on", "issuing_authority")
    check(told, "2026-10-12T21:40:00.000Z")
    told.until("2026-10-14T00:00:00.000Z")
    assert found(told) == []

    told.erase(told.records[1])
    check(told, "2026-10-14T21:40:00.000Z")
    told.until("2026-10-16T00:00:00.000Z")

    assert [s["suspicion_kind"] for s in found(told)] == ["health-certificate-missing"]


def test_a_checkers_clock_that_was_reset_is_not_held_against_the_cook() -> None:
    told = log()
    health(told)
    check(told, "2026-10-12T21:40:00.000Z", checked_at="2000-01-01T00:00:00.000Z")
    told.until("2026-10-14T00:00:00.000Z")

    assert found(told) == []


def test_a_gap_is_forgotten_half_a_year_after_it_was_last_seen() -> None:
    told = log()
    for at in ("2026-10-12T21:40:00.000Z", "2027-02-12T21:40:00.000Z"):
        check(told, at)
    told.until("2027-06-01T00:00:00.000Z")
    assert f"certificates of {COOK}" in told.state
    told.until("2027-09-01T00:00:00.000Z")

    assert len(found(told)) == 1
    assert list(told.state) == ["policy certificates"]
    assert told.engine.next_timer is None


def test_registered_staff_who_left_are_forgotten() -> None:
    told = log()
    told.example(STAFF, works_until="2027-07-10")
    health(told, valid_until="2027-06-30")
    told.until("2028-03-01T00:00:00.000Z")

    assert list(told.state) == ["policy certificates"]

"""Receiving: weigh-ins from a scale and by hand, acceptances and rejections."""

import copy
from typing import Any

from ledger.evidence.examples.receiving import BY_HAND
from ledger.evidence.receiving import READING


def by_hand(request: dict[str, Any]) -> dict[str, Any]:
    """The weigh-in as somebody types it in."""
    made = copy.deepcopy(request)
    made["issuer"] = BY_HAND["/issuer"]
    made["payload"] = {
        name: value for name, value in made["payload"].items() if name not in READING
    } | {"entry_mode": "manual", "accountable": BY_HAND["/payload/accountable"]}
    return made


def test_a_reading_is_posted_by_a_device_under_its_counter(example: Any, prepare: Any) -> None:
    made = prepare(example("weigh-in"))

    assert made.posters == {"device"}
    assert made.devices == ("device:bx-0001-scale-1",)
    assert made.bound_party == "school:2105020001"
    assert made.document_key == 'weigh-in{"counter":4711,"scale":"device:bx-0001-scale-1"}'


def test_an_entry_by_hand_is_posted_by_who_accepts_and_has_no_document_key(
    example: Any, prepare: Any
) -> None:
    made = prepare(by_hand(example("weigh-in")))

    assert made.posters == {"school-acceptance"}
    assert made.document_key is None
    assert made.devices == ()


def test_a_reading_lacks_nothing_of_what_its_scale_says(example: Any, faults: Any) -> None:
    for name in READING:
        assert faults(example("weigh-in", **{name: ...})) == {(f"/payload/{name}", "missing")}


def test_an_entry_by_hand_claims_nothing_of_a_scale(example: Any, faults: Any) -> None:
    whole = example("weigh-in")
    for name in READING:
        request = by_hand(whole)
        request["payload"][name] = whole["payload"][name]

        assert faults(request) == {(f"/payload/{name}", "not-a-reading")}


def test_what_a_clock_or_a_display_does_not_tell_is_null(example: Any, faults: Any) -> None:
    assert not faults(example("weigh-in", clock_offset_ms=None, display_ocr_g=None))
    assert faults(example("weigh-in", counter=None)) == {("/payload/counter", "null")}


def test_a_fact_is_not_refused_for_what_it_says(example: Any, faults: Any) -> None:
    assert not faults(example("weigh-in", gross_g=400, tare_g=480, net_g=-80))
    assert not faults(example("weigh-in", photo_taken_at="1970-01-01T00:00:00Z"))


def test_a_weigh_in_without_its_supplier_is_about_no_lot(example: Any, prepare: Any) -> None:
    made = prepare(example("weigh-in", supplier=...))

    assert made.statement.subjects == (
        "canteen:2105020001~01",
        "device:bx-0001-scale-1",
        "order:2105020001~A-17",
        "school:2105020001",
    )


def test_two_people_accept_and_three_may(example: Any, faults: Any) -> None:
    request = example("acceptance")
    people = request["payload"]["acceptors"]
    third = {**people[0], "person": "person:h5nd3rka7wpt2ecm6vxqjybzoz"}

    request["payload"]["acceptors"] = [*people, third]
    assert not faults(request)
    request["payload"]["acceptors"] = [*people, people[0]]
    assert faults(request) == {("/payload/acceptors/2/person", "same-person")}


def test_times_inside_lists_come_to_utc(example: Any, prepare: Any) -> None:
    made = prepare(example("acceptance"))

    assert b'"confirmed_at":"2026-11-22T22:31:02.000Z"' in made.payload


def test_acceptance_and_rejection_are_about_their_lots(example: Any, prepare: Any) -> None:
    lot = "lot:91210500MA0UTC1A0P~pork-leg~P-1122"
    rejection = example("rejection")
    rejection["payload"]["lines"][0] |= {"item_code": "pork-leg", "lot_no": "P-1122"}

    assert lot in prepare(example("acceptance")).statement.subjects
    assert lot in prepare(rejection).statement.subjects


def test_an_order_s_tolerance_and_prices_are_no_part_of_receiving(
    example: Any, faults: Any
) -> None:
    assert faults(example("acceptance", line_prices=[])) == {
        ("/payload/line_prices", "unknown-field")
    }

"""Photos used twice: the same file, or one made from the other."""

from random import Random

import pytest
from components.kitchen_records import Kitchen, at, blob, cast, person

FACE = [blob("face", "a face"), blob("palm", "a palm"), blob("back", "a back")]
HASH = "c3d18f0e7a5b2964"


def changed(phash: str, *bits: int) -> str:
    """A hash with some of its 64 bits turned over."""
    value = int(phash, 16)
    for bit in bits:
        value ^= 1 << bit
    return f"{value:016x}"


def test_the_same_file_in_two_records_is_found_whatever_its_role() -> None:
    kitchen = Kitchen()
    first = kitchen.check(1, "05:40", cast.COOK, 36_400, photos=FACE)
    again = kitchen.weigh(9, "06:08", 11_520, photos=[blob("photo", "a face")])

    (found,) = kitchen.found()
    assert found["suspicion_kind"] == "photo-reused"
    assert [one["record"] for one in found["observations"]] == [first.id, again.id]
    assert found["ext"]["measured"]["first_role"] == "face"
    assert (found["first_at"], found["last_at"]) == (at(1, "05:40"), at(9, "06:08"))


def test_photos_of_their_own_are_silence() -> None:
    kitchen = Kitchen()
    for day in range(1, 20):
        kitchen.weigh(day, "06:08", 11_000 + 35 * day)
        kitchen.other("sample-retained", day, "11:30", meal_on=f"2026-09-{day:02}")

    assert kitchen.rules() == []


def test_one_photo_of_one_delivery_may_stand_in_its_weigh_in_and_its_acceptance() -> None:
    kitchen = Kitchen()
    photo = [blob("photo", "crates")]
    kitchen.weigh(1, "06:08", 11_520, order=cast.ORDER, photos=photo)
    acceptors = [
        {"person": person(n), "confirmed_at": at(1, "06:30"), "method": "face"} for n in range(2)
    ]
    kitchen.other(
        "acceptance", 1, "06:32", acceptors=acceptors, photos=photo, logged=at(1, "09:00")
    )
    assert kitchen.rules() == []

    kitchen.weigh(2, "06:08", 9_320, order="order:2105020001~A-18", photos=photo)
    assert kitchen.rules() == ["photo-in-two-records"]


def test_a_record_that_links_to_the_other_shows_the_same_moment() -> None:
    kitchen = Kitchen()
    photo = [blob("photo", "crates")]
    weighed = kitchen.weigh(1, "06:08", 11_520, photos=photo)
    acceptors = [
        {"person": person(n), "confirmed_at": at(1, "06:30"), "method": "face"} for n in range(2)
    ]
    links = [{"rel": "accepts", "id": weighed.id}]
    kitchen.other("acceptance", 1, "06:32", acceptors=acceptors, photos=photo, links=links)

    assert kitchen.rules() == []


def test_a_camera_may_see_two_things_in_one_frame_but_not_the_same_frame_an_hour_later() -> None:
    kitchen = Kitchen()
    frame = [blob("frame", "a frame")]
    for clock, kind in (("10:02", "no-hat"), ("10:03", "no-mask"), ("12:03", "no-mask")):
        seen_at = at(1, clock)
        kitchen.other(
            "inspection-alert", 1, clock, alert_kind=kind, photos=frame,
            first_seen_at=seen_at, confirmed_at=seen_at,
        )  # fmt: skip
        if clock != "12:03":
            assert kitchen.rules() == []

    assert kitchen.rules() == ["photo-in-two-records"]


def test_papers_may_be_named_by_many_records() -> None:
    kitchen = Kitchen()
    scan = blob("scan", "a check list") | {"media_type": "application/pdf"}
    for day in (1, 2):
        kitchen.other("lot-document", day, "09:00", photos=[scan], document_no=f"J-{day}")

    assert kitchen.rules() == []


def test_one_file_for_face_and_palm_is_found_in_one_record() -> None:
    kitchen = Kitchen()
    kitchen.check(1, "05:40", cast.COOK, 36_400, photos=[blob("face", "x"), blob("palm", "x")])

    assert kitchen.rules() == ["photo-in-two-roles"]
    assert kitchen.found()[0]["inputs"] == 1


def test_the_same_file_day_after_day_is_one_episode() -> None:
    kitchen = Kitchen(again_days=30)
    for day in range(1, 50):
        kitchen.check(day, "05:40", cast.COOK, 36_400, photos=[blob("face", "a face")])

    found = [one["last_at"] for one in kitchen.found() if one["suspicion_kind"] == "photo-reused"]
    assert found == [at(2, "05:40"), at(32, "05:40")]


def test_a_corrected_record_and_the_one_in_its_place_share_a_photo() -> None:
    kitchen = Kitchen()
    photo = [blob("photo", "crates")]
    wrong = kitchen.weigh(1, "06:08", 11_520, photos=photo)
    replaced = [{"rel": "replaces", "id": wrong.id, "sha256": wrong.leaf_hash.hex()}]
    kitchen.weigh(1, "06:09", 11_250, photos=photo, links=replaced)
    assert kitchen.rules() == []


def test_a_photo_of_a_record_taken_back_or_erased_is_new_again() -> None:
    kitchen = Kitchen()
    kitchen.correct(kitchen.weigh(1, "06:08", 11_520, photos=[blob("photo", "one")]))
    kitchen.weigh(2, "06:08", 9_340, photos=[blob("photo", "one")])
    kitchen.told.erase(kitchen.weigh(3, "06:08", 8_345, photos=[blob("photo", "two")]))
    kitchen.weigh(4, "06:08", 7_355, photos=[blob("photo", "two")])
    assert kitchen.rules() == []

    kitchen.weigh(5, "06:08", 6_355, photos=[blob("photo", "two")])
    assert kitchen.rules() == ["photo-in-two-records"]


@pytest.mark.parametrize(
    "bits", [(0,), (3, 63), (12, 25, 38), (0, 13, 26, 39), (5, 20, 35, 50), (60, 61, 62, 63)]
)
def test_a_photo_saved_anew_is_found_by_its_hash(bits: tuple[int, ...]) -> None:
    kitchen = Kitchen()
    first = kitchen.weigh(1, "06:08", 11_520, photo_phash=HASH)
    again = kitchen.weigh(9, "06:08", 9_345, photo_phash=changed(HASH, *bits))

    (found,) = kitchen.found()
    assert found["suspicion_kind"] == "photo-similar"
    assert [one["record"] for one in found["observations"]] == [first.id, again.id]
    assert found["ext"]["measured"] == {"bits": len(bits)}


def test_photos_five_bits_apart_are_two_photos() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 11_520, photo_phash=HASH)
    kitchen.weigh(9, "06:08", 9_345, photo_phash=changed(HASH, 1, 2, 3, 4, 5))

    assert kitchen.rules() == []


def test_crates_of_one_item_weighed_one_after_the_other_look_alike() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 11_520, photo_phash=HASH)
    kitchen.weigh(1, "06:11", 11_235, photo_phash=changed(HASH, 7))
    assert kitchen.rules() == []

    kitchen.weigh(1, "06:14", 10_050, "cabbage", photo_phash=changed(HASH, 9))
    assert kitchen.rules() == ["photo-similar"]


def test_alike_photos_a_month_and_more_apart_are_not_compared() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 11_520, photo_phash=HASH)
    kitchen.weigh(33, "06:08", 9_345, photo_phash=changed(HASH, 7))

    assert kitchen.rules() == []


def test_a_likeness_to_a_record_taken_back_is_none() -> None:
    kitchen = Kitchen()
    kitchen.correct(kitchen.weigh(1, "06:08", 11_520, photo_phash=HASH))
    kitchen.weigh(9, "06:08", 9_345, photo_phash=changed(HASH, 7))

    assert kitchen.rules() == []


def test_what_is_kept_to_compare_with_is_bounded() -> None:
    kitchen, random = Kitchen(), Random(1)
    for day in range(1, 100):
        for clock in ("06:08", "06:20", "06:40"):
            kitchen.weigh(
                day,
                clock,
                5 * random.randint(400, 6000),
                photo_phash=f"{random.getrandbits(64):016x}",
            )

    assert kitchen.kinds() == []
    kept = [key for key in kitchen.told.state if key.startswith("fabrication alike ")]
    assert len(kept) <= 10


def test_what_is_alike_is_found_beside_one_taken_back_days_later() -> None:
    kitchen = Kitchen(again_days=0)
    first = kitchen.weigh(1, "06:08", 11_520, photo_phash=HASH)
    for day in (6, 7, 12):
        kitchen.correct(kitchen.weigh(day, "06:08", 9_345, photo_phash=changed(HASH, 7)))
    again = kitchen.weigh(13, "06:08", 7_385, photo_phash=changed(HASH, 7, 9))

    found = kitchen.found()[-1]
    assert [one["record"] for one in found["observations"]] == [first.id, again.id]


def test_hashes_are_forgotten_once_nothing_is_compared_with_them() -> None:
    kitchen = Kitchen()
    kitchen.weigh(1, "06:08", 11_520, photo_phash=HASH)
    kitchen.weigh(20, "06:08", 9_345, photo_phash=changed(HASH, 7))
    kitchen.until(40)
    assert HASH not in str(kitchen.told.state)
    assert changed(HASH, 7) in str(kitchen.told.state)

    kitchen.until(60)
    assert not [key for key in kitchen.told.state if key.startswith("fabrication alike ")]


def test_of_each_photo_little_more_is_kept_than_whose_it_is() -> None:
    kitchen = Kitchen()
    checked = kitchen.check(1, "05:40", cast.COOK, 36_400, photos=FACE)
    weighed = kitchen.weigh(1, "06:08", 11_520, order=cast.ORDER, photos=[blob("photo", "crates")])

    kept = [value for key, value in kitchen.told.state.items() if " photo " in key]
    assert kept == [
        *(f"{one['role']} {checked.id}" for one in checked.fields["blobs"]),
        f"photo {weighed.id} weigh-in {cast.ORDER}",
    ]

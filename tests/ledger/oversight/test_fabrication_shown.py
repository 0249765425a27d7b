"""Files that were shown before: found again however many came since, at the cost of a few keys."""

import hashlib
from types import SimpleNamespace
from typing import Any

from ledger.oversight.fabrication import shown
from ledger.oversight.seen import Seen


class Kept:
    """State, and how many keys were asked for and put."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.asked = 0

    def get(self, key: str) -> Any:
        self.asked += 1
        return self.state.get(key)

    def put(self, key: str, value: Any) -> None:
        self.asked += 1
        self.state[key] = value
        if value is None:
            del self.state[key]


def digest_of(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:32]


def seen_at(index: int) -> Seen:
    at = "2026-09-01T00:00:00.000Z"
    return Seen(
        index, bytes(32), f"id{index}", "weigh-in", "device:a", "device:a", (), (), at, at, True, {}
    )


def fill(kept: Any, records: int, step: int = 1) -> list[int]:
    """Tell so many records of one photo each; the keys asked for at each."""
    asked = []
    for number in range(records):
        before, index = kept.asked, number * step
        count = shown.grown(index, kept)
        shown.keep(seen_at(index), "order:1 10", {digest_of(number): "photo"}, count, kept)
        asked.append(kept.asked - before)
    return asked


def test_a_file_is_found_again_whatever_came_since() -> None:
    kept = Kept()
    fill(kept, 3000)
    count = shown.grown(3000, kept)
    for number in range(3000):
        found = shown.first(digest_of(number), count, kept)
        assert found is not None
        assert found.ref == [number, bytes(32).hex(), f"id{number}"]
        assert (found.type, found.role, found.occasion) == ("weigh-in", "photo", "order:1 10")
    assert shown.first(digest_of(3001), count, kept) is None


def test_what_a_record_costs_does_not_grow_with_the_log() -> None:
    kept = Kept()
    asked = fill(kept, 8000)
    assert max(asked) <= 7
    buckets = [value for key, value in kept.state.items() if key.startswith("photo ")]
    assert len(buckets) > 400
    assert max(map(len, buckets)) < 64


def test_a_log_that_had_no_photos_for_long_opens_a_few_buckets_at_a_time() -> None:
    kept = Kept()
    fill(kept, 1)
    before = kept.asked
    assert shown.grown(1_000_000, kept) == 12
    assert kept.asked - before <= 14
    assert shown.first(digest_of(0), 12, kept) is not None


def test_keys_name_the_bucket_that_is_asked() -> None:
    kept = Kept()
    fill(kept, 500)
    for number in range(0, 500, 7):
        wanted = shown.keys(499, [digest_of(number)])
        half = SimpleNamespace(
            get=lambda key, only=wanted: kept.state.get(key) if key in only else None
        )
        assert shown.first(digest_of(number), shown.grown(499, kept), half) is not None  # type: ignore[arg-type]


def test_a_file_is_forgotten_by_the_record_that_showed_it_and_by_no_other() -> None:
    kept = Kept()
    fill(kept, 100)
    shown.forget(digest_of(5), 6, kept)
    count = shown.grown(100, kept)
    assert shown.first(digest_of(5), count, kept) is not None
    shown.forget(digest_of(5), 5, kept)
    assert shown.first(digest_of(5), count, kept) is None

"""What `keep` promises, without any service."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from components.kitchen_floor import GATEWAY, weigh_in_payload
from paper_log import PARTY, PaperLog
from sample import evidence

from devices.client import Blob, Evidence, Outgoing, ProblemError, Receipt, SigningKey, stable_id
from devices.client.batch import LineResult
from devices.outbox import DiskError, Limits, Outbox, Pace, Queue
from devices.outbox import verdicts as verdicts_of
from devices.outbox.held import Waiting
from devices.outbox.pace import Throttle
from ledger.errors import ConflictError, NotFoundError, RefusedError, UnavailableError
from ledger.statement import Link

SCAN = b"\xff\xd8\xff\xe0 a scan"
KEY = SigningKey.generate()
SCALE = "device:s0001-scale-1"


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = open_outbox(tmp_path)
    yield box
    box.close()


def open_outbox(folder: Path, limits: Limits | None = None) -> Outbox:
    policy = PaperLog().policy.encode()
    return Outbox(folder / "outbox", party=PARTY, policy=policy, key=KEY, limits=limits)


def with_scan(data: bytes = SCAN) -> Evidence:
    return evidence(blobs={"scan": (data, "image/jpeg")})


def test_what_is_kept_is_signed_and_there_after_the_next_start(
    outbox: Outbox, tmp_path: Path
) -> None:
    record = outbox.keep(with_scan(), lane="desk")
    outbox.close()
    again = Queue(tmp_path / "outbox")
    (waiting,) = again.waiting(10, 1 << 20)
    request = Outgoing.restore(waiting.body).request()

    assert waiting.id == record
    assert str(request["signature"]).count(".") == 2
    assert again.content(waiting.files[0]) == SCAN
    assert again.state().waiting == 1


def test_the_next_start_needs_no_policy_but_the_first_does(outbox: Outbox, tmp_path: Path) -> None:
    outbox.close()
    again = Outbox(tmp_path / "outbox", party=PARTY, key=KEY)

    assert again.keep(evidence())
    with pytest.raises(NotFoundError):
        Outbox(tmp_path / "other", party=PARTY, key=KEY)


def test_another_logs_policy_is_refused(outbox: Outbox, tmp_path: Path) -> None:
    outbox.close()
    other = PaperLog().policy.replace("# genesis ", "# genesis 00")[:-1]
    lines = [line[:74] if line.startswith("# genesis") else line for line in other.splitlines()]
    with pytest.raises(ConflictError):
        Outbox(tmp_path / "outbox", party=PARTY, policy=("\n".join(lines) + "\n").encode(), key=KEY)


def test_what_the_service_could_never_take_is_refused_and_not_kept(outbox: Outbox) -> None:
    with pytest.raises(RefusedError) as caught:
        outbox.keep(evidence(payload={"holder": PARTY}))

    assert len(caught.value.faults) > 3
    assert outbox.state().waiting == 0


def test_a_file_that_two_records_name_is_kept_once(outbox: Outbox) -> None:
    outbox.keep(with_scan())
    outbox.keep(with_scan())
    first, second = outbox.waiting(10, 1 << 20)

    assert first.files == second.files


def test_a_file_of_the_service_is_named_and_not_kept(outbox: Outbox) -> None:
    outbox.keep(evidence(blobs={"scan": Blob("ab" * 32, 7, "image/jpeg")}))

    assert outbox.waiting(1, 1)[0].files == ()


def test_a_file_may_lie_on_disk(outbox: Outbox, tmp_path: Path) -> None:
    scan = tmp_path / "scan.jpg"
    scan.write_bytes(SCAN)
    outbox.keep(evidence(blobs={"scan": str(scan)}))
    scan.unlink()

    assert outbox.content(outbox.waiting(1, 1)[0].files[0]) == SCAN
    with pytest.raises(NotFoundError):
        outbox.keep(evidence(blobs={"scan": str(scan)}))


def test_the_same_id_is_kept_once_and_never_for_something_else(outbox: Outbox) -> None:
    record = stable_id(PARTY, "certificate/1")
    kept = [outbox.keep(evidence(id=record)) for _ in range(2)]
    body = outbox.waiting(10, 1 << 20)[0].body

    assert kept == [record, record]
    assert [one.body for one in outbox.waiting(10, 1 << 20)] == [body]
    with pytest.raises(ConflictError):
        outbox.keep(evidence(id=record, occurred_at="2026-11-24T06:12:11.120Z"))


def weighing(counter: int, **changes: Any) -> Evidence:
    return evidence(
        type="weigh-in",
        issuer=GATEWAY,
        payload=weigh_in_payload(counter, SCALE),
        blobs={"photo": (SCAN + str(changes).encode(), "image/jpeg")},
        **changes,
    )


def receipt_of(sent: Waiting) -> Receipt:
    _, receipt = PaperLog().append(Outgoing.restore(sent.body).request())
    return Receipt.parse(receipt)


def test_the_same_document_is_kept_once_also_after_it_was_sent(outbox: Outbox) -> None:
    first = outbox.keep(weighing(7), once=True)

    assert outbox.keep(weighing(7, occurred_at="2026-11-23T06:12:12.000Z"), once=True) == first
    assert outbox.keep(weighing(8), once=True) != first
    assert outbox.state().waiting == 2

    (sent, _) = outbox.waiting(10, 1 << 20)
    outbox.settle(sent=[(sent.seq, receipt_of(sent))])

    assert outbox.keep(weighing(7), once=True) == first
    assert outbox.state().waiting == 1


def test_without_once_the_service_is_left_to_refuse_a_document_and_a_person_to_see_it(
    outbox: Outbox,
) -> None:
    assert outbox.keep(weighing(7)) != outbox.keep(weighing(7))


def test_what_replaces_a_document_is_one_of_its_own(outbox: Outbox) -> None:
    first = outbox.keep(weighing(7), once=True)
    link = Link("replaces", id=first, sha256=bytes(32))

    assert outbox.keep(weighing(7, links=[link]), once=True) != first


def test_a_document_given_up_for_good_may_be_kept_again(outbox: Outbox) -> None:
    first = outbox.keep(weighing(7), once=True)
    (waiting,) = outbox.waiting(10, 1 << 20)
    outbox.settle(refused=[(waiting.seq, ProblemError("made-up", 422))])

    assert outbox.keep(weighing(7), once=True) == first
    outbox.drop(first)
    assert outbox.keep(weighing(7), once=True) != first


def test_records_come_out_in_the_order_in_which_many_threads_kept_them(outbox: Outbox) -> None:
    kept: dict[int, list[str]] = {number: [] for number in range(4)}

    def keep(number: int) -> None:
        for _ in range(25):
            kept[number].append(outbox.keep(evidence(), lane=str(number)))

    threads = [threading.Thread(target=keep, args=(number,)) for number in kept]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    order = [one.id for one in outbox.waiting(1000, 1 << 30)]

    assert len(order) == 100
    for ids in kept.values():
        assert [record for record in order if record in ids] == ids


def test_a_batch_is_as_large_as_asked_and_never_empty(outbox: Outbox) -> None:
    for _ in range(5):
        outbox.keep(evidence())
    size = len(outbox.waiting(1, 1 << 20)[0].body)

    assert len(outbox.waiting(3, 1 << 20)) == 3
    assert len(outbox.waiting(10, 2 * size + 2)) == 2
    assert len(outbox.waiting(10, 1)) == 1


# Counters


def test_counters_go_on_after_a_restart_each_device_its_own(outbox: Outbox, tmp_path: Path) -> None:
    assert [outbox.next_counter(SCALE) for _ in range(3)] == [1, 2, 3]
    assert outbox.next_counter("device:other") == 1
    outbox.close()
    again = Queue(tmp_path / "outbox")

    assert again.next_counter(SCALE) == 4
    assert again.last_counter(SCALE) == 4
    assert again.last_counter("device:unseen") is None


def test_no_two_threads_get_the_same_number(outbox: Outbox) -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.extend(outbox.next_counter(SCALE) for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == list(range(1, 201))


def test_a_device_that_counted_elsewhere_goes_on_there_and_never_back(outbox: Outbox) -> None:
    outbox.count_from(SCALE, 4711)
    assert outbox.next_counter(SCALE) == 4711
    outbox.count_from(SCALE, 100)
    assert outbox.next_counter(SCALE) == 4712


# Room


def test_a_full_outbox_takes_no_files_and_says_so_but_small_records_still(tmp_path: Path) -> None:
    outbox = open_outbox(tmp_path, Limits(max_bytes=1 << 20, min_free_bytes=0))
    kept = 0
    with contextlib.suppress(UnavailableError):
        while True:
            outbox.keep(with_scan(SCAN + bytes([kept]) * 50_000))
            kept += 1
    with pytest.raises(UnavailableError, match="full"):
        outbox.keep(with_scan(SCAN + bytes(60_000)))
    state = outbox.state()

    assert state.full
    assert 10 < kept < 30
    assert state.waiting == kept
    assert state.used_bytes <= state.max_bytes
    outbox.keep(evidence())
    assert outbox.state().waiting == kept + 1


def test_a_disk_with_too_little_left_takes_no_files_and_says_so(tmp_path: Path) -> None:
    outbox = open_outbox(tmp_path, Limits(min_free_bytes=1 << 60))

    assert outbox.state().full
    with pytest.raises(UnavailableError, match="disk"):
        outbox.keep(with_scan())
    assert outbox.keep(evidence())


def test_a_disk_that_is_full_in_the_middle_leaves_nothing_half_kept(outbox: Outbox) -> None:
    outbox.keep(evidence())
    (pages,) = outbox._database._connection.execute("PRAGMA page_count").fetchone()
    outbox._database._connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(DiskError):
        outbox.keep(with_scan(SCAN + bytes(50_000)))

    assert outbox.state().waiting == 1
    outbox._database._connection.execute("PRAGMA max_page_count = 1000000")
    assert outbox.keep(with_scan(SCAN + bytes(50_000)))


def test_the_files_are_their_owners_alone(outbox: Outbox) -> None:
    outbox.keep(evidence())
    found = {path.name: path.stat().st_mode & 0o777 for path in outbox.folder.iterdir()}

    assert found["outbox.sqlite"] == found["outbox.sqlite-wal"] == 0o600
    assert outbox.folder.stat().st_mode & 0o777 == 0o700


def test_what_is_no_outbox_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    folder.mkdir()
    (folder / "outbox.sqlite").write_bytes(b"a letter to somebody" * 300)
    with pytest.raises(UnavailableError):
        open_outbox(tmp_path)

    other = tmp_path / "newer"
    other.mkdir()
    sqlite3.connect(other / "outbox.sqlite").execute("PRAGMA user_version = 99").connection.close()
    with pytest.raises(ConflictError):
        Queue(other)


# Pace


def test_waits_grow_are_half_chance_and_never_shorter_than_asked() -> None:
    pace = Pace(first_s=1, longest_s=60)

    assert [pace.wait_s(failures, 0, 0) for failures in (1, 2, 3, 7, 50)] == [0.5, 1, 2, 30, 30]
    assert pace.wait_s(3, 0, 0.999) == pytest.approx(4, rel=0.01)
    assert pace.wait_s(1, 120, 0) == 120
    assert pace.wait_s(1, 120, 0.999) == pytest.approx(180, rel=0.01)


def test_a_throttle_lets_a_second_through_and_then_its_rate() -> None:
    throttle = Throttle(10, now_s=0)

    assert throttle.take(10, 0) == 0
    assert throttle.take(5, 0) == pytest.approx(0.5)
    assert throttle.take(10, 100) == 0


# Verdicts


def waiting(*lost: int) -> list[Waiting]:
    return [Waiting(seq, f"id-{seq}", b"{}", (), count) for seq, count in enumerate(lost, 1)]


def refusal(line: int, code: str, status: int = 422, *, retry: bool = False) -> LineResult:
    return LineResult(line, f"id-{line}", problem=ProblemError(code, status, retry=retry))


def test_a_batch_refused_for_its_speaker_is_held_and_nothing_of_it_parked() -> None:
    found = verdicts_of.of(
        waiting(0, 0), [refusal(1, "signature"), refusal(2, "signature")], accepted=True
    )

    assert found.held is not None
    assert not found.refused


def test_a_role_not_granted_holds_only_before_anything_was_taken() -> None:
    results = [refusal(1, "forbidden-type", 403)]

    assert verdicts_of.of(waiting(0), results, accepted=False).held is not None
    assert verdicts_of.of(waiting(0), results, accepted=True).refused


def test_one_bad_signature_among_others_is_parked() -> None:
    found = verdicts_of.of(
        waiting(0, 0), [refusal(1, "signature"), refusal(2, "schema")], accepted=True
    )

    assert [seq for seq, _ in found.refused] == [1, 2]


def test_missing_files_are_sent_again_but_not_for_ever() -> None:
    results = [refusal(1, "missing-blob"), refusal(2, "missing-blob"), refusal(3, "x", retry=True)]
    found = verdicts_of.of(waiting(0, 3, 0), results, accepted=True)

    assert found.lost == [1]
    assert [seq for seq, _ in found.refused] == [2]

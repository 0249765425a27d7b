"""An outbox before services that fail, refuse, lie and come back."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from components.cable import Cable
from components.kitchen_floor import GATEWAY, JPEG, SCALES, Floor, bind
from paper_log import PARTY, TOKEN, PaperLog
from sample import evidence
from starlette.responses import JSONResponse, Response

from devices.client import Evidence, SigningKey
from devices.outbox import Contact, Limits, Outbox, Pace, Sender
from ledger.errors import ConflictError, NotFoundError

QUICK = Pace(first_s=0.02, longest_s=0.2, idle_s=0.05, records_per_s=1e6, bytes_per_s=1e12)


def until(holds: Callable[[], Any], *, within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def drained(outbox: Outbox, sending: Sender, *, stalled_s: float = 60) -> None:
    """Wait until nothing waits: as long as it takes, if only something moves now and then.

    A busy machine may answer each request seconds later; how long all of them take says nothing.
    """
    last: object = None
    deadline = 0.0
    while (waiting := outbox.state().waiting) > 0:
        moved = waiting, sending.state.heard_at_ms
        if moved != last:
            last, deadline = moved, time.monotonic() + stalled_s
        assert time.monotonic() < deadline, f"{waiting} wait, {sending.state}"
        time.sleep(0.01)


@pytest.fixture
def outbox(tmp_path: Path, paper: PaperLog) -> Iterator[Outbox]:
    """An outbox for the log made of paper."""
    box = Outbox(
        tmp_path / "outbox", party=PARTY, policy=paper.policy.encode(), key=SigningKey.generate()
    )
    yield box
    box.close()


@pytest.fixture
def scales(tmp_path: Path, floor: Floor) -> Iterator[Outbox]:
    """A gateway's outbox for the real service."""
    box = Outbox(tmp_path / "gateway", party=GATEWAY, policy=floor.log.policy, key=floor.key)
    yield box
    box.close()


def sender(outbox: Outbox, url: str, token: str = TOKEN, **options: Any) -> Sender:
    """Not a thread: each step is the test's."""
    given: dict[str, Any] = {"pace": QUICK, "log": outbox.log, "party": outbox.party, **options}
    return Sender(outbox, url, token, **given)


def storm(status: int, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    document = {"type": "urn:mealtrace:problem:stormy", "title": "storm", "status": status}
    return JSONResponse(document, status, named, media_type="application/problem+json")


# Arriving


def test_readings_arrive_once_signed_in_order_and_with_their_photos(
    floor: Floor, scales: Outbox
) -> None:
    said = {}
    for _ in range(20):
        for scale in SCALES:
            reading = floor.weigh_in(scales.next_counter(scale), scale)
            said[scales.keep(reading, lane=scale)] = reading
    with scales.sending(floor.service.url, floor.token, pace=QUICK) as sending:
        drained(scales, sending)
    logged = floor.logged()

    assert scales.parked() == []
    for scale in SCALES:
        # The floor is shared: other tests count elsewhere.
        assert [n for name, n in logged if name == scale and n <= 20] == list(range(1, 21))
    with floor.reading() as client:
        for record, reading in list(said.items())[::9]:
            payload: Any = client.record(record)["payload"]
            photo: Any = reading.blobs["photo"]
            assert client.download(payload["blobs"][0]["sha256"]) == photo[0]
            assert scales.receipt(record).id == record


def test_a_cable_pulled_at_any_moment_loses_nothing(floor: Floor, scales: Outbox) -> None:
    scale, kept = SCALES[1], []
    scales.count_from(scale, 1000)
    photo = JPEG + bytes(200_000)

    def weigh() -> None:
        for number in range(120):
            blobs = {"photo": (photo + number.to_bytes(2), "image/jpeg")}
            reading = floor.weigh_in(scales.next_counter(scale), scale, blobs=blobs)
            kept.append(scales.keep(reading, lane=scale))
            time.sleep(0.01)

    with Cable(floor.service.port) as cable:
        weighing = threading.Thread(target=weigh)
        weighing.start()
        with scales.sending(cable.url, floor.token, pace=QUICK) as sending:
            for moment in (0.13, 0.29, 0.41, 0.07, 0.53, 0.19):
                time.sleep(moment)
                cable.pull()
                time.sleep(0.05)
                cable.plug()
            weighing.join()
            cable.plug()
            drained(scales, sending)
            assert sending.state.sent == 120
    mine = [counter for name, counter in floor.logged() if name == scale and counter >= 1000]

    assert mine == list(range(1000, 1120))
    assert scales.parked() == []
    assert [receipt.id for receipt in scales.receipts()] == kept


def test_an_answer_that_never_came_is_met_by_the_same_bytes(
    outbox: Outbox, paper: PaperLog
) -> None:
    record = outbox.keep(evidence())
    paper.lie.lines = lambda _: []
    sending = sender(outbox, paper.url)
    sending.step(threading.Event())
    assert outbox.state().waiting == 1
    paper.lie.lines = lambda lines: lines
    sending.step(threading.Event())
    bodies = [seen.body for seen in paper.seen if seen.path == "/v1/records:batch"]
    sending.close()

    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert outbox.receipt(record).id == record
    assert len(paper.leaves) == 2


def test_files_already_acknowledged_are_not_uploaded_again(outbox: Outbox, paper: PaperLog) -> None:
    for number in range(3):
        outbox.keep(evidence(blobs={"scan": (b"\xff\xd8\xff" + bytes([number]), "image/jpeg")}))
    answers: list[Contact] = []

    def heard(contact: Contact) -> None:
        answers.append(contact)
        if len(answers) == 2:
            paper.weather.append(storm(503))  # meets the third file

    sending = sender(outbox, paper.url, heard=heard)
    stop = threading.Event()
    sending.step(stop)
    assert outbox.state().waiting == 3
    sending.step(stop)
    sending.close()

    assert paper.paths().count("/v1/blobs") == 4
    assert len(paper.leaves) == 4


def test_a_file_that_the_service_has_lost_is_sent_again_by_digest(
    floor: Floor, scales: Outbox
) -> None:
    scales.count_from(SCALES[2], 5000)
    record = scales.keep(floor.weigh_in(scales.next_counter(SCALES[2]), SCALES[2]))
    scales.uploaded(scales.waiting(1, 1)[0].files)  # which is not so
    with scales.sending(floor.service.url, floor.token, pace=QUICK) as sending:
        drained(scales, sending)

    assert scales.parked() == []
    assert scales.receipt(record).index > 0


# Refusals


def test_a_refused_record_is_parked_and_the_queue_goes_on(floor: Floor, scales: Outbox) -> None:
    stranger = "device:s0001-unbound"
    scales.count_from(SCALES[3], 7000)
    before = scales.keep(floor.weigh_in(scales.next_counter(SCALES[3]), SCALES[3]))
    refused = scales.keep(floor.weigh_in(1, stranger), lane=stranger)
    after = scales.keep(floor.weigh_in(scales.next_counter(SCALES[3]), SCALES[3]))
    with scales.sending(floor.service.url, floor.token, pace=QUICK) as sending:
        drained(scales, sending)
        (parked,) = scales.parked()

        assert (parked.id, parked.lane, parked.type) == (refused, stranger, "weigh-in")
        assert parked.problem.code == "not-your-subject"
        assert any("device-registration" in fault.message_zh for fault in parked.problem.faults)
        assert scales.request(refused)["payload"]["scale"] == stranger
        assert {before, after} <= {receipt.id for receipt in scales.receipts()}

        bind(floor.service, stranger)
        scales.retry(refused)
        scales.poke()
        until(lambda: not scales.state().waiting and not scales.parked())
    assert scales.receipt(refused)


def test_a_parked_record_is_dropped_with_its_photo_when_a_person_says_so(
    floor: Floor, scales: Outbox
) -> None:
    refused = scales.keep(floor.weigh_in(1, "device:s0001-other"))
    sent = floor.weigh_in(scales.next_counter(SCALES[0]) + 60_000)
    scales.keep(sent)
    with scales.sending(floor.service.url, floor.token, pace=QUICK):
        until(scales.parked)
    used = scales._database.read
    scales.drop(refused)
    with used() as tables:
        left = [tables.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
                for name in ("records", "uses", "blobs", "contents")]  # fmt: skip

    assert left == [0, 0, 0, 0]
    with pytest.raises(NotFoundError):
        scales.drop(refused)
    with pytest.raises(NotFoundError):
        scales.retry(refused)


def test_nothing_is_parked_for_a_key_that_is_not_registered_yet(
    floor: Floor, tmp_path: Path
) -> None:
    """The records of a gateway's first day wait for the authority's signature."""
    key = SigningKey.generate()
    outbox = Outbox(tmp_path / "new", party=GATEWAY, policy=floor.log.policy, key=key)
    kept = [outbox.keep(floor.weigh_in(80_000 + number, SCALES[0])) for number in range(3)]
    with outbox.sending(floor.service.url, floor.token, pace=QUICK) as sending:
        until(lambda: sending.state.reason == "speaker")
        assert "not registered" in sending.state.detail
        assert outbox.parked() == []
        floor.register_key(key)
        drained(outbox, sending)
    found = [receipt.id for receipt in outbox.receipts()]
    outbox.close()

    assert found == kept


def test_what_a_replaced_key_signed_is_parked_and_does_not_hold_up_the_new_ones(
    floor: Floor, tmp_path: Path
) -> None:
    """More than a batch of it: else nothing would ever get past."""
    given: dict[str, Any] = {"party": GATEWAY, "policy": floor.log.policy}
    stolen = Outbox(tmp_path / "gw", key=SigningKey.generate(), **given)
    for number in range(60):
        stolen.keep(
            floor.weigh_in(90_000 + number, SCALES[0], blobs={"photo": (JPEG, "image/jpeg")})
        )
    stolen.close()
    outbox = Outbox(tmp_path / "gw", key=floor.key, **given)
    new = outbox.keep(floor.weigh_in(90_100, SCALES[0]))
    with outbox.sending(floor.service.url, floor.token, pace=QUICK) as sending:
        drained(outbox, sending)
    parked = outbox.parked()
    sent = [receipt.id for receipt in outbox.receipts()]
    outbox.close()

    assert sent == [new]
    assert {one.problem.code for one in parked} == {"signature"}
    assert len(parked) == 60


def test_a_token_that_is_refused_holds_the_queue(outbox: Outbox, paper: PaperLog) -> None:
    outbox.keep(evidence())
    sending = sender(outbox, paper.url, "another-token")
    sending.step(threading.Event())
    sending.close()

    assert sending.state.reason == "refused"
    assert "401" in sending.state.detail
    assert outbox.state().waiting == 1
    assert outbox.parked() == []


def test_a_batch_that_is_too_large_is_sent_in_parts(outbox: Outbox, paper: PaperLog) -> None:
    for _ in range(4):
        outbox.keep(evidence())
    document = {"type": "urn:mealtrace:problem:too-large", "status": 413}
    large = JSONResponse(document, 413, media_type="application/problem+json")
    paper.weather.append(large)
    sending = sender(outbox, paper.url)
    stop = threading.Event()
    while outbox.state().waiting:
        sending.step(stop)
    sending.close()

    sizes = [seen.body.count(b"\n") for seen in paper.seen if seen.path == "/v1/records:batch"]
    assert sizes[:2] == [4, 2]
    assert len(paper.leaves) == 5


# Patience and trust


def test_retry_after_is_obeyed_and_nothing_kept_meanwhile_shortens_it(
    outbox: Outbox, paper: PaperLog
) -> None:
    outbox.keep(evidence())
    paper.weather.append(storm(429, retry_after="2"))
    began = time.monotonic()
    with outbox.sending(paper.url, TOKEN, pace=QUICK) as sending:
        until(lambda: sending.state.reason == "network")
        outbox.keep(evidence())
        assert sending.state.next_at_ms is not None
        drained(outbox, sending)

    assert time.monotonic() - began >= 2
    assert sending.state.reason == ""


def test_a_service_that_lies_gets_no_further_and_nothing_is_lost(
    outbox: Outbox, paper: PaperLog
) -> None:
    record = outbox.keep(evidence())
    paper.lie.receipt = lambda receipt: {**receipt, "index": 77}
    sending = sender(outbox, paper.url)
    sending.step(threading.Event())

    assert sending.state.reason == "untrusted"
    assert outbox.state().waiting == 1
    paper.lie.receipt = lambda receipt: receipt
    sending.step(threading.Event())
    sending.close()
    assert outbox.receipt(record)


def test_a_portal_that_answers_for_the_service_is_not_believed(
    outbox: Outbox, paper: PaperLog
) -> None:
    outbox.keep(evidence())
    page = Response("<h1>Please log in</h1>", media_type="text/html")
    page.headers["Date"] = "Thu, 01 Jan 1970 00:00:00 GMT"
    paper.weather.append(page)
    heard: list[Contact] = []
    sending = sender(outbox, paper.url, heard=heard.append)
    sending.step(threading.Event())
    sending.close()

    assert sending.state.reason != ""
    assert sending.state.heard_at_ms is None
    assert heard == []
    assert outbox.state().waiting == 1


def test_a_connection_that_is_not_secure_is_told_from_a_cut_network(
    outbox: Outbox, paper: PaperLog
) -> None:
    outbox.keep(evidence())
    reasons = []
    for url in (paper.url.replace("http:", "https:"), "https://127.0.0.1:9"):
        sending = sender(outbox, url)
        sending.step(threading.Event())
        reasons.append(sending.state.reason)
        sending.close()

    assert reasons == ["insecure", "network"]
    assert outbox.state().waiting == 1


def test_only_one_process_sends(outbox: Outbox, paper: PaperLog) -> None:
    first = sender(outbox, paper.url)
    with pytest.raises(ConflictError):
        sender(outbox, paper.url)
    first.close()
    sender(outbox, paper.url).close()


def test_sending_keeps_to_its_rate(outbox: Outbox, paper: PaperLog) -> None:
    for _ in range(60):
        outbox.keep(evidence())
    pace = Pace(batch_records=10, records_per_s=20, idle_s=0.05)
    began = time.monotonic()
    with outbox.sending(paper.url, TOKEN, pace=pace) as sending:
        drained(outbox, sending)

    assert 1.5 < time.monotonic() - began < 6


# Receipts


def test_receipts_are_kept_for_their_days_and_then_forgotten(
    tmp_path: Path, paper: PaperLog
) -> None:
    now = [1_800_000_000_000]
    outbox = Outbox(
        tmp_path / "outbox",
        party=PARTY,
        policy=paper.policy.encode(),
        limits=Limits(receipts_days=30),
        now_ms=lambda: now[0],
    )
    record = outbox.keep(evidence())
    sending = sender(outbox, paper.url)
    sending.step(threading.Event())
    sending.close()
    outbox.tidy()
    assert outbox.receipt(record).index == 1
    now[0] += 31 * 86_400_000
    outbox.tidy()

    with pytest.raises(NotFoundError):
        outbox.receipt(record)
    outbox.close()


def test_what_is_kept_again_after_it_was_sent_is_not_sent_again(
    outbox: Outbox, paper: PaperLog
) -> None:
    known: Evidence = evidence(id="01912d3a-7c00-7a62-a7b8-000000000011")
    outbox.keep(known)
    sending = sender(outbox, paper.url)
    sending.step(threading.Event())
    sending.close()
    outbox.keep(known)

    assert outbox.state().waiting == 0


def test_the_room_of_what_was_sent_is_free_again(tmp_path: Path, paper: PaperLog) -> None:
    limits = Limits(max_bytes=1 << 20, min_free_bytes=0)
    outbox = Outbox(tmp_path / "o", party=PARTY, policy=paper.policy.encode(), limits=limits)
    with outbox.sending(paper.url, TOKEN, pace=QUICK) as sending:
        for number in range(60):
            scan = b"\xff\xd8\xff" + bytes([number]) * 100_000
            outbox.keep(evidence(blobs={"scan": (scan, "image/jpeg")}))
            until(lambda: outbox.state().waiting < 3)
        drained(outbox, sending)
    outbox.tidy()
    size = (tmp_path / "o" / "outbox.sqlite").stat().st_size
    outbox.close()

    assert size < 1 << 20


def test_a_fault_of_the_program_itself_does_not_end_sending(
    outbox: Outbox, paper: PaperLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.keep(evidence())
    sending = sender(outbox, paper.url)
    monkeypatch.setattr(outbox, "settle", lambda **_: 1 / 0)
    sending.step(threading.Event())
    assert sending.state.reason == "fault"
    monkeypatch.undo()
    sending.step(threading.Event())
    sending.close()

    assert outbox.state().waiting == 0

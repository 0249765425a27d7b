"""An outbox before services that fail, refuse, lie and come back."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from components.cable import Cable
from components.kitchen_floor import JPEG, SCALES, Floor
from components.sending import QUICK, drained, sender, storm, until
from paper_log import PARTY, TOKEN, PaperLog
from sample import evidence
from starlette.responses import Response

from devices.client import Evidence
from devices.outbox import Contact, Limits, Outbox, Pace
from ledger.errors import ConflictError, NotFoundError

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
    sending = sender(outbox, paper.url, TOKEN)
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

    sending = sender(outbox, paper.url, TOKEN, heard=heard)
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
    sending = sender(outbox, paper.url, TOKEN)
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
    sending = sender(outbox, paper.url, TOKEN, heard=heard.append)
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
        sending = sender(outbox, url, TOKEN)
        sending.step(threading.Event())
        reasons.append(sending.state.reason)
        sending.close()

    assert reasons == ["insecure", "network"]
    assert outbox.state().waiting == 1


def test_only_one_process_sends(outbox: Outbox, paper: PaperLog) -> None:
    first = sender(outbox, paper.url, TOKEN)
    with pytest.raises(ConflictError):
        sender(outbox, paper.url, TOKEN)
    first.close()
    sender(outbox, paper.url, TOKEN).close()


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
    sending = sender(outbox, paper.url, TOKEN)
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
    sending = sender(outbox, paper.url, TOKEN)
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
    sending = sender(outbox, paper.url, TOKEN)
    monkeypatch.setattr(outbox, "settle", lambda **_: 1 / 0)
    sending.step(threading.Event())
    assert sending.state.reason == "fault"
    monkeypatch.undo()
    sending.step(threading.Event())
    sending.close()

    assert outbox.state().waiting == 0

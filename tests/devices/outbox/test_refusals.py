"""What a service refuses for good, for now, or for who says it."""

import threading
from pathlib import Path
from typing import Any

import pytest
from components.kitchen_floor import GATEWAY, JPEG, SCALES, Floor, bind
from components.sending import QUICK, drained, sender, until
from paper_log import TOKEN, PaperLog
from sample import evidence
from starlette.responses import JSONResponse

from devices.client import SigningKey
from devices.outbox import Outbox
from ledger.errors import NotFoundError


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
    sending = sender(outbox, paper.url, TOKEN)
    stop = threading.Event()
    while outbox.state().waiting:
        sending.step(stop)
    sending.close()

    sizes = [seen.body.count(b"\n") for seen in paper.seen if seen.path == "/v1/records:batch"]
    assert sizes[:2] == [4, 2]
    assert len(paper.leaves) == 5

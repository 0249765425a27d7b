"""The same service on PostgreSQL, in two processes' worth of applications over one database."""

import json
import threading
import uuid
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from playground import Running, embedded, example, serving, settle

from api.installation import open_installation
from ledger import checkpoint, policy, tile_proof
from ledger.evidence.examples import school_day as day
from ledger.replay import Replay
from ledger.verification import verify


def order() -> dict[str, Any]:
    return example("order", order_no=f"G-{uuid.uuid4().hex[:12]}")


@pytest.fixture
def pair(postgres_url: str, tmp_path: Path) -> Any:
    """Two services over one database and one folder of blobs."""
    settings = embedded(tmp_path, database_url=postgres_url, chain="none")
    tokens = settle(settings)
    with ExitStack() as stack:
        yield [stack.enter_context(serving(settings, tokens)) for _ in range(2)]


def test_two_services_append_to_one_log_and_nothing_is_lost_or_forked(
    pair: list[Running],
) -> None:
    receipts: list[dict[str, Any]] = []

    def post(running: Running) -> None:
        client = running.as_(day.SCHOOL)
        for _ in range(20):
            answer = client.post("/v1/records", json=order())
            assert answer.status_code == 201, answer.text
            receipts.append(answer.json())

    threads = [threading.Thread(target=post, args=(running,)) for running in pair * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(receipts) == 120
    assert len({receipt["index"] for receipt in receipts}) == 120
    with closing(open_installation(pair[0].settings)) as installation:
        store = installation.store
        size = store.head().size
        entries = store.entries(0, size)
        replay = Replay(lambda index: entries[index])
        for data in entries:
            replay.apply(data)
        trusted = policy.parse(pair[1].as_(None).get("/v1/trust").text)
        head = checkpoint.open(store.head().checkpoint, [trusted.logs[0].key])
        assert tile_proof.tree_root_at(size, store) == head.root
        for _, note in store.checkpoints():
            old = checkpoint.open(note, [trusted.logs[0].key])
            assert tile_proof.tree_root_at(old.size, store) == old.root


def test_a_record_posted_here_is_proven_there(pair: list[Running]) -> None:
    here, there = pair
    request = order()
    assert here.as_(day.SCHOOL).post("/v1/records", json=request).status_code == 201

    assert there.as_(day.SCHOOL).post("/v1/records", json=request).status_code == 200
    bundle = there.as_(day.SCHOOL).get(f"/v1/records/{request['id']}/bundle").content
    verdict = verify(bundle, there.as_(None).get("/v1/trust").content)
    assert verdict.overall == "log-only"


def test_batches_blobs_histories_and_refusals_work_as_on_sqlite(pair: list[Running]) -> None:
    here, there = pair
    body = b"".join(json.dumps(order()).encode() + b"\n" for _ in range(300))
    answer = here.as_(day.SCHOOL, **{"Content-Type": "application/x-ndjson"}).post(
        "/v1/records:batch", content=body, params={"receipts": "compact"}
    )
    assert json.loads(answer.text.splitlines()[-1])["stored"] == 300

    uploaded = here.as_(day.SCHOOL, **{"Content-Type": "image/png"}).post(
        "/v1/blobs", content=b"p" * 100_000
    )
    path = f"/v1/blobs/{uploaded.json()['sha256']}"
    ranged = there.as_(day.SCHOOL, Range="bytes=65530-65545").get(path)
    assert ranged.content == b"p" * 16

    history = there.as_(day.SUPPLIER).get(f"/v1/subjects/{day.SUPPLIER}/history").json()
    assert history["entries"][0]["seq"] == 1
    denied = here.as_(day.BANK).post("/v1/records", json={**order(), "issuer": day.BANK})
    assert denied.status_code == 403
    assert there.as_(day.BANK).get("/v1/refusals").json()["refusals"][0]["code"] == "forbidden-type"


def test_a_token_revoked_elsewhere_ends_within_its_moment(pair: list[Running]) -> None:
    import time

    here, _ = pair
    client = here.as_(day.LABOUR)
    assert client.get("/v1/records").status_code == 200
    with closing(open_installation(here.settings)) as installation:
        (token,) = installation.store.tokens.issued(day.LABOUR)
        installation.store.tokens.revoke(token.id)

    deadline = time.monotonic() + 5
    while client.get("/v1/records").status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert client.get("/v1/records").status_code == 401

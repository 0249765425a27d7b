"""Founding, starting again, what a start refuses, and what is never lost at its end."""

import os
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from playground import embedded, example, serving, settle

from api import founding, key_files
from api.app import create_app
from api.founding import found
from api.installation import open_installation
from api.worker import post_denials
from ledger import entry as entries
from ledger.errors import ConflictError, LedgerError, NotFoundError, UnavailableError
from ledger.evidence.examples import school_day as day
from storage.values import Search

Settled = Callable[[Path], dict[str, str]]


def order() -> dict[str, Any]:
    return example("order", order_no=f"C-{uuid.uuid4().hex[:12]}")


def test_a_second_start_finds_everything_where_it_was(settled: Settled, tmp_path: Path) -> None:
    tokens, settings, request = settled(tmp_path), embedded(tmp_path), order()
    with serving(settings, tokens) as first:
        receipt = first.as_(day.SCHOOL).post("/v1/records", json=request).json()
        trust = first.as_(None).get("/v1/trust").content

    with serving(settings, tokens) as second:
        client = second.as_(day.SCHOOL)
        assert client.get(f"/v1/records/{request['id']}").json()["index"] == receipt["index"]
        assert second.as_(None).get("/v1/trust").content == trust
        assert client.get("/v1/anchors").json()["anchors"][0]["state"] == "final"
        assert client.post("/v1/records", json=order()).status_code == 201


def test_a_founded_home_keeps_its_secrets_to_its_owner(template: Path) -> None:
    for path in (template / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    assert (template / "keys").stat().st_mode & 0o077 == 0
    assert (template / "data").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "step", ["_make_keys", "migrate", "_write_genesis", "_anchor_first", "_issue_admin_token"]
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_founding_goes_on_where_it_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    real = getattr(founding, step)

    def breaks(*args: Any) -> None:
        if when == "after":
            real(*args)
        raise UnavailableError("the power went")

    monkeypatch.setattr(founding, step, breaks)
    with pytest.raises(UnavailableError, match="the power went"):
        found(embedded(tmp_path))
    monkeypatch.undo()

    with closing(found(embedded(tmp_path))) as installation:
        head = installation.store.head()
        assert (head.size, head.anchored_size) == (1, 1)
        genesis = entries.parse(installation.store.entries(0, 1)[0])
        assert genesis.statement.type == "genesis"
    assert key_files.read_text(tmp_path / "keys" / "admin.token").startswith("mt_")


def test_two_that_found_at_once_found_one_log(tmp_path: Path) -> None:
    ledgers: list[bytes] = []

    def go() -> None:
        with closing(found(embedded(tmp_path))) as installation:
            ledgers.append(installation.ledger)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ledgers) == 2
    assert len(set(ledgers)) == 1


def test_without_a_log_the_message_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="mealtrace init"):
        open_installation(embedded(tmp_path))


def test_authorities_enter_genesis(tmp_path: Path) -> None:
    import json

    from devices.client.keys import SigningKey

    key = SigningKey.generate()
    file = tmp_path / "authorities.json"
    file.write_text(json.dumps([{"party": day.ADMISSION, "jwk": key.public_jwk}]))

    with closing(found(embedded(tmp_path / "home", authorities_file=file))) as installation:
        assert installation.genesis.authorities[0].party == day.ADMISSION
        assert key.kid in installation.store.registry().standing.keys


@pytest.mark.parametrize("text", ["", "{}", "[{}]", '[{"party":"x","jwk":{}}]'])
def test_a_wrong_file_of_authorities_founds_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "authorities.json"
    file.write_text(text)
    home = tmp_path / "home"

    with pytest.raises(LedgerError, match=r"authorities\.json"):
        found(embedded(home, authorities_file=file))
    file.write_text("[]")
    with closing(found(embedded(home, authorities_file=file))) as installation:
        assert installation.store.head().size == 1


def test_another_anchoring_key_is_noticed_before_anything_is_anchored(tmp_path: Path) -> None:
    settings = embedded(tmp_path)
    original = founding._anchor_first
    try:
        founding._anchor_first = lambda _: (_ for _ in ()).throw(UnavailableError("off"))  # type: ignore[assignment]
        with pytest.raises(UnavailableError):
            found(settings)
    finally:
        founding._anchor_first = original
    key = tmp_path / "keys" / "anchor.key"
    key.unlink()
    key_files.create(key, os.urandom(32).hex())

    with pytest.raises(ConflictError, match=r"anchor\.key"):
        found(settings)


def test_a_nearly_full_disk_takes_nothing_and_is_not_ready(
    settled: Settled, tmp_path: Path
) -> None:
    tokens = settled(tmp_path)
    settings = embedded(tmp_path).model_copy(update={"disk_reserve_bytes": 1 << 60})
    with serving(settings, tokens) as running:
        client = running.as_(day.SCHOOL)
        for answer in (
            client.post("/v1/records", json=order()),
            client.post("/v1/blobs", content=b"x", headers={"Content-Type": "image/jpeg"}),
            client.post(
                "/v1/records:batch", content=b"{}", headers={"Content-Type": "application/x-ndjson"}
            ),
        ):
            assert answer.status_code == 507
            assert answer.json()["type"] == "urn:mealtrace:problem:storage-full"
            assert answer.json()["retry"] is True
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["disk"] == "full"
        assert client.get("/healthz").status_code == 200
        assert client.get("/checkpoint").status_code == 200


def test_what_was_taken_in_is_finished_before_the_service_ends(
    settled: Settled, tmp_path: Path
) -> None:
    tokens, settings = settled(tmp_path), embedded(tmp_path)
    answered: list[str] = []
    stop = threading.Event()

    def keep_posting(url: str) -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {tokens[day.SCHOOL]}"}) as client:
            while not stop.is_set():
                request = order()
                try:
                    answer = client.post(f"{url}/v1/records", json=request)
                except httpx.HTTPError:
                    return
                if answer.status_code == 201:
                    answered.append(request["id"])
                elif answer.status_code != 503:
                    raise AssertionError(answer.text)

    with serving(settings, tokens) as running:
        threads = [threading.Thread(target=keep_posting, args=(running.url,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()

    assert answered
    with closing(open_installation(settings)) as installation:
        for record_id in answered:
            assert installation.store.record(record_id).id == record_id


def test_denied_attempts_are_counted_and_recorded_once_their_hour_is_over(
    settled: Settled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens, settings = settled(tmp_path), embedded(tmp_path)
    with serving(settings, tokens) as running:
        for _ in range(3):
            request = {**order(), "issuer": day.BANK}
            assert running.as_(day.BANK).post("/v1/records", json=request).status_code == 403

    with closing(open_installation(settings)) as installation:
        assert post_denials(installation) == 0
        later = time.time_ns() // 1_000_000 + 3_600_000
        monkeypatch.setattr("api.worker.now_ms", lambda: later)
        assert post_denials(installation) == 1
        assert post_denials(installation) == 0
        (hit,) = installation.store.search(Search(type="access-denied"))
        opened = entries.parse(installation.store.entries(hit.index, hit.index + 1)[0]).open
        assert opened is not None
        assert (opened.payload["party"], opened.payload["type"]) == (day.BANK, "order")
        assert opened.payload["count"] == 3


def test_reads_of_personal_fields_are_kept_off_the_log(settled: Settled, tmp_path: Path) -> None:
    tokens, settings, request = (
        settled(tmp_path),
        embedded(tmp_path),
        example("supplier-registration"),
    )
    with serving(settings, tokens) as running:
        posted = running.as_(day.SUPPLIER).post("/v1/records", json=request).json()
        running.as_(day.SUPPLIER).get(f"/v1/records/{request['id']}")
        running.as_(day.AUDITOR).get(f"/v1/records/{request['id']}")

    with closing(open_installation(settings)) as installation:
        ((_, party, _, index, fields),) = installation.store.journal.personal_reads()
    assert (party, index) == (day.AUDITOR, posted["index"])
    assert "contact_phone" in fields


def test_an_unmigrated_database_is_refused_with_the_command(
    settled: Settled, tmp_path: Path
) -> None:
    import sqlite3

    settled(tmp_path)
    with sqlite3.connect(tmp_path / "data" / "ledger.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    database.close()

    with pytest.raises(ConflictError, match="mealtrace migrate"):
        open_installation(embedded(tmp_path))


def test_a_wrong_installation_is_an_error_at_the_start(tmp_path: Path) -> None:
    import asyncio

    app = create_app(embedded(tmp_path, chain="none"))

    async def start() -> None:
        async with app.router.lifespan_context(app):
            raise AssertionError("it started")

    with pytest.raises(NotFoundError, match="mealtrace init"):
        asyncio.run(start())


def test_on_a_node_a_log_is_founded_and_anchored_by_a_worker_apart(
    anvil: Any, tmp_path: Path
) -> None:
    from anchoring.facts import gather
    from anchoring.web3_chain import Web3Chain
    from api.worker import Worker
    from ledger.anchor import Anchor
    from ledger.verification import verify

    settings = embedded(
        tmp_path, chain="rpc", rpc_url=anvil.url, confirmations=1, anchor_every_s=0.5
    )
    tokens = settle(settings)
    request = order()
    with serving(settings, tokens) as running, closing(open_installation(settings)) as opened:
        client = running.as_(day.SCHOOL)
        assert client.post("/v1/records", json=request).status_code == 201
        index = client.get(f"/v1/records/{request['id']}").json()["index"]
        worker = Worker(opened)
        worker.start()
        deadline = time.monotonic() + 30
        bundle: Any = {}
        while not bundle.get("anchors"):
            assert time.monotonic() < deadline
            time.sleep(0.2)
            bundle = client.get(f"/v1/records/{request['id']}/bundle").json()
        worker.stop()
        trusted = running.as_(None).get("/v1/trust").content
        data = client.get(f"/v1/records/{request['id']}/bundle").content

    anchor = Anchor.of_json(bundle["anchors"][0])
    assert anchor.size > index
    chain = Web3Chain(anvil.url)
    mine = {"jsonrpc": "2.0", "id": 1, "method": "anvil_mine", "params": ["0x2"]}
    httpx.post(anvil.url, json=mine)
    facts = gather(chain, [anchor], confirmations=1)
    chain.close()
    assert verify(data, trusted, chain=facts).overall == "verified"

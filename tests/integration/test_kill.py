"""`kill -9` at random moments under load: what was acknowledged is there, and nothing is forked."""

import random
import time
from pathlib import Path
from typing import Any

import pytest
from components.posting import Crowd, open_bank
from components.service import Service

from api.installation import open_installation
from api.settings import Settings
from ledger import checkpoint, note, tlog_proof
from ledger.encoding import unb64
from ledger.merkle import leaf_hash
from ledger.note import VerifierKey
from ledger.proof import verify_consistency, verify_inclusion

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def check_receipt(receipt: dict[str, Any], key: VerifierKey) -> tuple[int, bytes]:
    """Size and root of the receipt's checkpoint, once the receipt holds by itself."""
    proof = tlog_proof.parse(receipt["proof"])
    signed = checkpoint.open(proof.checkpoint_note, [key])
    leaf = leaf_hash(unb64(receipt["entry"]))
    assert receipt["leaf_hash"] == leaf.hex()
    verify_inclusion(proof.index, signed.size, leaf, proof.path, signed.root)
    return signed.size, signed.root


def survive(service: Service, kills: int, *, seed: int) -> None:
    dice = random.Random(seed)
    service.found().start()
    key = note.parse_vkey(service.vkey())
    crowd = Crowd([service.port], open_bank(service))
    for _ in range(kills):
        crowd.start()
        time.sleep(dice.uniform(0.05, 0.4))
        service.kill()
        crowd.stop()
        service.start()
    assert len(crowd.acknowledged) > 10 * kills

    roots: dict[int, bytes] = {}
    places: dict[int, str] = {}
    for record_id, receipt in crowd.acknowledged.items():
        size, root = check_receipt(receipt, key)
        assert roots.setdefault(size, root) == root, f"two checkpoints of size {size}"
        assert places.setdefault(receipt["index"], record_id) == record_id, "an index reused"

    head = checkpoint.open(service.text("/checkpoint"), [key])
    sample = [*dice.sample(sorted(crowd.acknowledged), 50), places[max(places)]]
    for record_id in sample:
        status, again = service.call(
            "POST", "/v1/records", token=crowd.token, body=crowd.sent[record_id]
        )
        assert status == 200
        assert again["index"] == crowd.acknowledged[record_id]["index"]
        assert again["leaf_hash"] == crowd.acknowledged[record_id]["leaf_hash"]
        check_receipt(again, key)
    service.stop()
    audit = service.cli("audit", check=False)
    assert audit.returncode == 0, audit.stdout + audit.stderr

    names = {
        name.removeprefix("MEALTRACE_").lower(): value
        for name, value in service.environment.items()
        if name.startswith("MEALTRACE_")
    }
    store = open_installation(Settings(**names), read_only=True).store
    try:
        for size, root in sorted(roots.items()):
            path = store.consistency_proof(size, head.size)
            verify_consistency(size, head.size, root, head.root, path)
        for place, record_id in places.items():
            stored = store.record(record_id)
            assert stored.index == place
            assert stored.leaf_hash.hex() == crowd.acknowledged[record_id]["leaf_hash"]
    finally:
        store.close()


def test_fifty_kills_on_sqlite_lose_nothing(tmp_path: Path) -> None:
    service = Service(tmp_path, {"MEALTRACE_CHAIN": "none"})
    try:
        survive(service, 50, seed=1)
    finally:
        service.stop()


def test_twenty_kills_on_postgres_lose_nothing(tmp_path: Path, postgres_url: str) -> None:
    settings = {"MEALTRACE_CHAIN": "none", "MEALTRACE_DATABASE_URL": postgres_url}

    service = Service(tmp_path, settings)
    try:
        survive(service, 20, seed=2)
    finally:
        service.stop()

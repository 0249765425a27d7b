"""Two services on one PostgreSQL, posted to by many clients at once: one log, whole and unforked."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest
from components.posting import Crowd, open_bank, payment
from components.process import free_port
from components.service import Service

from ledger import checkpoint, note, tlog_proof
from ledger.encoding import unb64
from ledger.merkle import leaf_hash
from ledger.proof import verify_inclusion

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def beside(service: Service) -> Service:
    """Another process of the same installation, on a port of its own."""
    port = free_port()
    other = Service(service.home, {**service.environment, "MEALTRACE_PORT": str(port)})
    other.port = port
    return other


def test_two_services_on_one_database_write_one_log(tmp_path: Path, postgres_url: str) -> None:
    settings = {"MEALTRACE_CHAIN": "none", "MEALTRACE_DATABASE_URL": postgres_url}
    with Service(tmp_path, settings).found() as first, beside(first) as second:
        token = open_bank(first)
        before = first.size()
        key = note.parse_vkey(first.vkey())
        crowd = Crowd([first.port, second.port], token, threads=16)
        crowd.start()
        sleep(8)
        crowd.stop()

        assert set(crowd.statuses) == {201}
        receipts = crowd.acknowledged
        assert receipts.keys() == crowd.sent.keys()
        indexes = sorted(receipt["index"] for receipt in receipts.values())
        assert indexes == list(range(before, before + len(receipts)))
        assert first.text("/checkpoint") == second.text("/checkpoint")
        assert first.size() == before + len(receipts)
        roots: dict[int, bytes] = {}
        for receipt in receipts.values():
            proof = tlog_proof.parse(receipt["proof"])
            head = checkpoint.open(proof.checkpoint_note, [key])
            leaf = leaf_hash(unb64(receipt["entry"]))
            verify_inclusion(receipt["index"], head.size, leaf, proof.path, head.root)
            assert roots.setdefault(head.size, head.root) == head.root

        # What one process stored the other one knows.
        for record_id in list(receipts)[:100]:
            for service in (first, second):
                status, again = service.call(
                    "POST", "/v1/records", token=token, body=crowd.sent[record_id]
                )
                assert (status, again["index"]) == (200, receipts[record_id]["index"])
    audit = first.cli("audit", check=False)

    assert audit.returncode == 0, audit.stdout + audit.stderr


def test_one_document_sent_to_both_at_once_is_stored_once(
    tmp_path: Path, postgres_url: str
) -> None:
    """The same record by id, and the same document under two ids: a race has one winner."""
    settings = {"MEALTRACE_CHAIN": "none", "MEALTRACE_DATABASE_URL": postgres_url}
    with Service(tmp_path, settings).found() as first, beside(first) as second:
        token = open_bank(first)
        before = first.size()
        same = [payment(f"same-{number}") for number in range(40)]
        twins = [
            (mine, {**mine, "id": str(uuid.uuid4())})
            for mine in (payment(f"twin-{number}") for number in range(40))
        ]
        with ThreadPoolExecutor(16) as pool:

            def post(service: Service, request: dict[str, object]) -> tuple[int, dict[str, object]]:
                return service.call("POST", "/v1/records", token=token, body=request)

            both = [
                (pool.submit(post, first, one), pool.submit(post, second, other))
                for one, other in [*((same_, same_) for same_ in same), *twins]
            ]
            answers = [(one.result(), other.result()) for one, other in both]

        for (one, mine), (other, theirs) in answers[: len(same)]:
            assert sorted([one, other]) == [200, 201]
            assert mine["index"] == theirs["index"]
        for (one, mine), (other, theirs) in answers[len(same) :]:
            assert sorted([one, other]) == [201, 409]
            problem = theirs if one == 201 else mine
            assert problem["type"] == "urn:mealtrace:problem:duplicate-document"
        assert first.size() == before + len(same) + len(twins)

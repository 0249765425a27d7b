"""The log's key is changed under running services: nobody waits, and old policies follow."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from time import sleep

import pytest
from components.posting import Crowd, open_bank, payment
from components.process import ROOT, free_port
from components.service import Service

from ledger import checkpoint, note, tlog_proof
from ledger.encoding import unb64
from ledger.merkle import leaf_hash
from ledger.proof import verify_inclusion

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_two_services_take_the_new_key_without_refusing_a_record(
    tmp_path: Path, postgres_url: str
) -> None:
    settings = {"MEALTRACE_CHAIN": "none", "MEALTRACE_DATABASE_URL": postgres_url}
    with Service(tmp_path, settings).found() as first:
        second = Service(tmp_path, {**first.environment, "MEALTRACE_PORT": str(free_port())})
        second.port = int(second.environment["MEALTRACE_PORT"])
        keys = [note.parse_vkey(first.vkey())]
        with second:
            crowd = Crowd([first.port, second.port], open_bank(first))
            crowd.start()
            changes = []
            for _ in range(3):
                sleep(1)
                changes.append(json.loads(first.cli("keys", "rotate-log", "--json").stdout))
                keys.append(note.parse_vkey(first.vkey()))
            sleep(1)
            crowd.stop()
            assert first.text("/v1/trust") == second.text("/v1/trust")

    assert set(crowd.statuses) == {201}
    assert [note.format_vkey(key) for key in keys[1:]] == [one["new_vkey"] for one in changes]
    counted = dict.fromkeys(keys, 0)
    for receipt in crowd.acknowledged.values():
        proof = tlog_proof.parse(receipt["proof"])
        head = checkpoint.open(proof.checkpoint_note, keys)
        verify_inclusion(
            receipt["index"], head.size, leaf_hash(unb64(receipt["entry"])), proof.path, head.root
        )
        changed = sum(head.size > one["index"] for one in changes)
        signed = note.verify(note.parse(proof.checkpoint_note), keys)
        assert keys[changed] in signed
        for key in signed:
            counted[key] += 1
    assert all(counted.values()), counted
    audit = first.cli("audit", check=False)
    assert audit.returncode == 0, audit.stdout


def verify(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli.main", "verify", *map(str, arguments)],
        cwd=ROOT, env={"PATH": "", "LC_ALL": "C.UTF-8", "COLUMNS": "300"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_receipts_and_bundles_from_before_and_after_verify_under_what_was_printed(
    tmp_path: Path,
) -> None:
    def save(name: str, content: str) -> Path:
        (tmp_path / name).write_text(content)
        return tmp_path / name

    with Service(tmp_path / "home") as service:
        token = open_bank(service)
        rpc = f"{service.url}/v1/chain"

        def post(name: str) -> tuple[Path, str]:
            status, receipt = service.call("POST", "/v1/records", token=token, body=payment(name))
            assert status == 201
            return save(f"{name}.receipt.json", json.dumps(receipt)), receipt["id"]

        def bundle(record_id: str, name: str) -> Path:
            request = urllib.request.Request(
                f"{service.url}/v1/records/{record_id}/bundle",
                headers={"authorization": f"Bearer {token}"},
            )
            with urllib.request.urlopen(request, timeout=30) as answer:
                return save(f"{name}.mealtrace.json", answer.read().decode())

        old_policy = save("old", service.text("/v1/trust"))
        old_receipt, old_id = post("before")
        service.cli("anchor")
        old_bundle = bundle(old_id, "before")
        service.cli("keys", "rotate-log")
        new_policy = save("new", service.text("/v1/trust"))
        new_receipt, new_id = post("after")
        service.cli("anchor")
        new_bundle, renewed = bundle(new_id, "after"), bundle(old_id, "renewed")
        genesis = old_policy.read_text().splitlines()
        both = save(
            "both",
            "\n".join(
                [*genesis[:-1], *(line for line in new_policy.read_text().splitlines() if
                  line.startswith(("log ", "# genesis"))), genesis[-1]]
            ) + "\n",
        )  # fmt: skip

        for file, policy in (
            (old_bundle, old_policy),
            (new_bundle, old_policy),  # through the `log-key` record in its support
            (renewed, old_policy),
            (new_bundle, new_policy),
            (renewed, new_policy),
            (new_bundle, both),
            (old_bundle, both),
        ):
            done = verify(file, "--policy", policy, "--rpc", rpc)
            assert done.returncode == 0, (file.name, policy.name, done.stdout)
        kept = verify(old_receipt, "--policy", both, "--url", service.url)
        assert "✗" not in kept.stdout, kept.stdout
        assert "consistency" in kept.stdout
        assert verify(old_receipt, "--policy", old_policy).returncode == 3  # log-only, as ever
        assert verify(new_receipt, "--policy", new_policy).returncode == 3
        assert verify(old_bundle, "--policy", new_policy, "--rpc", rpc).returncode in (1, 3)

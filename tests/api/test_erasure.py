"""Erasure as people meet it: who asks, who posts it, who reads afterwards, who audits.

On SQLite with a folder of files and a chain, and on PostgreSQL with MinIO and none.
"""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playground import OTHER_SCHOOL, Running, embedded, example, serving, settle
from sqlalchemy import text

from api import key_files
from api.audit import local
from api.audit.report import Report
from api.cli.main import main
from api.installation import S3_SECRET, open_installation
from api.settings import Settings
from ledger import entry as entries
from ledger.encoding import unb64
from ledger.evidence.examples import school_day as day

OPERATOR = Settings().operator


@pytest.fixture(params=["sqlite and folder", "postgresql and minio"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    if request.param == "sqlite and folder":
        settings = embedded(
            tmp_path / "home", anchor_every_records=1, anchor_every_s=0.2, anchor_least_s=0
        )
    else:
        server = request.getfixturevalue("minio_server")
        settings = embedded(
            tmp_path / "home",
            database_url=request.getfixturevalue("postgres_url"),
            chain="none",
            s3_endpoint=server.endpoint,
            s3_bucket=f"b-{uuid.uuid4().hex}",
            s3_access_key=server.access_key,
            s3_secure=False,
        )
        settings.keys_dir.mkdir(parents=True, mode=0o700)
        key_files.create(settings.keys_dir / S3_SECRET, server.secret_key)
    tokens = settle(settings)
    with serving(settings, tokens) as service:
        yield service


def post(running: Running, request: dict[str, Any], party: str) -> dict[str, Any]:
    answer = running.as_(party).post("/v1/records", json=request)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def erasure(of: dict[str, Any], reason: str, *fields: str) -> dict[str, Any]:
    """The request of somebody who has the record's receipt, for its statement's digest."""
    digest = entries.parse(unb64(of["entry"])).statement.sha256.hex()
    scope = {"scope": "fields", "fields": list(fields)} if fields else {"scope": "record"}
    return {
        "id": str(uuid.uuid4()),
        "type": "erasure",
        "occurred_at": "2026-11-24T01:00:00Z",
        "payload": {**scope, "reason_code": reason},
        "links": [{"rel": "erases", "id": of["id"], "sha256": digest}],
    }


def check_up() -> dict[str, Any]:
    return example("morning-check", checked_at=f"2026-11-23T05:{time.time_ns() % 60:02}:00.000Z")


def audited(running: Running) -> Report:
    """An audit while nothing is being anchored: it opens the embedded chain for itself."""
    wait_for_anchor(running, int(running.as_(None).get("/checkpoint").text.split("\n")[1]))
    return local.audit(running.settings)


def verified(
    running: Running, record_id: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, Any]]:
    """Exit code and verdict of `mealtrace verify` over the record's bundle."""
    bundle, policy = folder / "r.mealtrace.json", folder / "policy"
    bundle.write_bytes(running.as_(day.AUDITOR).get(f"/v1/records/{record_id}/bundle").content)
    policy.write_bytes(running.as_(None).get("/v1/trust").content)
    arguments = ["verify", str(bundle), "--policy", str(policy), "--json"]
    if running.settings.chain == "embedded":
        arguments += ["--rpc", f"{running.url}/v1/chain"]
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0), json.loads(capsys.readouterr().out)


def states(verdict: dict[str, Any]) -> dict[str, str]:
    return {check["name"]: check["state"] for check in verdict["checks"]}


def wait_for_anchor(running: Running, size: int) -> None:
    if running.settings.chain != "embedded":
        return
    deadline = time.monotonic() + 30
    while True:
        anchors = running.as_(None).get("/v1/anchors").json()["anchors"]
        if any(row["size"] >= size and row["state"] == "final" for row in anchors):
            return
        assert time.monotonic() < deadline, anchors
        time.sleep(0.1)


def test_a_whole_record_and_its_files_are_gone_and_everything_else_holds(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = check_up()
    receipt = post(running, request, day.GATEWAY)
    other = post(running, example("order", order_no="E-1"), day.SCHOOL)
    record_id = request["id"]
    digest = request["blobs"][0]["sha256"]
    path = f"/v1/blobs/{digest}"
    assert running.as_(day.AUDITOR).get(path).status_code == 200

    # A school asks for it in vain: only the operator, or an authority, decides.
    asked = erasure(receipt, "data-subject-request")
    for party in (day.SCHOOL, day.GATEWAY, day.REGULATOR, OTHER_SCHOOL, day.AUDITOR):
        refused = running.as_(party).post("/v1/records", json=asked)
        assert refused.status_code == 403, refused.text
        assert refused.json()["type"].endswith("forbidden-type")
    before = running.as_(day.AUDITOR).get(f"/v1/records/{record_id}").json()
    assert before["payload"]["result"]
    done = post(running, asked, OPERATOR)

    shown = running.as_(day.AUDITOR).get(f"/v1/records/{record_id}").json()
    assert (shown["erased"], shown["payload"], shown["entry"]) == (True, None, receipt["entry"])
    retried = running.as_(day.GATEWAY).post("/v1/records", json=request)
    assert (retried.status_code, retried.json()["type"]) == (410, "urn:mealtrace:problem:erased")
    assert running.as_(day.AUDITOR).get(path).status_code == 404
    held = {"If-None-Match": f'"{digest}"'}
    for method, headers in (("GET", {}), ("HEAD", {}), ("GET", held)):
        gone = running.as_(day.GATEWAY).request(method, path, headers=headers)
        assert gone.status_code == 410, method
    wait_for_anchor(running, done["tree_size"])
    code, verdict = verified(running, record_id, tmp_path, capsys)
    assert states(verdict)["payload-commitment"] == "erased"
    assert states(verdict)["corrections-and-erasures"] == "erased"
    assert states(verdict)["blob-digests"] == "erased"
    expected = {"embedded": (0, "verified"), "none": (3, "log-only")}[running.settings.chain]
    assert (code, verdict["overall"]) == expected
    code, verdict = verified(running, other["id"], tmp_path, capsys)
    assert states(verdict)["payload-commitment"] == "pass"
    report = audited(running)
    assert report.findings == []
    assert report.checked["erased"] == 1


def test_single_fields_go_and_the_others_are_still_proven(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = check_up()
    receipt = post(running, request, day.GATEWAY)
    post(running, erasure(receipt, "consent-withdrawn", "symptoms", "hands"), OPERATOR)

    shown = running.as_(day.AUDITOR).get(f"/v1/records/{request['id']}").json()
    assert not shown["erased"]
    assert shown["erased_fields"] == ["hands", "symptoms"]
    assert shown["payload"]["forehead_mC"] == request["payload"]["forehead_mC"]
    assert {"hands", "symptoms"}.isdisjoint(shown["payload"])
    _, verdict = verified(running, request["id"], tmp_path, capsys)
    assert states(verdict)["payload-commitment"] == "pass"
    assert states(verdict)["corrections-and-erasures"] == "erased"
    assert running.as_(day.GATEWAY).post("/v1/records", json=request).status_code == 410
    assert audited(running).findings == []


def test_the_same_loss_without_an_erasure_is_called_a_loss(running: Running) -> None:
    request = check_up()
    post(running, request, day.GATEWAY)
    with (
        closing(open_installation(running.settings)) as opened,
        opened.store.engine.begin() as connection,
    ):
        connection.execute(
            text("DELETE FROM wrapped_keys WHERE owner = :o"), {"o": f"r:{request['id']}"}
        )
    found = audited(running).findings
    assert len(found) == 1, found
    [finding] = found

    assert finding.point == 3
    assert "a loss" in finding.en
    assert "丢失" in finding.zh
    assert request["id"] in finding.en


def test_an_older_backup_of_the_keys_is_found_and_undone_at_start(running: Running) -> None:
    request = check_up()
    receipt = post(running, request, day.GATEWAY)
    owner = {"o": f"r:{request['id']}"}
    with closing(open_installation(running.settings)) as opened:
        engine = opened.store.engine
        with engine.begin() as connection:
            query = text("SELECT wrapped FROM wrapped_keys WHERE owner = :o")
            kept = connection.execute(query, owner).scalar_one()
        post(running, erasure(receipt, "court-order"), OPERATOR)
        with engine.begin() as connection:
            connection.execute(
                text("INSERT INTO wrapped_keys (owner, wrapped) VALUES (:o, :w)"),
                {**owner, "w": kept},
            )
        found = audited(running).findings
        assert len(found) == 1, found
        [finding] = found
        assert "was erased, and its key is still there" in finding.en
        if running.settings.embedded:
            return  # its chain's file has one owner: a second service cannot start beside it
        with serving(running.settings, running.tokens) as again:
            assert again.as_(None).get("/healthz").status_code == 200
        with engine.begin() as connection:
            assert connection.execute(query, owner).scalar() is None
        assert audited(running).findings == []

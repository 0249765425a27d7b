"""What a service writes to its log in a day on which much goes wrong, at the level that tells most."""

import contextlib
import copy
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from components.process import ROOT
from components.service import Service
from playground import example

from ledger.evidence.examples import school_day as day

PERSON = "王小明-不可见"
PHONE = "13912345678"
ID_NUMBER = "210502199003078812"
ACCOUNT = "6222021234567890123"
REMITTANCE = "食堂张姐转来的饭钱"
WORDS = (PERSON, PHONE, ID_NUMBER, ACCOUNT, REMITTANCE)

#: A database that fails in ways nobody foresaw; the driver's error quotes what was to be written.
BROKEN = """
CREATE TRIGGER broken_refusals BEFORE INSERT ON refusals
    BEGIN SELECT RAISE(ABORT, 'broken'); END;
CREATE TRIGGER broken_reads BEFORE INSERT ON personal_reads
    BEGIN SELECT RAISE(ABORT, 'broken'); END;
CREATE TRIGGER broken_names BEFORE INSERT ON pseudonyms
    BEGIN SELECT RAISE(ABORT, 'broken'); END;
CREATE TRIGGER broken_entries BEFORE INSERT ON entries
    BEGIN SELECT RAISE(ABORT, 'broken'); END;
"""


def test_a_day_s_log_holds_no_secret_and_nothing_about_a_person(
    settled: Callable[[Path], dict[str, str]], tmp_path: Path
) -> None:
    tokens = settled(tmp_path)
    settings = {"MEALTRACE_LOG_LEVEL": "debug", "MEALTRACE_ACCESS_LOG": "true"}
    answers: list[httpx.Response] = []
    with Service(tmp_path, settings) as service, httpx.Client(base_url=service.url) as client:

        def send(party: str, method: str, path: str, **more: Any) -> None:
            headers = {"Authorization": f"Bearer {tokens[party]}", **more.pop("headers", {})}
            with contextlib.suppress(httpx.RemoteProtocolError):  # an answer that broke off
                answers.append(client.request(method, path, headers=headers, **more))

        _live(send)
        with sqlite3.connect(tmp_path / "data" / "ledger.sqlite") as database:
            database.executescript(BROKEN)
        database.close()
        healthy = len(answers)
        _live(send)
        for unknown in ("mt_no-such-token-at-all", "Basic " + ACCOUNT):
            client.get("/v1/records", headers={"Authorization": f"Bearer {unknown}"})
    written = (tmp_path / "serve.log").read_text("utf-8")
    lines = [json.loads(line) for line in written.splitlines()]

    assert {answer.status_code for answer in answers[:healthy]} >= {200, 201, 400, 404, 422}
    assert 500 in {answer.status_code for answer in answers[healthy:]}
    assert any("sqlalchemy" in line.get("trace", "") for line in lines)
    secrets = {*tokens.values(), "no-such-token", *WORDS, PERSON[:3], ID_NUMBER[6:14]}
    for file in (tmp_path / "keys").iterdir():
        secrets.update(
            line for line in file.read_bytes().decode("latin-1").split() if len(line) > 8
        )
    for secret in secrets:
        for form in (secret, quote(secret), json.dumps(secret)[1:-1], secret.encode().hex()):
            assert form not in written, f"the log has {form}"

    told = {line["request_id"] for line in lines if line["logger"] == "mealtrace.access"}
    assert {answer.headers["x-request-id"] for answer in answers} <= told
    for line in lines:
        assert {"at", "level", "logger", "message"} <= line.keys()
        if line["logger"] in {"mealtrace.problem", "mealtrace.posting"}:
            assert line["request_id"] in told


def _live(send: Callable[..., None]) -> None:
    """Records with people in them; sent right, and wrong in many ways."""
    supplier = example("supplier-registration", legal_representative=PERSON, contact_name=PERSON)
    supplier["payload"].update(contact_phone=PHONE, payee_account=ACCOUNT)
    entry = example("account-entry", counterparty_name=PERSON, remittance_text=REMITTANCE)
    entry["payload"]["counterparty_account"] = ACCOUNT
    for party, request in ((day.SUPPLIER, supplier), (day.BANK, entry)):
        send(party, "POST", "/v1/records", json=request)
        send(party, "POST", "/v1/records", json=request)
        changed = copy.deepcopy(request)
        changed["payload"]["remittance_text"] = PERSON
        send(party, "POST", "/v1/records", json=changed)
        wrong = {**request, "payload": {**request["payload"], PHONE: PERSON, "amount_fen": PERSON}}
        send(party, "POST", "/v1/records", json=wrong)
        send(party, "POST", "/v1/records", json={**request, "type": PERSON, "id": PHONE})
        send(party, "POST", "/v1/records:prepare", json=wrong)
        send(party, "POST", "/v1/records", content=json.dumps(request).encode()[:-9])
        batch = b"\n".join(json.dumps(one).encode() for one in (request, wrong, {"x": PERSON}))
        ndjson = {"content-type": "application/x-ndjson"}
        send(party, "POST", "/v1/records:batch", content=batch, headers=ndjson)
        for reader in (party, day.AUDITOR):
            send(reader, "GET", f"/v1/records/{request['id']}")
            send(reader, "GET", f"/v1/records/{request['id']}/bundle?disclose=contact_phone")
        parts = {"record": (None, json.dumps(wrong)), "photo": (PERSON, b"x", "image/png")}
        send(party, "POST", "/v1/records", files=parts)
        multipart = {"content-type": "multipart/form-data; boundary=a"}
        send(party, "POST", "/v1/records", content=PERSON.encode(), headers=multipart)
    send(day.SCHOOL, "POST", "/v1/pseudonyms", json={"kind": "person", "identity": ID_NUMBER})
    send(day.SCHOOL, "POST", "/v1/pseudonyms", json={"kind": PERSON, "identity": ID_NUMBER})
    send(day.AUDITOR, "GET", "/v1/parties", params={"q": PERSON})
    send(day.AUDITOR, "GET", "/v1/records", params={"source_ref": PHONE, "subject": ID_NUMBER})
    send(day.AUDITOR, "GET", f"/v1/records/{ID_NUMBER}")
    send(day.AUDITOR, "GET", f"/{ID_NUMBER}", headers={"X-Request-Id": ID_NUMBER[:4]})
    send(day.AUDITOR, "GET", f"/v1/subjects/{PERSON}/history")


_UNCAUGHT = """
import asyncio, threading
from api import logs

logs.configure("debug")
WORDS = "hidden " + "words"

def fails():
    raise ValueError(WORDS)

async def main():
    task = asyncio.create_task(asyncio.to_thread(fails))
    await asyncio.sleep(0.1)
    del task

thread = threading.Thread(target=fails)
thread.start()
thread.join()
asyncio.run(main())
fails()
"""


def test_an_error_that_nobody_caught_is_a_line_without_its_words() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _UNCAUGHT], capture_output=True, text=True, cwd=ROOT, check=False
    )

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert len(lines) == 3
    assert "hidden" not in done.stderr
    for line in lines:
        assert "in fails" in line["trace"]
        assert line["trace"].endswith("builtins.ValueError")

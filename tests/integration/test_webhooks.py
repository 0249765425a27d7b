"""Warnings outlive `kill -9`: what was acknowledged is told, under the same ids, also what was half sent."""

import signal
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from components.posting import SCHOOL, introduce
from components.process import ROOT, Process
from components.receiver import OK, Received, Receiver, Reply
from components.service import Service

from ledger.evidence.catalogue import TYPES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def incident(number: int) -> dict[str, Any]:
    example = TYPES["incident"].example
    return {
        "id": str(uuid.uuid4()),
        "type": "incident",
        "occurred_at": example["occurred_at"],
        "payload": {**example["payload"], "incident_no": f"SJ-{number}"},
    }


def told(receiver: Receiver) -> list[str]:
    return [got.json["data"]["id"] for got in receiver.received if got.json["type"] == "incident"]


def test_a_service_that_is_killed_while_it_sends_sends_again_when_it_is_back(
    tmp_path: Path,
) -> None:
    hangs = {"now": False}

    def answer(got: Received) -> Reply:
        return Reply(after_s=60) if hangs["now"] and got.json["type"] == "incident" else OK

    with Receiver(answer) as receiver, Service(tmp_path / "home") as service:
        token = introduce(service, SCHOOL, "school")
        body = {"kind": "webhook", "url": receiver.url}
        status, made = service.call("POST", "/v1/webhooks", token=token, body=body)
        assert status == 201, made
        receiver.wait_for(1)

        def post(number: int) -> str:
            status, receipt = service.call(
                "POST", "/v1/records", token=token, body=incident(number)
            )
            assert status == 201, receipt
            return str(receipt["id"])

        acknowledged = [post(0)]
        receiver.wait_for(2)
        hangs["now"] = True
        acknowledged += [post(1)]
        receiver.wait_for(3)  # it is being sent: the receiver has it and does not answer
        acknowledged += [post(2), post(3)]
        service.kill()
        hangs["now"] = False

        service.start()
        receiver.wait_for(6, timeout_s=90)
        pending = None
        while pending != 0:
            _, listed = service.call("GET", "/v1/webhooks", token=token)
            pending = listed["webhooks"][0]["pending"]
        assert service.stop() == 0

    assert set(told(receiver)) == set(acknowledged)
    assert told(receiver).count(acknowledged[1]) == 2
    assert told(receiver).count(acknowledged[0]) == 1
    ids = {got.json["data"]["id"]: got.id for got in receiver.received if "id" in got.json["data"]}
    for got in receiver.received:
        if "id" in got.json["data"]:
            assert ids[got.json["data"]["id"]] == got.id


def test_another_worker_goes_on_where_one_was_killed(tmp_path: Path, postgres_url: str) -> None:
    """Over PostgreSQL, with a worker of its own: the service itself sends nothing."""
    settings = {
        "MEALTRACE_DATABASE_URL": postgres_url,
        "MEALTRACE_CHAIN": "none",
        "MEALTRACE_WEBHOOK_NETWORKS": "127.0.0.0/8",
    }
    command = [sys.executable, "-m", "api.cli.main", "worker"]
    with Receiver() as receiver, Service(tmp_path / "home", settings).found() as service:

        def work() -> Process:
            log = service.home / "worker.log"
            return Process(command, log=log, env=service.environment, cwd=ROOT)

        token = introduce(service, SCHOOL, "school")
        body = {"kind": "webhook", "url": receiver.url}
        assert service.call("POST", "/v1/webhooks", token=token, body=body)[0] == 201
        with work() as first:
            receiver.wait_for(1)
            assert service.call("POST", "/v1/records", token=token, body=incident(1))[0] == 201
            receiver.wait_for(2)
            assert first.stop(signal.SIGKILL) == -signal.SIGKILL
        assert service.call("POST", "/v1/records", token=token, body=incident(2))[0] == 201
        with work() as second:
            deadline = time.monotonic() + 90  # the lease of the dead one runs out first
            while len(set(told(receiver))) < 2:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            assert second.stop() == 0

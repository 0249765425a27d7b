"""Helping processes prepare what the service would, survive being killed, and end with it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playground import Running, example

from api.preparing import Preparers
from ledger.evidence.draft import prepare
from ledger.evidence.examples import school_day as day

LEDGER = bytes(32)
SEED = "A" * 42 + "E"


def order(**changes: Any) -> dict[str, Any]:
    return example("order", **{"order_no": f"P-{uuid.uuid4().hex[:12]}", **changes})


@asynccontextmanager
async def pool() -> AsyncIterator[Preparers]:
    preparers = Preparers(1)
    try:
        yield preparers
    finally:
        await preparers.close()


async def drafts_of(preparers: Preparers, lines: list[bytes]) -> list[Any]:
    return await preparers.prepare([(line, day.SCHOOL) for line in lines], ledger=LEDGER, facts={})


def test_a_line_is_prepared_as_the_service_does_it_and_a_bad_one_is_left_to_it() -> None:
    request = {**order(), "seed": SEED}
    lines = [
        json.dumps(request).encode(),
        b"{",
        json.dumps(order(amount_fen=-1)).encode(),
        json.dumps(request).encode(),
    ]

    async def scenario() -> list[Any]:
        async with pool() as preparers:
            return await drafts_of(preparers, lines)

    wanted = prepare(request, submitter=day.SCHOOL, ledger=LEDGER, new_seed=bytes(32))
    assert asyncio.run(scenario()) == [wanted, None, None, wanted]


def test_a_killed_process_loses_nothing_and_is_replaced() -> None:
    line = json.dumps(order()).encode()

    async def scenario() -> None:
        async with pool() as preparers:
            assert None not in await drafts_of(preparers, [line])
            assert preparers._pool is not None
            for child in list(preparers._pool._processes):
                os.kill(child, signal.SIGKILL)
            deadline = time.monotonic() + 20
            while await drafts_of(preparers, [line]) == [None]:
                assert time.monotonic() < deadline

    asyncio.run(scenario())


def test_the_processes_end_when_the_service_is_killed() -> None:
    program = """
import asyncio, json, sys
from api.preparing import Preparers
async def main():
    preparers = Preparers(1)
    await preparers.prepare([(b"{}", "school:1")], ledger=bytes(32), facts={})
    print(*preparers._pool._processes, flush=True)
    await asyncio.sleep(60)
if __name__ == "__main__":
    asyncio.run(main())
"""
    service = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert service.stdout is not None
    child = int(service.stdout.readline())
    service.kill()
    service.wait()
    service.stdout.close()

    deadline = time.monotonic() + 10
    while _alive(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _alive(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: nobody helps")
def test_a_large_batch_answers_as_a_small_one_does(running: Running) -> None:
    requests = [order() for _ in range(1100)]
    requests[700] = order(amount_fen=-1)
    requests[701] = requests[5]
    body = b"".join(json.dumps(request).encode() + b"\n" for request in requests)

    answer = running.as_(day.SCHOOL, **{"Content-Type": "application/x-ndjson"}).post(
        "/v1/records:batch", content=body
    )

    answers = [json.loads(line) for line in answer.text.splitlines()]
    assert [one["id"] for one in answers[:-1]] == [request["id"] for request in requests]
    assert answers[700]["problem"]["type"] == "urn:mealtrace:problem:schema"
    assert answers[701]["receipt"]["index"] == answers[5]["receipt"]["index"]
    assert answers[-1] == {
        "end": True, "lines": 1100, "stored": 1098, "replayed": 1, "refused": 1
    }  # fmt: skip

"""Helping processes prepare what the service would, survive being killed, and end with it."""

import asyncio
import itertools
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

from api.prepare_process import Question, to_message
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


def test_a_killed_process_loses_nothing_and_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.preparing._AGAIN_S", 0.2)
    line = json.dumps(order()).encode()

    async def scenario() -> None:
        async with pool() as preparers:
            assert None not in await drafts_of(preparers, [line])
            [child] = _children(os.getpid())
            os.kill(child, signal.SIGSTOP)
            asked = [asyncio.ensure_future(drafts_of(preparers, [line, line])) for _ in range(3)]
            await asyncio.sleep(0)
            os.kill(child, signal.SIGKILL)
            assert await asyncio.gather(*asked) == [[None, None]] * 3
            assert not preparers.ready()
            deadline = time.monotonic() + 20
            while await drafts_of(preparers, [line]) == [None]:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
            assert child not in _children(os.getpid())
        assert _children(os.getpid()) == []

    asyncio.run(scenario())


def test_a_stopped_process_is_given_up_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("_AGAIN_S", 0.2), ("_LATE_S", 0.3), ("_SILENT_S", 1.5)):
        monkeypatch.setattr(f"api.preparing.{name}", seconds)
    line = json.dumps(order()).encode()

    async def scenario() -> None:
        async with pool() as preparers:
            assert None not in await drafts_of(preparers, [line])
            await asyncio.sleep(2.0)  # owing nothing, it may be silent
            assert preparers.ready()
            [child] = _children(os.getpid())
            os.kill(child, signal.SIGSTOP)
            began = time.monotonic()
            asked = asyncio.ensure_future(drafts_of(preparers, [line, line]))
            await asyncio.sleep(0.5)
            assert not preparers.ready(), "what comes meanwhile does not wait for it"
            assert preparers.busy()
            assert await asked == [None, None]
            assert 1.4 < time.monotonic() - began < 5.0
            deadline = time.monotonic() + 20
            while _alive(child):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
            while await drafts_of(preparers, [line]) == [None]:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
            assert _children(os.getpid()) != [child]

    asyncio.run(scenario())


def test_a_process_that_works_for_long_is_let(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.preparing._SILENT_S", 3.0)
    line = json.dumps(order()).encode()

    async def scenario() -> list[list[Any]]:
        async with pool() as preparers:
            await drafts_of(preparers, [line])
            [child] = _children(os.getpid())
            answers = []
            for _ in range(3):  # each answer late, none too late
                os.kill(child, signal.SIGSTOP)
                asked = asyncio.ensure_future(drafts_of(preparers, [line]))
                await asyncio.sleep(1.5)
                os.kill(child, signal.SIGCONT)
                answers.append(await asked)
            assert _children(os.getpid()) == [child]
            return answers

    assert [None] not in asyncio.run(scenario())


def test_a_process_that_cannot_start_is_not_tried_at_every_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    async def refuse(*_: object, **__: object) -> None:
        tried.append(time.monotonic())
        raise OSError("no more processes")

    monkeypatch.setattr("asyncio.create_subprocess_exec", refuse)
    monkeypatch.setattr("api.preparing._AGAIN_S", 0.2)

    async def scenario() -> None:
        async with pool() as preparers:
            end = time.monotonic() + 0.7
            while time.monotonic() < end:
                assert not preparers.ready()
                assert await drafts_of(preparers, [b"{}"]) == [None]
                await asyncio.sleep(0.01)

    asyncio.run(scenario())
    assert 2 <= len(tried) <= 4
    assert all(b - a >= 0.2 for a, b in itertools.pairwise(tried))


def test_who_asks_after_the_end_gets_no_draft_and_starts_nothing() -> None:
    async def scenario() -> None:
        preparers = Preparers(1)
        waiting = asyncio.ensure_future(drafts_of(preparers, [b"{}"]))
        await asyncio.sleep(0)
        await preparers.close()
        assert await waiting == [None]
        assert await drafts_of(preparers, [b"{}", b"{}"]) == [None, None]
        assert not preparers.ready()
        assert _children(os.getpid()) == []

    asyncio.run(scenario())


def test_what_prints_is_not_taken_for_an_answer() -> None:
    question: Question = ([(b"{}", "school:1")], LEDGER, {})
    program = (
        "from api import prepare_process as p; p.answer = lambda q: print('noise') or []; p.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=to_message(question),
        capture_output=True,
        check=True,
    )
    assert done.stdout == to_message([])
    assert b"noise" in done.stderr


def test_the_processes_end_when_the_service_is_killed() -> None:
    program = """
import asyncio
from api.preparing import Preparers
async def main():
    preparers = Preparers(1)
    await preparers.prepare([(b"{}", "school:1")], ledger=bytes(32), facts={})
    print("started", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    service = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert service.stdout is not None
    assert service.stdout.readline() == "started\n"
    [child] = _children(service.pid)
    service.kill()
    service.wait()
    service.stdout.close()

    deadline = time.monotonic() + 10
    while _alive(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _children(process: int) -> list[int]:
    """Preparing processes under this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            named = b"api.prepare_process" in (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == process and named:
            found.append(int(folder.name))
    return found


def _alive(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def test_a_process_is_busy_once_questions_wait_behind_one() -> None:
    async def scenario() -> list[bool]:
        async with pool() as preparers:
            assert None not in await drafts_of(preparers, [json.dumps(order()).encode()])
            found, asked = [preparers.busy()], []
            for _ in range(3):
                asked.append(asyncio.ensure_future(drafts_of(preparers, [b"{}"])))
                await asyncio.sleep(0)
                found.append(preparers.busy())
            await asyncio.gather(*asked)
            return [*found, preparers.busy()]

    assert asyncio.run(scenario()) == [False, False, False, True, False]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: nobody helps")
@pytest.mark.parametrize("busy", [[False], [True], [True, False]])
def test_a_large_batch_answers_as_a_small_one_does(
    running: Running, monkeypatch: pytest.MonkeyPatch, busy: list[bool]
) -> None:
    turns = itertools.cycle(busy)
    monkeypatch.setattr(Preparers, "busy", lambda _: next(turns))
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

"""Records that arrive together are prepared by another process, and answered as if they were not."""

import asyncio
import json
import os
import uuid
from typing import Any, cast

import pytest
from playground import example

from api.batcher import Batcher
from api.blob_facts import BlobFacts
from api.crowd import Crowd
from api.prepare_process import Submitted
from api.preparing import Preparers
from ledger.evidence.draft import Draft, prepare
from ledger.evidence.examples import school_day as day

LEDGER = bytes(32)
SEED = "A" * 42 + "E"


class Queue:
    """A batcher as far as a crowd asks for one."""

    def __init__(self, waiting: int, last: int = 0) -> None:
        self.waiting = waiting
        self.last = last


class NoFacts:
    def known(self, *_: object) -> dict[str, tuple[str, int]]:
        return {}


def crowd(preparers: Any, *, waiting: int = 100, last: int = 0) -> Crowd:
    return Crowd(
        cast("Preparers", preparers),
        cast("Batcher", Queue(waiting, last)),
        cast("BlobFacts", NoFacts()),
        ledger=LEDGER,
    )


def order(number: int) -> bytes:
    request = example("order", order_no=f"C-{number}")
    return json.dumps({**request, "id": str(uuid.uuid4()), "seed": SEED}).encode()


async def started() -> Preparers:
    preparers = Preparers(1)
    assert not preparers.ready(), "nobody waits for a process to start"
    await preparers.prepare([], ledger=LEDGER, facts={})
    assert preparers.ready()
    return preparers


class Scripted:
    """Preparers that do what a test says, and count what they were asked."""

    def __init__(self, outcome: BaseException | None = None) -> None:
        self.outcome = outcome
        self.asked: list[int] = []

    def ready(self) -> bool:
        return True

    async def prepare(self, requests: list[Submitted], **_: object) -> list[Draft | None]:
        self.asked.append(len(requests))
        if self.outcome is not None:
            raise self.outcome
        return [None] * len(requests)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: nobody helps")
def test_each_gets_the_draft_of_its_own_request_and_a_bad_one_none() -> None:
    bodies = [order(number) for number in range(20)]
    bodies[7] = b"{"

    async def scenario() -> list[Draft | None]:
        preparers = await started()
        try:
            gathered = crowd(preparers)
            return await asyncio.gather(*(gathered.draft(body, day.SCHOOL) for body in bodies))
        finally:
            await preparers.close()

    wanted = [
        None
        if body == b"{"
        else prepare(json.loads(body), submitter=day.SCHOOL, ledger=LEDGER, new_seed=bytes(32))
        for body in bodies
    ]
    assert asyncio.run(scenario()) == wanted


def test_those_of_one_turn_go_in_one_message() -> None:
    preparers = Scripted()

    async def scenario() -> None:
        gathered = crowd(preparers)
        await asyncio.gather(*(gathered.draft(b"{}", day.SCHOOL) for _ in range(12)))

    asyncio.run(scenario())
    assert preparers.asked == [12]


@pytest.mark.parametrize(("waiting", "last"), [(0, 0), (7, 0), (0, 7)])
def test_an_idle_service_asks_nobody(waiting: int, last: int) -> None:
    preparers = Scripted()

    assert (
        asyncio.run(crowd(preparers, waiting=waiting, last=last).draft(b"{}", day.SCHOOL)) is None
    )
    assert preparers.asked == []


def test_a_service_that_was_loaded_a_moment_ago_asks_from_the_first_on() -> None:
    preparers = Scripted()

    asyncio.run(crowd(preparers, waiting=0, last=8).draft(b"{}", day.SCHOOL))
    assert preparers.asked == [1]


def test_a_large_request_is_not_sent_to_another_process() -> None:
    preparers = Scripted()

    assert asyncio.run(crowd(preparers).draft(b" " * 70_000, day.SCHOOL)) is None
    assert preparers.asked == []


@pytest.mark.parametrize("outcome", [RuntimeError("shut down"), asyncio.CancelledError()])
def test_whatever_happens_to_the_helpers_nobody_waits_for_ever(outcome: BaseException) -> None:
    async def scenario() -> Draft | None:
        async with asyncio.timeout(5):
            return await crowd(Scripted(outcome)).draft(b"{}", day.SCHOOL)

    assert asyncio.run(scenario()) is None

"""Transactions fill by load, refusals are immediate, and no failure or cancellation spreads."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest

from api.batcher import Batcher
from api.errors import ProblemError
from api.metrics import Metrics
from ledger.errors import ConflictError, UnavailableError


class Recorder:
    """Appends into a list; can be held in the middle of a transaction, and fails on `poison`."""

    def __init__(self) -> None:
        self.transactions: list[list[str]] = []
        self.atomics: list[bool] = []
        self.threads: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.released = threading.Event()
        self.released.set()
        self.asks = False

    def commit(
        self,
        drafts: Sequence[str],
        *,
        atomic: bool = False,
        more: Callable[[], Sequence[str]] | None = None,
    ) -> Callable[[], list[str]]:
        self.threads.add(threading.get_ident())
        self.entered.set()
        assert self.gate.wait(5)
        if more is not None and self.asks:
            drafts = [*drafts, *more()]
        if "poison" in drafts:
            raise ZeroDivisionError
        if "away" in drafts:
            raise UnavailableError("away")
        self.transactions.append(list(drafts))
        self.atomics.append(atomic)

        def release() -> list[str]:
            assert self.released.wait(5)
            if "unmarked" in drafts:
                raise UnavailableError("no mark")
            return [f"{draft}!" for draft in drafts]

        return release


def run(
    scenario: Callable[[Batcher, Recorder], Coroutine[Any, Any, None]],
    *,
    queue_records: int = 100,
    transaction_records: int = 8,
) -> Recorder:
    async def main() -> Recorder:
        recorder = Recorder()
        batcher = Batcher(
            recorder,
            Metrics(),
            queue_records=queue_records,
            transaction_records=transaction_records,
        )
        batcher.start()
        try:
            await asyncio.wait_for(scenario(batcher, recorder), 10)
        finally:
            recorder.gate.set()
            recorder.released.set()
            await batcher.close()
        return recorder

    return asyncio.run(main())


async def hold(batcher: Batcher, recorder: Recorder) -> "asyncio.Future[list[Any]]":
    """Start a transaction and stop it in the middle."""
    recorder.gate.clear()
    recorder.entered.clear()
    first = batcher.submit(["first"])
    await asyncio.to_thread(recorder.entered.wait, 5)
    return first


def test_an_idle_batcher_appends_at_once() -> None:
    async def scenario(batcher: Batcher, _: Recorder) -> None:
        assert await batcher.submit(["a", "b"]) == ["a!", "b!"]

    assert run(scenario).transactions == [["a", "b"]]


def test_who_comes_during_a_transaction_shares_the_next() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        first = await hold(batcher, recorder)
        waiting = [batcher.submit([name]) for name in "abc"]
        recorder.gate.set()
        assert await first == ["first!"]
        assert await asyncio.gather(*waiting) == [["a!"], ["b!"], ["c!"]]

    recorder = run(scenario)
    assert recorder.transactions == [["first"], ["a", "b", "c"]]
    assert len(recorder.threads) == 1


def test_a_transaction_takes_no_more_than_its_limit_and_keeps_the_order() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        first = await hold(batcher, recorder)
        waiting = [batcher.submit([f"{i}a", f"{i}b", f"{i}c"]) for i in range(5)]
        recorder.gate.set()
        await asyncio.gather(first, *waiting)

    recorder = run(scenario)
    assert [len(t) for t in recorder.transactions] == [1, 6, 6, 3]
    flat = [draft for transaction in recorder.transactions for draft in transaction]
    assert flat[1::3] == [f"{i}a" for i in range(5)]


def test_who_comes_before_a_transaction_holds_the_head_goes_with_it() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        recorder.asks = True
        first = await hold(batcher, recorder)
        waiting = [batcher.submit([name]) for name in "abc"]
        atomic = batcher.submit(["x", "y"], atomic=True)
        last = batcher.submit(["d"])
        recorder.gate.set()
        assert await first == ["first!"]
        assert await asyncio.gather(*waiting) == [["a!"], ["b!"], ["c!"]]
        assert await atomic == ["x!", "y!"]
        assert await last == ["d!"]
        assert batcher.waiting == 0

    assert run(scenario).transactions == [["first", "a", "b", "c"], ["x", "y"], ["d"]]


def test_no_more_than_the_limit_goes_with_it() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        recorder.asks = True
        first = await hold(batcher, recorder)
        waiting = [batcher.submit([f"{i}a", f"{i}b", f"{i}c"]) for i in range(3)]
        recorder.gate.set()
        await asyncio.gather(first, *waiting)

    assert [len(transaction) for transaction in run(scenario).transactions] == [7, 3]


def test_one_who_went_with_it_and_breaks_it_breaks_it_for_nobody_else() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        recorder.asks = True
        first = await hold(batcher, recorder)
        poison, other = batcher.submit(["poison"]), batcher.submit(["b"])
        recorder.gate.set()
        assert await first == ["first!"]
        assert await other == ["b!"]
        with pytest.raises(ZeroDivisionError):
            await poison

    assert run(scenario).transactions == [["first"], ["b"]]


def test_what_came_before_the_end_is_appended_before_the_end() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        recorder.asks = True
        first = await hold(batcher, recorder)
        second = batcher.submit(["a"])
        closing = asyncio.ensure_future(batcher.close())
        await asyncio.sleep(0)
        recorder.gate.set()
        await closing
        assert await first == ["first!"]
        assert await second == ["a!"]

    assert run(scenario).transactions == [["first", "a"]]


def test_an_atomic_ticket_has_a_transaction_of_its_own() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        first = await hold(batcher, recorder)
        waiting = [
            batcher.submit(["a"]),
            batcher.submit(["x", "y"], atomic=True),
            batcher.submit(["b"]),
        ]
        recorder.gate.set()
        await asyncio.gather(first, *waiting)

    recorder = run(scenario)
    assert recorder.transactions == [["first"], ["a"], ["x", "y"], ["b"]]
    assert recorder.atomics == [False, False, True, False]


def test_a_full_queue_refuses_with_a_time_to_come_back() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        first = await hold(batcher, recorder)
        waiting = [batcher.submit(["a"]) for _ in range(3)]
        with pytest.raises(ProblemError) as refused:
            batcher.submit(["b"])
        assert refused.value.code == "too-many-requests"
        assert 1 <= int(refused.value.headers["Retry-After"]) <= 3
        recorder.gate.set()
        await asyncio.gather(first, *waiting)
        assert batcher.waiting == 0
        assert await batcher.submit(["b"]) == ["b!"]

    run(scenario, queue_records=4)


def test_a_batch_that_has_begun_waits_for_room_instead() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        first = await hold(batcher, recorder)
        waiting = [batcher.submit(["a"]) for _ in range(3)]
        late = asyncio.create_task(batcher.submit_when_room(["b"]))
        await asyncio.sleep(0.01)
        assert not late.done()
        recorder.gate.set()
        await asyncio.gather(first, *waiting)
        assert await (await late) == ["b!"]

    run(scenario, queue_records=4)


def test_a_cancelled_request_s_records_are_appended_once() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        first = await hold(batcher, recorder)
        gone = batcher.submit(["gone"])
        stays = batcher.submit(["stays"])
        gone.cancel()
        recorder.gate.set()
        assert await first == ["first!"]
        assert await stays == ["stays!"]

    assert run(scenario).transactions == [["first"], ["gone", "stays"]]


def test_a_draft_that_breaks_the_transaction_takes_nobody_with_it() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        first = await hold(batcher, recorder)
        waiting = [batcher.submit([name]) for name in ("a", "poison", "b")]
        recorder.gate.set()
        outcomes = await asyncio.gather(first, *waiting, return_exceptions=True)
        assert outcomes[0] == ["first!"]
        assert outcomes[1] == ["a!"]
        assert isinstance(outcomes[2], ZeroDivisionError)
        assert outcomes[3] == ["b!"]

    run(scenario)


def test_an_absent_database_is_told_to_everybody_and_survived() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        first = await hold(batcher, recorder)
        waiting = [batcher.submit([name]) for name in ("a", "away")]
        recorder.gate.set()
        outcomes = await asyncio.gather(first, *waiting, return_exceptions=True)
        assert [type(o) for o in outcomes[1:]] == [UnavailableError, UnavailableError]
        assert batcher.waiting == 0
        assert await batcher.submit(["b"]) == ["b!"]

    assert run(scenario).transactions == [["first"], ["b"]]


def test_closing_appends_what_waits_and_refuses_what_comes() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        first = await hold(batcher, recorder)
        waiting = [batcher.submit([str(i)]) for i in range(20)]
        closing = asyncio.create_task(batcher.close())
        await asyncio.sleep(0)
        with pytest.raises(UnavailableError):
            batcher.submit(["late"])
        recorder.gate.set()
        await closing
        assert await asyncio.gather(first, *waiting) == [
            ["first!"],
            *([f"{i}!"] for i in range(20)),
        ]

    run(scenario)


def test_nothing_is_told_before_its_release_and_the_next_transaction_does_not_wait_for_it() -> None:
    async def scenario(batcher: Batcher, recorder: Recorder) -> None:
        recorder.released.clear()
        first = batcher.submit(["a"])
        await asyncio.to_thread(recorder.entered.wait, 5)
        recorder.entered.clear()
        second = batcher.submit(["b"])
        assert await asyncio.to_thread(recorder.entered.wait, 5)
        await asyncio.sleep(0.01)
        assert recorder.transactions == [["a"], ["b"]]
        assert not first.done()
        assert not second.done()
        recorder.released.set()
        assert await first == ["a!"]
        assert await second == ["b!"]

    run(scenario)


def test_a_failed_release_is_told_to_those_it_concerns() -> None:
    async def scenario(batcher: Batcher, _: Recorder) -> None:
        with pytest.raises(UnavailableError):
            await batcher.submit(["unmarked"])
        assert batcher.waiting == 0
        assert await batcher.submit(["b"]) == ["b!"]

    run(scenario)


def test_errors_pass_as_they_are() -> None:
    class Conflicting:
        def commit(
            self, drafts: Sequence[str], *, atomic: bool = False, more: object = None
        ) -> Callable[[], list[str]]:
            assert more is not None
            raise ConflictError(f"{len(drafts)} {atomic}")

    async def main() -> None:
        batcher = Batcher(Conflicting(), Metrics(), queue_records=4, transaction_records=4)
        batcher.start()
        with pytest.raises(ConflictError, match="1 False"):
            await batcher.submit(["a"])
        await batcher.close()

    asyncio.run(main())

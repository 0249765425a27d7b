"""The lines of a batch on their way: prepared piece by piece, appended, and answered in order.

    lines → piece → drafts → batcher → outcomes → answers

One piece is written while the next is prepared. Memory holds a few pieces, whatever the batch.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import IO, Any, Final

import orjson

from api import body, posting, receipts
from api.auth import Principal
from api.errors import Problem, problem_of, too_large
from api.preparing import Preparers, digests_in
from api.service import Service
from ledger.canonical import JsonValue
from ledger.errors import LedgerError, RefusedError
from ledger.evidence.draft import Draft
from storage.refusals import refused_with_others

_PIECE: Final = 512
_BREATHE_EVERY: Final = 16


@dataclass(slots=True)
class _Line:
    """One line on its way: its draft, or why it has none."""

    number: int
    record_id: str | None
    kind: str | None
    draft: Draft | None = None
    error: LedgerError | None = None


@dataclass(slots=True)
class Batch:
    """One request's batch."""

    service: Service
    principal: Principal
    request_id: str
    compact: bool
    preparers: Preparers | None = None
    counts: dict[str, int] = field(
        default_factory=lambda: {"stored": 0, "replayed": 0, "refused": 0}
    )

    async def prepare(self, numbered: list[tuple[int, bytes]]) -> list[_Line]:
        """Parse and prepare a piece, letting other requests in between."""
        lines: list[_Line] = []
        requests: list[tuple[_Line, dict[str, JsonValue]]] = []
        ready: Sequence[Draft | None] = [None] * len(numbered)
        if self.preparers is not None:
            ready = await self._prepare_elsewhere(self.preparers, [data for _, data in numbered])
        for (number, data), draft in zip(numbered, ready, strict=True):
            if draft is not None:
                said = draft.statement
                lines.append(_Line(number, said.id, said.type, draft))
                continue
            line = _Line(number, None, None)
            lines.append(line)
            try:
                limit = self.service.settings.json_body_bytes
                if len(data) > limit:
                    raise too_large("the line", "该行", limit)
                request = body.parse_object(data)
                line.record_id, line.kind = posting.named(request)
                requests.append((line, request))
            except LedgerError as error:
                line.error = error
            if number % _BREATHE_EVERY == 0:
                await asyncio.sleep(0)
        facts = None
        if any(posting.names_blobs(request) for _, request in requests):
            facts = await posting.blob_facts(
                self.service, self.principal, [request for _, request in requests]
            )
        for line, request in requests:
            try:
                line.draft = self.service.prepare(request, self.principal, facts)
            except LedgerError as error:
                line.error = error
            if line.number % _BREATHE_EVERY == 0:
                await asyncio.sleep(0)
        return lines

    async def _prepare_elsewhere(
        self, preparers: Preparers, lines: list[bytes]
    ) -> Sequence[Draft | None]:
        """Drafts by other processes, None where this one must look for itself.

        Where they have enough to do it helps them, and prepares the whole piece.
        """
        limit, party = self.service.settings.json_body_bytes, self.principal.party
        if preparers.busy() or any(len(data) > limit for data in lines):
            return [None] * len(lines)
        return await preparers.prepare(
            [(data, party) for data in lines],
            ledger=self.service.installation.ledger,
            facts={party: self.service.blob_facts.known(party, digests_in(lines))},
        )

    async def submit(self, drafts: list[Draft], *, atomic: bool) -> "asyncio.Future[list[Any]]":
        """What becomes of the drafts; a refusal to take them is what becomes of them."""
        try:
            if atomic:
                return self.service.batcher.submit(drafts, atomic=True)
            return await self.service.batcher.submit_when_room(drafts)
        except LedgerError as error:
            refused = asyncio.get_running_loop().create_future()
            refused.set_exception(error)
            return refused

    async def answers(
        self, lines: list[_Line], outcomes: "asyncio.Future[list[Any]] | None"
    ) -> bytes:
        """The answers to a piece, each with its newline."""
        drafted = [line for line in lines if line.draft is not None]
        if outcomes is not None:
            try:
                results: list[Any] = await outcomes
            except LedgerError as error:
                results = [error] * len(drafted)
        else:
            results = []
        by_line = {id(line): result for line, result in zip(drafted, results, strict=True)}
        refused: list[posting.Refused] = []
        answers = bytearray()
        for line in lines:
            outcome = by_line.get(id(line), line.error)
            if isinstance(outcome, LedgerError):
                answers += self._problem(line, problem_of(outcome))
                if isinstance(outcome, RefusedError):
                    refused.append((line.record_id, line.kind, outcome))
            else:
                answers += self._receipt(line, outcome)
        if refused:
            await posting.keep_refusals(self.service, self.principal, refused)
        return bytes(answers)

    def end(self, lines: int) -> bytes:
        """The last line: without it a client sends again."""
        return orjson.dumps({"end": True, "lines": lines, **self.counts}) + b"\n"

    def _receipt(self, line: _Line, appended: Any) -> bytes:
        self._count("replayed" if appended.replayed else "stored")
        return (
            orjson.dumps(
                {
                    "line": line.number,
                    "id": appended.id,
                    "status": 200 if appended.replayed else 201,
                    "receipt": receipts.to_json(appended, compact=self.compact),
                }
            )
            + b"\n"
        )

    def _problem(self, line: _Line, problem: Problem) -> bytes:
        self._count("refused")
        return (
            orjson.dumps(
                {
                    "line": line.number,
                    "id": line.record_id,
                    "status": problem.kind.status,
                    "problem": problem.to_json(self.request_id),
                }
            )
            + b"\n"
        )

    def _count(self, outcome: str) -> None:
        self.counts[outcome] += 1
        self.service.metrics.records[outcome] += 1


def _pieces(spool: IO[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    piece: list[tuple[int, bytes]] = []
    for number, line in enumerate(spool, start=1):
        piece.append((number, line.rstrip(b"\r\n")))
        if len(piece) == _PIECE:
            yield piece
            piece = []
    if piece:
        yield piece


async def piece_by_piece(batch: Batch, spool: IO[bytes], count: int) -> AsyncIterator[bytes]:
    """Answers, one piece behind: while a piece is written the next is prepared."""
    before: tuple[list[_Line], asyncio.Future[list[Any]] | None] | None = None
    with spool:
        async with aclosing(_prepared(batch, spool)) as pieces:
            async for lines in pieces:
                drafts = [line.draft for line in lines if line.draft is not None]
                future = await batch.submit(drafts, atomic=False) if drafts else None
                if before is not None:
                    yield await batch.answers(*before)
                before = (lines, future)
    if before is not None:
        yield await batch.answers(*before)
    yield batch.end(count)


async def _prepared(batch: Batch, spool: IO[bytes]) -> AsyncGenerator[list[_Line], None]:
    """Pieces in order, each prepared; other processes are given a few more meanwhile."""
    ahead = 0 if batch.preparers is None else 3 + batch.preparers.processes
    waiting: deque[asyncio.Task[list[_Line]]] = deque()
    try:
        for piece in _pieces(spool):
            waiting.append(asyncio.create_task(batch.prepare(piece)))
            if len(waiting) > ahead:
                yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()


async def all_or_nothing(batch: Batch, spool: IO[bytes], count: int) -> AsyncIterator[bytes]:
    """All lines in one transaction; a line that cannot be prepared refuses the others."""
    with spool:
        lines = [line for piece in _pieces(spool) for line in await batch.prepare(piece)]
    future: asyncio.Future[list[Any]] | None = None
    if any(line.error is not None for line in lines):
        for line in lines:
            if line.error is None:
                line.draft, line.error = None, refused_with_others()
    else:
        drafts = [line.draft for line in lines if line.draft is not None]
        future = await batch.submit(drafts, atomic=True)
    yield await batch.answers(lines, future)
    yield batch.end(count)

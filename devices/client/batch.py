"""Many records in one request (`POST /v1/records:batch`), until each of them has its answer.

The service answers line by line, and each line's receipt is worth the same as a single one. So a
connection cut in the middle loses nothing: the lines that came are kept, and only the others are
sent again, under the same ids. An atomic batch is sent again as a whole; what was stored of it
comes back as it is. Answers are in order and name their line, and an answer that does not fit its
line is a lie, not an accident: HTTP does not reorder bytes.
"""

from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from itertools import islice
from typing import Final

from devices.client.errors import ProblemError, problem
from devices.client.evidence import Evidence
from devices.client.exchange import (
    Answer,
    Flow,
    Lost,
    Patience,
    Request,
    failure_of,
    pause_or_give_up,
)
from devices.client.receipt import Receipt
from ledger import strict_json
from ledger.canonical import JsonValue
from ledger.errors import LedgerError, MalformedError, VerificationError

PATH: Final = "/v1/records:batch"
MAX_LINES: Final = 1000
"""Lines we put into a request; the service takes 10,000, and 1,000 of an atomic one."""
MAX_BYTES: Final = 8 << 20
"""Bytes we put into a request; the service takes 32 MiB."""
_ANSWER_BYTES_PER_LINE: Final = 256 << 10
"""A receipt holds an entry of at most 65,535 bytes and a proof, twice as JSON at the very worst."""


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one record of many; exactly one of receipt and problem.

    Attributes:
        line: its place in what was given, from 1.
        id: the record's id.
        receipt: checked, where the service took the record or had it already.
        problem: why it was not taken.
    """

    line: int
    id: str
    receipt: Receipt | None = None
    problem: ProblemError | None = None

    @property
    def status(self) -> int:
        """201 stored, 200 replayed, or the problem's status."""
        if self.problem is not None:
            return self.problem.status
        return 200 if self.receipt is not None and self.receipt.replayed else 201


@dataclass(frozen=True, slots=True)
class Line:
    """One record on its way.

    Attributes:
        number: its place in what the caller gave, from 1.
        id: the record's id.
        body: the request's JSON on one line, without the newline.
        check: takes the receipt and raises VerificationError where it does not hold.
    """

    number: int
    id: str
    body: bytes
    check: Callable[[Receipt], None]


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What one batch came to.

    Attributes:
        results: of the lines that have a final answer, in their order.
        error: why the others have none, or None where there are no others.
    """

    results: tuple[LineResult, ...]
    error: LedgerError | None = None


def batches(evidence: Iterable[Evidence], *, atomic: bool) -> Iterator[list[tuple[int, Evidence]]]:
    """Evidence numbered from 1, as much at a time as goes into one request."""
    numbered = enumerate(evidence, 1)
    while part := list(numbered if atomic else islice(numbered, MAX_LINES)):
        yield part


async def batches_as_they_come(
    evidence: Iterable[Evidence] | AsyncIterable[Evidence], *, atomic: bool
) -> AsyncIterator[list[tuple[int, Evidence]]]:
    """The same, where evidence may have to be waited for."""
    if isinstance(evidence, Iterable):
        for part_at_hand in batches(evidence, atomic=atomic):
            yield part_at_hand
        return
    part: list[tuple[int, Evidence]] = []
    number = 0
    async for item in evidence:
        number += 1
        part.append((number, item))
        if len(part) == MAX_LINES and not atomic:
            yield part
            part = []
    if part:
        yield part


def parts(lines: Sequence[Line], *, atomic: bool) -> Iterator[list[Line]]:
    """The lines as they fit into requests; an atomic batch is not taken apart."""
    part: list[Line] = []
    size = 0
    for line in lines:
        length = len(line.body) + 1
        if part and not atomic and (len(part) == MAX_LINES or size + length > MAX_BYTES):
            yield part
            part, size = [], 0
        part.append(line)
        size += length
    if part:
        yield part


def send(lines: Sequence[Line], patience: Patience, *, atomic: bool) -> Flow[BatchOutcome]:
    """Send `lines` until each has a final answer, or there is no hope for the rest.

    Never raises LedgerError: what is known to be stored must reach the caller together with what
    went wrong after it.
    """
    results: dict[int, LineResult] = {}
    error: LedgerError | None = None
    failures = 0
    waiting = list(lines)
    try:
        while waiting:
            reply: Answer | Lost = yield _request(waiting, atomic=atomic)
            failure = failure_of(reply)
            known = len(results)
            if isinstance(reply, Answer) and 200 <= reply.status < 300:
                for result in _results(waiting, reply):
                    results[result.line] = result
            rest = [line for line in waiting if line.number not in results]
            if not rest:
                break
            if not atomic:
                waiting = rest
            failures = 1 if len(results) > known else failures + 1
            yield from pause_or_give_up(
                reply, failure or "lines without a final answer", failures, patience
            )
    except LedgerError as caught:
        error = caught
    return BatchOutcome(tuple(results[number] for number in sorted(results)), error)


def _request(lines: Sequence[Line], *, atomic: bool) -> Request:
    return Request(
        "POST",
        f"{PATH}?atomic=true" if atomic else PATH,
        {"Content-Type": "application/x-ndjson"},
        b"".join(line.body + b"\n" for line in lines),
        largest_answer=len(lines) * _ANSWER_BYTES_PER_LINE,
    )


def _results(sent: Sequence[Line], answer: Answer) -> Iterator[LineResult]:
    """The final answers that came, each checked.

    Raises:
        VerificationError: a receipt does not hold, an answer is not for the line it follows, or the
            last line does not count what came before it.
        MalformedError: not the lines of API.md.
    """
    counted = {"stored": 0, "replayed": 0, "refused": 0}
    pieces = answer.body.split(b"\n")
    if not answer.complete or not pieces[-1]:
        pieces.pop()
    for place, piece in enumerate(pieces):
        value = strict_json.parse(piece)
        if not isinstance(value, dict):
            raise MalformedError("a line of the answer is not an object")
        if value.get("end") is True:
            _check_end(value, {"lines": place, **counted}, len(sent))
            if place != len(pieces) - 1:
                raise MalformedError("the answer goes on after its end line")
            return
        if place >= len(sent):
            raise VerificationError(
                "more answers than lines", expected=str(len(sent)), found=str(place + 1)
            )
        line = sent[place]
        # A line so bad that its id could not be read is answered without one.
        names = {line.id, None} if value.get("problem") is not None else {line.id}
        if value.get("line") != place + 1 or value.get("id") not in names:
            raise VerificationError(
                "the answer is for another line",
                expected=f"{place + 1} {line.id}",
                found=f"{value.get('line')} {value.get('id')}",
            )
        status = value.get("status")
        if status in {200, 201}:
            receipt = Receipt.parse(value.get("receipt"))
            receipt = receipt.as_replay() if status == 200 else receipt
            line.check(receipt)
            counted["replayed" if receipt.replayed else "stored"] += 1
            yield LineResult(line.number, line.id, receipt=receipt)
        elif isinstance(status, int) and status >= 400:
            counted["refused"] += 1
            refused = problem(value.get("problem"), status)
            if status != 429 and status < 500:
                yield LineResult(line.number, line.id, problem=refused)
        else:
            raise MalformedError(f"a line with status {status!r}")


def _check_end(value: Mapping[str, JsonValue], counted: Mapping[str, int], sent: int) -> None:
    found = {name: value.get(name) for name in counted}
    if found != counted or counted["lines"] != sent:
        raise VerificationError(
            "the end line does not count the answers before it",
            expected=str({**counted, "lines": sent}),
            found=str(found),
        )
